"""An answer in a group: in short, with one part of it unfolded; one message, never more."""

from __future__ import annotations

from typing import Literal, get_args

from bot import wording
from bot.answers import layout
from bot.answers.answer import Answer, Section
from bot.answers.telegram import Block, Line, fitted, law_text, question_blocks, section_block, summary_block
from bot.knowledge import Aspect
from bot.language import Language

Part = Literal["steps", "materials", "law"]
PARTS: tuple[Part, ...] = get_args(Part)
SHORT = 500
"""An answer of fewer UTF-16 units is shown as a whole."""


def parts(answer: Answer) -> tuple[Part, ...]:
    """The parts that the answer has."""
    there = {_part(section) for section in answer.sections}
    return tuple(part for part in PARTS if part in there or (part == "law" and answer.quotes))


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
    unfolded = PARTS if is_short(answer, language) else (shown,) if shown else ()
    closing = Block((Line(wording.LOCAL_RULES.of(language), "i"),))
    return fitted([*question_blocks(question), *_blocks(answer, language, unfolded)], closing, language)


def _blocks(answer: Answer, language: Language, shown: tuple[Part, ...]) -> list[Block]:
    blocks = [summary_block(answer, language)]
    blocks += [section_block(section, language) for section in answer.sections if _part(section) in shown]
    for quote in answer.quotes if "law" in shown else ():
        blocks += [Block((Line(layout.quote_name(quote, language), "b"),)), law_text(quote, language)]
    return blocks


def _part(section: Section) -> Part:
    return "materials" if section.kind == "materials" else "steps"
