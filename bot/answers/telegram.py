"""Telegram's HTML: bold headings, numbered steps, a checklist, law in an expandable quotation, split where too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot import wording
from bot.answers import layout
from bot.answers.answer import Answer, Quote, Section
from bot.language import Language

QUESTION = 200
"""So many characters of a question are repeated above its answer."""
LIMIT = 4096
"""Telegram's limit on a message's text after its marks are taken out; counted here in UTF-16 units, as its entities are."""


def length(text: str) -> int:
    """UTF-16 units of a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True)
class Line:
    """One line of a message.

    Attributes:
        text: as the reader sees it.
        tag: "b", "i" or nothing.
    """

    text: str
    tag: str = ""

    @property
    def html(self) -> str:
        """The line with its marks; nothing in the text is a mark."""
        said = escape(self.text, quote=False)
        return f"<{self.tag}>{said}</{self.tag}>" if self.tag else said


@dataclass(frozen=True)
class Block:
    """Lines that belong together.

    Attributes:
        quoted: set as a quotation, right below what stands before it.
        folded: of a quotation, whether only its beginning is shown until it is pressed.
    """

    lines: tuple[Line, ...]
    quoted: bool = False
    folded: bool = True

    @property
    def length(self) -> int:
        """Its length without marks, line ends included."""
        return sum(length(line.text) + 1 for line in self.lines)

    @property
    def html(self) -> str:
        """The block with its marks."""
        lines = "\n".join(line.html for line in self.lines)
        if not self.quoted:
            return lines
        return f"<blockquote{' expandable' if self.folded else ''}>{lines}</blockquote>"


def render(answer: Answer, language: Language, limit: int = LIMIT) -> list[str]:
    """The answer as one message, or as several, split between sections, where it is longer than `limit`."""
    return pack(_blocks(answer, language), limit)


def render_within(answer: Answer, language: Language, question: str = "", limit: int = LIMIT) -> str:
    """The answer as one message, whatever its length: too long, it goes without the articles' texts, then without its last
    sections. It always ends with the sources and the hotlines.

    Args:
        answer: for the case as far as it is known.
        language: to say it in.
        question: repeated above it, for whoever it is passed on to.
        limit: UTF-16 units, marks not counted.
    """
    asked = question_blocks(question)
    whole = pack([*asked, *_blocks(answer, language)], limit)
    if len(whole) == 1:
        return whole[0]
    *said, closing = _blocks(answer, language, texts=False)
    return fitted([*asked, *said], closing, language, limit)


def fitted(blocks: Sequence[Block], closing: Block, language: Language, limit: int = LIMIT) -> str:
    """Blocks and below them the closing lines as one message; what is too much is left out from the end, which is said."""
    whole = pack([*blocks, closing], limit)
    if len(whole) == 1:
        return whole[0]
    end = Block((Line(wording.SHORTENED.of(language), "i"), *closing.lines))
    said = list(blocks)
    while len(said) > 1 and sum(block.length + 1 for block in (*said, end)) > limit:
        said.pop()
    if len(said) == 1:
        room = limit - end.length - 1
        said = [next(_pieces(said[0], room, room))]
    return pack([*said, end], limit)[0]


def question_blocks(question: str) -> list[Block]:
    """A question as it is repeated above its answer, as one block; none where there is none."""
    said = " ".join(question.split())
    shown = said if len(said) <= QUESTION else said[: QUESTION - 1] + "…"
    return [Block((Line(shown),), quoted=True, folded=False)] if said else []


def _blocks(answer: Answer, language: Language, texts: bool = True) -> list[Block]:
    """The parts of an answer in reading order.

    Args:
        texts: with the articles' texts, not their names and reasons alone.
    """
    blocks = [summary_block(answer, language)]
    law = [block for block in _law(answer, language) if texts or not block.quoted]
    if answer.aspect == "law":
        blocks += law
    blocks += [section_block(section, language) for section in answer.sections]
    if answer.aspect != "law":
        blocks += law
    blocks.append(Block(tuple(Line(line, "i") for line in layout.closing(answer, language))))
    return blocks


def summary_block(answer: Answer, language: Language) -> Block:
    """What an answer is about, and in short what it says."""
    return Block((Line(answer.title.of(language), "b"), Line(answer.summary.of(language))))


def section_block(section: Section, language: Language) -> Block:
    """A section with its heading and marks."""
    marks = layout.bullets(section.kind, len(section.lines))
    lines = [Line(mark + line.of(language)) for mark, line in zip(marks, section.lines, strict=True)]
    return Block((Line(layout.heading(section.kind, language), "b"), *lines))


def law_text(quote: Quote, language: Language) -> Block:
    """The text of a cited article, to unfold."""
    return Block(tuple(map(Line, quote.text.of(language).splitlines())), quoted=True)


def render_article(quote: Quote, language: Language) -> list[str]:
    """An article by itself; in English the translation, then the official Chinese text."""
    head = [Line(layout.quote_name(quote, language), "b")]
    if quote.chapter:
        head.append(Line(quote.chapter.of(language)))
    blocks = [Block(tuple(head)), Block(tuple(map(Line, quote.text.of(language).splitlines())))]
    if language == "en" and quote.word_for_word:
        blocks.append(Block((Line(wording.TRANSLATION.en, "i"), *map(Line, quote.text.zh.splitlines()))))
    return pack(blocks)


def render_text(text: str, question: str = "") -> list[str]:
    """Any text of ours, below the question that it answers, if there is one."""
    return pack([*question_blocks(question), Block(tuple(map(Line, text.splitlines())))])


def pack(blocks: Sequence[Block], limit: int = LIMIT) -> list[str]:
    """Put blocks, an empty line between them, into as few messages as hold them; a block is split only if it must be."""
    messages: list[str] = []
    written = ""
    room = limit
    for block in blocks:
        fits_one = block.length + 1 <= limit
        for piece in [block] if fits_one else _pieces(block, room, limit):
            if written and piece.length + 1 > room:
                messages.append(written)
                written, room = "", limit
            gap = "" if not written else "\n" if piece.quoted else "\n\n"
            written += gap + piece.html
            room -= piece.length + 1
    return [*messages, written] if written else messages


def _pieces(block: Block, room: int, limit: int) -> Iterator[Block]:
    """A block longer than a message in pieces, the first for what room there is, cut between lines if possible."""
    lines: list[Line] = []
    left = room - 1
    for line in (part for whole in block.lines for part in _cut(whole, limit - 2)):
        size = length(line.text) + 1
        if size > left:
            if lines:
                yield replace(block, lines=tuple(lines))
            lines, left = [], limit - 1
        lines.append(line)
        left -= size
    if lines:
        yield replace(block, lines=tuple(lines))


def _cut(line: Line, size: int) -> Iterator[Line]:
    """A line in parts of at most `size` units."""
    part, used = "", 0
    for character in line.text:
        wide = length(character)
        if used + wide > size:
            yield replace(line, text=part)
            part, used = "", 0
        part += character
        used += wide
    yield replace(line, text=part)


def _law(answer: Answer, language: Language) -> Iterator[Block]:
    for number, quote in enumerate(answer.quotes):
        name, why = layout.quote_name(quote, language), layout.reason(quote, language)
        said = "• " + (wording.IF.of(language).format(label=name) + why if why else name)
        heading = [Line(layout.heading("law", language), "b")] if number == 0 else []
        yield Block((*heading, Line(said)))
        yield law_text(quote, language)
