"""Cards: a question that is answered in one message, which changes as details become known. In groups, and for what is
forwarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot import wording
from bot.answers import Answer
from bot.answers.cards import Part, is_short, part_of, parts, render_card
from bot.answers.telegram import render_text, render_within
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.messages import Messages, Row, button, link
from bot.dialogue import Assistant, Conversation, Reply, Utterance, state_of
from bot.knowledge import UNKNOWN
from bot.language import Language
from bot.privacy import blank
from bot.storage import Kept, Question

POST = "post/"
"""Begins the path of a button that posts an answer in a group."""
SHOW = "show/"
"""Begins the path of a button that unfolds a part."""
MOST_TEXTS = 20


class Card(BaseModel):
    """A question that can be gone on with.

    Attributes:
        kind: asked in a group; forwarded to the bot; or of a private chat, where it is only kept for being edited.
        conversation: about this question alone; of a private chat the one before the question.
        shown: the part that is unfolded.
        texts: what was forwarded together, redacted.
        origin: where that was forwarded from: who, the chat, the message; each None where it does not say.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["group", "forward", "private"]
    conversation: Conversation
    shown: Part | None = None
    texts: tuple[str, ...] = ()
    origin: tuple[int | None, int | None, int | None] = (None, None, None)

    @property
    def text(self) -> str:
        """What was forwarded, as one text."""
        return "\n".join(self.texts)


def card_in(kept: Kept | None) -> Card | None:
    """The card that is kept with a question; None where there is none any more."""
    if kept is None or kept.context is None:
        return None
    try:
        return Card.model_validate_json(kept.context)
    except ValidationError:
        return None


class Cards:
    """Moves cards on, and shows them.

    Args:
        assistant: answers.
        buttons: writes what buttons carry.
        messages: for what cards and other messages have in common.
        username: the bot's, for links to its private chat; "" where it is not known.
    """

    def __init__(self, assistant: Assistant, buttons: Buttons, messages: Messages, username: str) -> None:
        self._assistant = assistant
        self._buttons = buttons
        self._messages = messages
        self._username = username

    def ask(self, card: Card, now: datetime, text: str, language: Language | None) -> tuple[Card, tuple[Reply, ...]]:
        """The card after something was said to it, and what the assistant says."""
        after, replies = self._assistant.respond(card.conversation, Utterance(blank(text), language=language), now)
        shown = part_of(after.aspect) if after.question != card.conversation.question else card.shown
        return card.model_copy(update={"conversation": after, "shown": shown}), replies

    def choose(self, card: Card, path: str) -> Card:
        """The card after a choice was pressed; however late, since what it is about stands above the button."""
        if path.startswith(SHOW):
            answer = self._answer(card)
            there = parts(answer) if answer else ()
            part = next((part for part in there if part == path.removeprefix(SHOW)), None)
            return card.model_copy(update={"shown": None if part == card.shown else part})
        now = card.conversation.touched
        if now is None:
            return card
        after, _ = self._assistant.respond(card.conversation, Utterance(choice=path), now)
        if after.phase == "idle" and path != "none-of-these":
            return card  # out of date: nothing that could be shown
        return card.model_copy(update={"conversation": after, "shown": card.shown or part_of(after.aspect)})

    def question(self, card: Card, kept: Question) -> Question:
        """The record of a question with the card as it is now."""
        after = card.conversation
        replies = self._replies(card)
        outcome = state_of(after, replies)
        entry = after.entry_id if outcome in {"asking", "answered"} else None
        return replace(
            kept,
            language=after.language,
            outcome=outcome,
            entry_id=entry,
            details=after.details,
            context=card.model_dump_json(),
        )

    def show(
        self, card: Card, number: int, groups: Sequence[tuple[int, str]] = (), above: str = "", said: str = ""
    ) -> dict[str, Any]:
        """The message that shows a card: its text and keyboard, without where it goes.

        Args:
            card: what to show.
            number: of its question, for the buttons.
            groups: where an answer can be posted: number and name.
            above: the question, where the message stands alone.
            said: what to say where the card is about nothing; "": that this is not known.
        """
        language = card.conversation.language
        text, rows = self._shown(card, number, above, said)
        if card.kind == "forward" and self._answer(card) is not None:
            label = wording.POST_IN.of(language)
            rows += [
                [button(label.format(group=title), self._buttons.write_card(number, f"{POST}{chat}"))]
                for chat, title in groups
            ]
        known: dict[str, Any] = {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        if rows:
            known["reply_markup"] = {"inline_keyboard": rows}
        return known

    def _shown(self, card: Card, number: int, above: str, said: str) -> tuple[str, list[Row]]:
        language = card.conversation.language
        answer = self._answer(card)
        if answer is None:
            replies = self._replies(card)
            text = replies[0].text if replies else said or wording.NONE.of(language)
            return render_text(text, above or card.text)[0], self._choices(replies, number)
        if card.kind == "forward":
            return render_within(answer, language, card.text), self._rows_to_pass_on(card, answer, number)
        rows = self._also(card, number)
        if not is_short(answer, language):
            rows.append([self._unfold(part, card.shown, number, language) for part in parts(answer)])
        if self._username:
            case = card.conversation
            whole = link(self._username, case.entry_id, case.details)
            rows.append([{"text": wording.IN_PRIVATE.of(language), "url": whole}])
        return render_card(answer, language, card.shown, above), rows

    def _rows_to_pass_on(self, card: Card, answer: Answer, number: int) -> list[Row]:
        """Below a forwarded question's answer: what narrows it down, what copies it, the papers as a picture."""
        language = card.conversation.language
        form = wording.ONLY_IF.of(language)
        choices = [choice for reply in self._assistant.so_far(card.conversation) for choice in reply.choices]
        cases = [
            choice if choice.id in card.conversation.also else replace(choice, label=form.format(label=choice.label))
            for choice in choices
            if choice.id != UNKNOWN
        ]
        return [
            *self._choices([Reply(choices=tuple(cases))], number),
            *self._messages.copy_rows(answer, language),
            *self._messages.picture_rows(answer, language),
        ]

    def _replies(self, card: Card) -> tuple[Reply, ...]:
        return self._assistant.repeat(card.conversation)

    def _answer(self, card: Card) -> Answer | None:
        """The answer that a card shows: of a forwarded question at once, with the cases told apart."""
        open_ = card.kind == "forward" and card.conversation.phase == "asking"
        replies = self._assistant.so_far(card.conversation) if open_ else self._replies(card)
        return next((reply.answer for reply in replies if reply.answer), None)

    def _also(self, card: Card, number: int) -> list[Row]:
        """What else the question asks for."""
        choices = [choice for reply in self._replies(card) for choice in reply.choices]
        return self._choices(
            [Reply(choices=tuple(each for each in choices if each.id in card.conversation.also))], number
        )

    def _choices(self, replies: Sequence[Reply], number: int) -> list[Row]:
        rows = []
        for reply in replies:
            rows += self._messages.choice_rows(reply.choices, lambda path: self._buttons.write_card(number, path))
        return rows

    def _unfold(self, part: Part, shown: Part | None, number: int, language: Language) -> dict[str, Any]:
        label = wording.PARTS[part].of(language)
        said = wording.FOLD.of(language).format(part=label) if part == shown else label
        return button(said, self._buttons.write_card(number, f"{SHOW}{part}"))
