"""Groups: answers who speaks to the bot, in one message that changes as details become known; and is silent otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import metrics, wording
from bot.answers.telegram import render_article, render_text
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.cards import Card, Cards, card_in
from bot.channels.telegram.incoming import Incoming, Me, Replied
from bot.channels.telegram.messages import answer_press, link
from bot.channels.telegram.scene import Scene
from bot.channels.telegram.updates import key_of
from bot.dialogue import Conversation, Reply, Speaker, article_requests, asks, state_of
from bot.language import Language, Text, named
from bot.storage import Kept, Outgoing, Question

MINUTE = 60.0
TWICE_SECONDS = 60.0
"""Who asks for the answer to a message that was answered so lately is not answered again."""
_OPEN = ("asking", "clarifying")


class Groups:
    """Handles updates of groups.

    Args:
        cards: shows questions and moves them on.
        buttons: reads what buttons carry.
        speaker: says articles.
        me: the bot itself.
        ask_per_minute: how many messages a minute one member may send to the bot; 0: any number.
        ask_per_group: how many all members together may; 0: any number.
    """

    def __init__(
        self,
        cards: Cards,
        buttons: Buttons,
        speaker: Speaker,
        me: Me,
        *,
        ask_per_minute: float = 0,
        ask_per_group: float = 0,
    ) -> None:
        self._cards = cards
        self._buttons = buttons
        self._speaker = speaker
        self._me = me
        self._ask_per_minute = ask_per_minute
        self._ask_per_group = ask_per_group

    async def handle(self, scene: Scene) -> None:
        """Handle one update within its transaction."""
        incoming, places, chat = scene.incoming, scene.unit.places, scene.received.chat
        if incoming.kind == "left":
            await places.left(chat)
        elif incoming.kind == "moved":
            await places.move(chat, key_of(incoming.moved_to))
        elif incoming.kind == "joined":
            await places.seen(chat, incoming.user_id, scene.received.received_at)
            await scene.send([self._text(scene, wording.INTRODUCTION, reply=False)])
        elif await self._too_many(scene):
            return
        elif incoming.kind == "press":
            await self._press(scene)
        else:
            await places.seen(chat, incoming.user_id, scene.received.received_at)
            await self._said(scene)

    async def _too_many(self, scene: Scene) -> bool:
        """Whether there are too many from one member, or from all; said once, not to every message of a flood."""
        incoming = scene.incoming
        if incoming.command == "forget":
            return False
        for limit, sender in ((self._ask_per_minute, incoming.user_id), (self._ask_per_group, None)):
            if not limit or (asked := await scene.unit.asked_within(MINUTE, sender)) <= limit:
                continue
            if incoming.kind == "press":
                await scene.send([self._toast(scene, wording.SLOW_DOWN)])
            elif asked - 1 <= limit:
                await scene.send([self._text(scene, wording.SLOW_DOWN)])
            return True
        return False

    # ------------------------------------------------------------------ what is said

    async def _said(self, scene: Scene) -> None:
        incoming = scene.incoming
        if incoming.kind == "command" and incoming.command != "ask":
            if not incoming.edited:
                await self._command(scene)
        elif incoming.edited:
            await self._edited(scene)
        elif incoming.command == "ask" or incoming.mentioned:
            await self._asked(scene)
        elif incoming.replied is not None:
            await self._replied(scene, incoming.replied)

    async def _asked(self, scene: Scene) -> None:
        """Asked to answer: the message that this one replies to, if there is one, or this one."""
        incoming = scene.incoming
        target = incoming.replied if incoming.replied and not incoming.replied.ours else None
        if incoming.replied and incoming.replied.ours and incoming.text:
            return await self._replied(scene, incoming.replied)
        text = (target.text if target else "") or incoming.text
        if not text.strip():
            none = wording.GROUP_NO_TEXT if target or incoming.kind == "not-text" else wording.GROUP_EMPTY
            return await scene.send([self._text(scene, none)])
        message_id = target.message_id if target else incoming.message_id
        before = await scene.unit.cards.asked_in(message_id)
        if before and target and before.text == text and scene.received.received_at - before.asked_at < TWICE_SECONDS:
            return None
        asker = target.author if target else incoming.user_id
        device = target.language if target else incoming.language
        await self._open(scene, text, asker, message_id, device=device)
        return None

    async def _open(
        self,
        scene: Scene,
        text: str,
        asker: int | None,
        message_id: int,
        *,
        device: Language | None,
        conversation: Conversation | None = None,
    ) -> None:
        """Answer a question by a card of its own, under the message that asked it."""
        start = conversation or scene.fresh()
        if conversation is None and device and not start.preferred:
            start = start.model_copy(update={"language": device})
        card, replies = self._cards.ask(Card(kind="group", conversation=start), scene.now, text, device)
        if any(reply.quote for reply in replies):
            return await scene.send(
                [self._place(scene, html, message_id) for html in _articles(replies, start.language)]
            )
        question = Question(text, "", "", None, {}, asker=asker, asked_in=message_id)
        question = replace(self._cards.question(card, question), outcome=state_of(card.conversation, replies))
        metrics.DECISIONS.labels(question.outcome).inc()
        number = await scene.unit.record(question)
        shown = self._cards.show(card, number, said=_said(replies, card.conversation.language))
        await scene.send([replace(self._at(scene, shown, message_id), question=number)])
        return None

    async def _replied(self, scene: Scene, replied: Replied) -> None:
        """Something said to one of our messages: to the card by who asked, or a question of somebody else."""
        incoming = scene.incoming
        if not incoming.text.strip():
            return await scene.send([self._text(scene, wording.GROUP_NO_TEXT)]) if incoming.mentioned else None
        kept = await scene.unit.cards.answered_by(replied.message_id)
        if kept is None:  # of before the group moved, or long ago: perhaps the last that they asked here
            kept = await scene.unit.cards.latest(incoming.user_id)
        card = card_in(kept)
        mine = kept is not None and (kept.asker == incoming.user_id or scene.known.is_admin)
        if kept is None or card is None or not mine:
            return await self._new(scene, None)
        conversation = card.conversation
        after, replies = self._cards.ask(card, conversation.touched or scene.now, incoming.text, incoming.language)
        if after.conversation.phase == "idle" or after.conversation.step() == conversation.step():
            if any(reply.quote for reply in replies) or asks(incoming.text) or _called(incoming):
                return await self._new(scene, None)
            return None  # thanks, laughter: nothing that waits for a word
        if conversation.phase in _OPEN and after.conversation.question == conversation.question:
            return await self._move(scene, kept, card, after, message=replied.message_id)
        return await self._new(scene, conversation)

    async def _new(self, scene: Scene, conversation: Conversation | None) -> None:
        """A reply that is a question of its own, or goes on with one that is answered."""
        incoming = scene.incoming
        if conversation is None and not (_called(incoming) or asks(incoming.text)):
            card, replies = self._cards.ask(
                Card(kind="group", conversation=scene.fresh()), scene.now, incoming.text, incoming.language
            )
            if state_of(card.conversation, replies) == "none":
                return
        await self._open(
            scene,
            incoming.text,
            incoming.user_id,
            incoming.message_id,
            device=incoming.language,
            conversation=conversation,
        )

    async def _edited(self, scene: Scene) -> None:
        """A question changed afterwards: its answer is changed too."""
        incoming = scene.incoming
        kept = await scene.unit.cards.asked_in(incoming.message_id)
        if kept is None and incoming.replied and not incoming.replied.ours:
            kept = await scene.unit.cards.asked_in(incoming.replied.message_id)
            if kept is not None:
                return  # it asks for the answer to another message, which is there
        if kept is None:
            if _called(incoming):
                await self._asked(scene)
            return
        card = card_in(kept)
        if card is None or kept.text == incoming.text:
            return
        fresh = Card(kind="group", conversation=scene.fresh())
        after, replies = self._cards.ask(fresh, scene.now, incoming.text, incoming.language)
        message = next((shown.message_id for shown in await scene.unit.cards.shown(kept.number)), None)
        if message is None:
            await scene.unit.cards.withdraw(kept.number)
        text = _said(replies, after.conversation.language)
        await self._move(scene, replace(kept, text=incoming.text), card, after, message=message, said=text)

    # ------------------------------------------------------------------ what is pressed

    async def _press(self, scene: Scene) -> None:
        press = self._buttons.read(scene.incoming.data)
        kept = await scene.unit.cards.card(press.question) if press and press.action == "card" else None
        card = card_in(kept)
        if press is None or kept is None or card is None or card.kind != "group":
            return await scene.send([self._toast(scene, wording.OLD_CHOICE)])
        moved = kept.chat != scene.received.chat
        if moved and await scene.unit.places.moved_to(scene.received.chat) != kept.chat:
            return await scene.send([self._toast(scene, wording.OLD_CHOICE)])
        if kept.asker != scene.incoming.user_id and not scene.known.is_admin:
            return await scene.send([self._toast(scene, wording.NOT_YOURS)])
        after = self._cards.choose(card, press.value)
        await scene.send([self._toast(scene)])
        await self._move(scene, kept, card, after, message=None if moved else scene.incoming.message_id)
        return None

    async def _move(
        self, scene: Scene, kept: Kept, before: Card, after: Card, *, message: int | None, said: str = ""
    ) -> None:
        """Keep a card, and change the message that shows it; without one it is said anew.

        A group that moved has other numbers for its messages, so that there it stands alone, with the question above it.
        """
        alone = kept.chat != scene.received.chat
        above = kept.text if alone else ""
        shown = self._cards.show(after, kept.number, above=above, said=said)
        if message is not None and shown == self._cards.show(before, kept.number):
            return  # a button pressed twice: the message says it already
        question = Question(kept.text, "", "", None, {})
        await scene.unit.cards.keep(kept.number, self._cards.question(after, question))
        if message is not None:
            known = {"chat_id": scene.incoming.chat_id, "message_id": message, **shown}
            await scene.send([Outgoing("editMessageText", known, question=kept.number)])
            return
        call = self._at(scene, shown, 0 if alone else kept.asked_in or 0)
        if alone:
            there = int(kept.chat.partition(":")[2])
            call = replace(call, chat=kept.chat, parameters={**call.parameters, "chat_id": there})
        await scene.send([replace(call, question=kept.number)])

    # ------------------------------------------------------------------ commands

    async def _command(self, scene: Scene) -> None:
        incoming, language = scene.incoming, scene.language
        match incoming.command:
            case "law" if requests := article_requests(incoming.text, bare=True):
                replies = tuple(self._speaker.article(request, language) for request in requests[:1])
                await scene.send(
                    [self._place(scene, html, incoming.message_id) for html in _articles(replies, language)]
                )
            case "law":
                await scene.send([self._text(scene, wording.ASK_LAW)])
            case "start" | "help" | "topics":
                await scene.send([self._text(scene, wording.GROUP_HELP, wording.ASK_IN_PRIVATE)])
            case "forget" if incoming.user_id is not None:
                await scene.unit.forget(incoming.user_id)
                await scene.send([self._text(scene, wording.FORGOTTEN_IN_GROUP)])
            case "lang" if chosen := named(incoming.text):
                await self._set_language(scene, chosen)
            case _:
                return  # perhaps another bot's

    async def _set_language(self, scene: Scene, language: Language) -> None:
        if not scene.known.is_admin:
            return await scene.send([self._text(scene, wording.ADMINS_ONLY)])
        after = scene.conversation.model_copy(update={"preferred": language, "language": language})
        await scene.unit.move(after)
        return await scene.send([self._text(replace(scene, conversation=after), wording.LANGUAGE_SET)])

    # ------------------------------------------------------------------ messages

    def _toast(self, scene: Scene, text: Text | None = None) -> Outgoing:
        language = scene.incoming.language or scene.language
        return answer_press(scene.incoming.callback_id, text.of(language) if text else "", scene.received.chat)

    def _text(self, scene: Scene, text: Text, button: Text | None = None, *, reply: bool = True) -> Outgoing:
        """A line of ours, under the message that it answers."""
        said = text.of(scene.language).format(name=self._me.username)
        shown: dict[str, Any] = {"text": render_text(said)[0], "parse_mode": "HTML"}
        if button and self._me.username:
            private = {"text": button.of(scene.language), "url": link(self._me.username, None, {})}
            shown["reply_markup"] = {"inline_keyboard": [[private]]}
        return self._at(scene, shown, scene.incoming.message_id if reply else 0)

    def _place(self, scene: Scene, html: str, message_id: int) -> Outgoing:
        return self._at(scene, {"text": html, "parse_mode": "HTML"}, message_id)

    def _at(self, scene: Scene, shown: dict[str, Any], message_id: int) -> Outgoing:
        """A message in the group, in the topic where it is asked for, under the message that it answers."""
        known: dict[str, Any] = {"chat_id": scene.incoming.chat_id, **shown}
        if scene.incoming.thread_id is not None:
            known["message_thread_id"] = scene.incoming.thread_id
        if message_id:
            known["reply_parameters"] = {"message_id": message_id, "allow_sending_without_reply": True}
        return Outgoing("sendMessage", known)


def _called(incoming: Incoming) -> bool:
    """Whether the bot is asked by its name or by a command, and not only replied to."""
    return incoming.mentioned or incoming.command == "ask"


def _articles(replies: tuple[Reply, ...], language: Language) -> list[str]:
    """Articles, or that there are none of that number, as messages."""
    said = []
    for reply in replies:
        said += render_article(reply.quote, language) if reply.quote else render_text(reply.text)
    return said


def _said(replies: tuple[Reply, ...], language: Language) -> str:
    """What is said where there is no answer; of what is known otherwise there is a list in the private chat."""
    text = next((reply.text for reply in replies if reply.text), "")
    return text.partition(f"\n\n{wording.NONE_TOPICS.of(language)}")[0]
