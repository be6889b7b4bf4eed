"""An answer in a group: in short, with one part of it unfolded; one message, never more."""

from __future__ import annotations

from html import escape
from typing import Literal, get_args

from bot import wording
from bot.answers import layout
from bot.answers.answer import Answer
from bot.answers.telegram import LIMIT, Block, Line, length, pack
from bot.knowledge import Aspect
from bot.language import Language

Part = Literal["steps", "materials", "law"]
PARTS: tuple[Part, ...] = get_args(Part)
SHORT = 500
"""An answer of fewer UTF-16 units is shown as a whole."""
QUESTION = 200
"""So many characters of a question are repeated above its answer."""
_ELSEWHERE = ("materials",)


def parts(answer: Answer) -> tuple[Part, ...]:
    """The parts that the answer has."""
    there = {"materials": answer.section("materials") is not None, "law": bool(answer.quotes)}
    there["steps"] = any(section.kind not in _ELSEWHERE for section in answer.sections)
    return tuple(part for part in PARTS if there[part])


def part_of(aspect: Aspect | None) -> Part | None:
    """The part that tells what was asked for."""
    if aspect is None:
        return None
    return "materials" if aspect == "materials" else "law" if aspect == "law" else "steps"


def is_short(answer: Answer, language: Language) -> bool:
    """Whether the whole answer is as long as others are in short."""
    return sum(block.length for block in _blocks(answer, language, PARTS)) <= SHORT


def render_card(answer: Answer, language: Language, shown: Part | None, question: str = "") -> str:
    """The answer in short as one message of HTML.

    Args:
        answer: for the case as far as it is known.
        language: to say it in.
        shown: the part that is unfolded; of a short answer all are.
        question: repeated above it, where the message stands alone.
    """
    open_parts = PARTS if is_short(answer, language) else (shown,) if shown else ()
    asked = block.html + "\n" if (block := question_block(question)) else ""
    closing = Block((Line(wording.LOCAL_RULES.of(language), "i"),))
    cut = Block((Line(wording.SHORTENED.of(language), "i"),))
    room = LIMIT - length(question[: QUESTION + 1]) - closing.length - cut.length - 8
    head, *rest = pack(_blocks(answer, language, open_parts), room)
    tail = pack([cut, closing] if rest else [closing])
    return f"{asked}{head}\n\n{tail[0]}"


def question_block(question: str) -> Block | None:
    """A question as it is repeated above an answer; None where there is none."""
    said = " ".join(question.split())
    if not said:
        return None
    return _Asked((Line(said if len(said) <= QUESTION else said[: QUESTION - 1] + "…"),))


class _Asked(Block):
    """Set as a quotation that is not folded."""

    @property
    def html(self) -> str:
        return "<blockquote>" + "\n".join(escape(line.text, quote=False) for line in self.lines) + "</blockquote>"


def _blocks(answer: Answer, language: Language, shown: tuple[Part, ...]) -> list[Block]:
    blocks = [Block((Line(answer.title.of(language), "b"), Line(answer.summary.of(language))))]
    for section in answer.sections:
        if ("materials" if section.kind in _ELSEWHERE else "steps") in shown:
            marks = layout.bullets(section.kind, len(section.lines))
            lines = [Line(mark + line.of(language)) for mark, line in zip(marks, section.lines, strict=True)]
            blocks.append(Block((Line(layout.heading(section.kind, language), "b"), *lines)))
    if "law" in shown:
        for quote in answer.quotes:
            blocks.append(Block((Line(layout.quote_name(quote, language), "b"),)))
            blocks.append(Block(tuple(map(Line, quote.text.of(language).splitlines())), quoted=True))
    return blocks
