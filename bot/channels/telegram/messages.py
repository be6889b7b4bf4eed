"""From replies to calls of the Bot API: texts, keyboards, splits. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bot import wording
from bot.answers import Answer, Quote, picture, plain, telegram
from bot.channels.telegram.buttons import Buttons
from bot.dialogue import Choice, Reply
from bot.knowledge import UNKNOWN, Entry, Knowledge
from bot.language import CHINESE, Language
from bot.numerals import to_chinese
from bot.storage import PRESSES, Outgoing

COPY_LIMIT = 256
START = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a link to the private chat may carry."""
KEPT = 512
"""Answers that are kept as they are sent: most people ask for the same few."""
LABEL_LIMIT = 60
"""A longer label is cut off on a phone anyway."""
PER_ROW = 3
_WIDE = 14
"""Labels of more columns than this get a row of their own; a Chinese character takes two."""

Button = dict[str, Any]
Row = list[Button]


class Messages:
    """Turns replies into messages.

    Args:
        buttons: writes what buttons carry.
        pictures: whether papers may be had as a picture.
    """

    def __init__(self, buttons: Buttons, *, pictures: bool = False) -> None:
        self._buttons = buttons
        self._pictures = pictures
        self._rendered = lru_cache(maxsize=KEPT)(self._render)

    def of(
        self, chat_id: int, replies: Sequence[Reply], language: Language, question: int = 0, judged: bool = True
    ) -> list[Outgoing]:
        """The calls that say `replies` in a chat.

        Args:
            chat_id: where.
            replies: what to say.
            language: of the buttons.
            question: number of the question that they answer; 0: of none.
            judged: whether 👍 and 👎 go with an answer.
        """
        calls: list[Outgoing] = []
        for reply in replies:
            if reply.answer is not None:
                texts, rows = self._rendered(reply.answer, reply.choices, language)
                rows = [*rows, *self._judge_row(language, question if judged else 0)]
            elif reply.quote is not None:
                texts, rows = telegram.render_article(reply.quote, language), []
            else:
                texts, rows = telegram.render_text(reply.text), self.choice_rows(reply.choices)
            calls += self.texts(chat_id, texts, rows)
        return [replace(call, question=question) for call in calls] if question else calls

    def texts(self, chat_id: int, texts: Sequence[str], rows: Sequence[Row] = ()) -> list[Outgoing]:
        """Messages of ready HTML, the keyboard under the last."""
        calls = []
        for position, text in enumerate(texts):
            parameters: dict[str, Any] = {
                "chat_id": chat_id,
                "text": text,
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            }
            if rows and position == len(texts) - 1:
                parameters["reply_markup"] = {"inline_keyboard": list(rows)}
            calls.append(Outgoing("sendMessage", parameters))
        return calls

    def text(self, chat_id: int, text: str, rows: Sequence[Row] = ()) -> list[Outgoing]:
        """A plain text of ours."""
        return self.texts(chat_id, telegram.render_text(text), rows)

    def choice_rows(self, choices: Sequence[Choice], write: Callable[[str], str] | None = None) -> list[Row]:
        """Choices as buttons, short ones side by side.

        Args:
            choices: what may be pressed.
            write: what a button carries for a path; None: the choice by itself.
        """
        row: Row = []
        rows: list[Row] = [row]
        for choice in choices:
            data = write(choice.path) if write else self._buttons.write("choice", choice.path)
            pressed = button(_cut(choice.label), data)
            if row and (len(row) == PER_ROW or _columns(choice.label) > _WIDE or _columns(row[-1]["text"]) > _WIDE):
                row = []
                rows.append(row)
            row.append(pressed)
        return [row for row in rows if row]

    def copy_rows(self, answer: Answer, language: Language) -> list[Row]:
        """Buttons that copy the short script and the papers, as far as they are short enough for that."""
        copies = (
            (wording.COPY_SCRIPT, answer.script.of(language)),
            (wording.COPY_MATERIALS, plain.render_materials(answer, language)),
        )
        row: Row = [
            {"text": label.of(language), "copy_text": {"text": text}}
            for label, text in copies
            if text and telegram.length(text) <= COPY_LIMIT
        ]
        return [row] if row else []

    def language_rows(self) -> list[Row]:
        """The languages to choose from."""
        return [[button(name, self._buttons.write("language", code)) for code, name in wording.LANGUAGES.items()]]

    def _render(self, answer: Answer, see: tuple[Choice, ...], language: Language) -> tuple[list[str], list[Row]]:
        return telegram.render(answer, language), self._answer_rows(answer, see, language)

    def _answer_rows(self, answer: Answer, see: Sequence[Choice], language: Language) -> list[Row]:
        articles = [self._article_button(quote, language) for quote in answer.quotes if quote.statute == "law"]
        rows = [articles[i : i + PER_ROW] for i in range(0, len(articles), PER_ROW)]
        rows += [[pressed] for choice in see for row in self.choice_rows([choice]) for pressed in row]
        rows += self.copy_rows(answer, language)
        return rows + self.picture_rows(answer, language)

    def picture_rows(self, answer: Answer, language: Language) -> list[Row]:
        """The button to the papers as a picture; none where there are no papers, or nothing to write them in."""
        if not self._pictures or not picture.drawable(answer):
            return []
        data = self._buttons.write_picture(answer.entry_id, {stated.detail: stated.option for stated in answer.case})
        return [[button(wording.PICTURE.of(language), data)]]

    def _judge_row(self, language: Language, question: int) -> list[Row]:
        verdicts = ((wording.HELPFUL, "up"), (wording.NOT_HELPFUL, "down")) if question else ()
        row = [
            button(label.of(language), self._buttons.write("feedback", f"{verdict}/{question}"))
            for label, verdict in verdicts
        ]
        return [row] if row else []

    def _article_button(self, quote: Quote, language: Language) -> Button:
        number = to_chinese(quote.number) if language in CHINESE else str(quote.number)
        label = wording.ARTICLE_ALONE.of(language).format(number=number)
        return button(label, self._buttons.write("article", f"{quote.statute}/{quote.number}"))


def answer_press(callback_id: str, text: str = "", chat: str = "") -> Outgoing:
    """The call that ends the button's waiting, with a line at the top of the screen if there is one.

    Args:
        callback_id: Telegram's number of the press.
        text: the line.
        chat: key of a group: there it need not wait for the messages before it, which may take their time.
    """
    known = {"callback_query_id": callback_id, **({"text": text} if text else {})}
    return Outgoing("answerCallbackQuery", known, chat=f"{chat}{PRESSES}" if chat else "")


def link(username: str, entry_id: str | None, details: Mapping[str, str]) -> str:
    """The private chat with the bot, at the answer of an entry for a case; see `start_of`."""
    said = "_".join([entry_id or "", *(option for option in details.values() if option != UNKNOWN)])
    start = said if START.fullmatch(said) else entry_id or ""
    return f"https://t.me/{username}" + (f"?start={start}" if start else "")


def start_of(argument: str, knowledge: Knowledge) -> tuple[Entry, dict[str, str]] | None:
    """The entry and case that a link leads to; None where it leads to none."""
    entry_id, *options = argument.split("_")
    entry = knowledge.entries.get(entry_id)
    if entry is None:
        return None
    details = {}
    for detail in entry.details or ():
        if said := next((option for option in options if detail.option(option)), None):
            details[detail.id] = said
    return entry, details


def button(label: str, data: str) -> Button:
    """A button that is pressed."""
    return {"text": label, "callback_data": data}


def _columns(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _cut(label: str) -> str:
    return label if len(label) <= LABEL_LIMIT else label[: LABEL_LIMIT - 1] + "…"
