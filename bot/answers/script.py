"""What is said on the phone and sent as a text message: short, in the entry's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot import wording
from bot.answers.answer import Answer
from bot.language import CHINESE, Language

SMS_LIMIT = 300
"""Characters of a text message, its reference included."""
_SENTENCE_END = re.compile(r"[。！？；]|[.!?;](?=\s|$)")


@dataclass(frozen=True)
class Passage:
    """A part of what is read out.

    Attributes:
        kind: "say", the answer itself; "bring", the papers; "where", the place.
        text: without a heading.
    """

    kind: Literal["say", "bring", "where"]
    text: str

    def whole(self, language: Language) -> str:
        """With its heading."""
        if self.kind == "say":
            return self.text
        return wording.IF.of(language).format(label=wording.PASSAGES[self.kind].of(language)) + self.text


def passages(answer: Answer, language: Language, *, decided: bool) -> tuple[Passage, ...]:
    """What to read out, in order.

    Args:
        answer: for the case as far as it is known.
        language: to say it in.
        decided: whether a detail is known. Then this case is told; before, the entry's script, which holds for all of them.
    """
    if not decided:
        return (Passage("say", answer.script.of(language)),)
    case = (Passage(kind, text) for kind, text in _case(answer, language))
    return (Passage("say", answer.summary.of(language)), *case)


def render_passages(said: tuple[Passage, ...], language: Language) -> str:
    """What is read out, as text to copy."""
    return "\n".join(passage.whole(language) for passage in said)


def reference(answer: Answer, language: Language) -> str:
    """The line that tells which entry a copied text came from, and of which state of the knowledge."""
    return wording.REFERENCE.of(language).format(entry=answer.entry_id, revision=answer.revision)


def render_sms(answer: Answer, language: Language, *, decided: bool) -> str:
    """The answer as a text message: with `reference` on a line below it at most `SMS_LIMIT` characters.

    Each part is there as a whole or not at all; only a conclusion that is too long by itself is cut, at a sentence's end.
    """
    room = SMS_LIMIT - len(reference(answer, language)) - 1
    conclusions = (
        [answer.summary.of(language)] if decided else [answer.script.of(language), answer.summary.of(language)]
    )
    said = next((text for text in conclusions if len(text) <= room), None) or _cut(conclusions[-1], room)
    parts = [Passage(kind, text).whole(language) for kind, text in _case(answer, language)]
    if not decided and said == answer.script.of(language):
        parts = []  # the script says them
    for part in (*parts, wording.SMS_HOTLINE.of(language)):
        longer = f"{said}\n{part}"
        if len(longer) <= room:
            said = longer
    return said


def _case(answer: Answer, language: Language) -> list[tuple[Literal["bring", "where"], str]]:
    kinds: tuple[tuple[Literal["bring", "where"], str], ...] = (("bring", "materials"), ("where", "where"))
    told = []
    for kind, name in kinds:
        if section := answer.section(name):
            told.append((kind, _joined([line.of(language) for line in section.lines], language)))
    return told


def _joined(lines: list[str], language: Language) -> str:
    stop, between = ("。", "；") if language in CHINESE else (".", "; ")
    return between.join(line.removesuffix(stop) for line in lines) + stop


def _cut(text: str, room: int) -> str:
    ends = [found.end() for found in _SENTENCE_END.finditer(text) if found.end() <= room]
    return text[: ends[-1]].rstrip("；;") if ends else text[: room - 1].rpartition(" ")[0] + "…"
