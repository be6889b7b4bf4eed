"""Telegram's HTML: bold headings, numbered steps, a checklist, law in an expandable quotation, split where too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from bot import wording
from bot.answers import layout
from bot.answers.answer import Answer, Quote
from bot.language import Language

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
        quoted: set as an expandable quotation, right below what stands before it.
    """

    lines: tuple[Line, ...]
    quoted: bool = False

    @property
    def length(self) -> int:
        """Its length without marks, line ends included."""
        return sum(length(line.text) + 1 for line in self.lines)

    @property
    def html(self) -> str:
        """The block with its marks."""
        lines = "\n".join(line.html for line in self.lines)
        return f"<blockquote expandable>{lines}</blockquote>" if self.quoted else lines


def render(answer: Answer, language: Language, limit: int = LIMIT) -> list[str]:
    """The answer as one message, or as several, split between sections, where it is longer than `limit`."""
    return pack(_blocks(answer, language), limit)


def render_within(answer: Answer, language: Language, limit: int = LIMIT) -> str:
    """The answer as one message, whatever its length: too long, it goes without the articles' texts, then without its last
    sections. It always ends with the sources and the hotlines."""
    for texts in (True, False):
        blocks = _blocks(answer, language, texts)
        if len(messages := pack(blocks, limit)) == 1:
            return messages[0]
    *said, closing = blocks
    end = Block((Line(wording.SHORTENED.of(language), "i"), *closing.lines))
    while len(said) > 1 and sum(block.length + 1 for block in (*said, end)) > limit:
        said.pop()
    if len(said) == 1:
        room = limit - end.length - 1
        said = [next(_pieces(said[0], room, room))]
    return pack([*said, end], limit)[0]


def _blocks(answer: Answer, language: Language, texts: bool = True) -> list[Block]:
    """The parts of an answer in reading order.

    Args:
        texts: with the articles' texts, not their names and reasons alone.
    """
    blocks = [Block((Line(answer.title.of(language), "b"), Line(answer.summary.of(language))))]
    law = [block for block in _law(answer, language) if texts or not block.quoted]
    if answer.aspect == "law":
        blocks += law
    for section in answer.sections:
        marks = layout.bullets(section.kind, len(section.lines))
        lines = [Line(mark + line.of(language)) for mark, line in zip(marks, section.lines, strict=True)]
        blocks.append(Block((Line(layout.heading(section.kind, language), "b"), *lines)))
    if answer.aspect != "law":
        blocks += law
    blocks.append(Block(tuple(Line(line, "i") for line in layout.closing(answer, language))))
    return blocks


def render_article(quote: Quote, language: Language) -> list[str]:
    """An article by itself; in English the translation, then the official Chinese text."""
    head = [Line(layout.quote_name(quote, language), "b")]
    if quote.chapter:
        head.append(Line(quote.chapter.of(language)))
    blocks = [Block(tuple(head)), Block(tuple(map(Line, quote.text.of(language).splitlines())))]
    if language == "en" and quote.word_for_word:
        blocks.append(Block((Line(wording.TRANSLATION.en, "i"), *map(Line, quote.text.zh.splitlines()))))
    return pack(blocks)


def render_text(text: str, limit: int = LIMIT) -> list[str]:
    """Any text of ours."""
    return pack([Block(tuple(map(Line, text.splitlines())))], limit)


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


def _law(answer: Answer, language: Language, in_full: bool = True) -> Iterator[Block]:
    for number, quote in enumerate(answer.quotes):
        name, why = layout.quote_name(quote, language), layout.reason(quote, language)
        said = "• " + (wording.IF.of(language).format(label=name) + why if why else name)
        heading = [Line(layout.heading("law", language), "b")] if number == 0 else []
        yield Block((*heading, Line(said)))
        if in_full:
            yield Block(tuple(map(Line, quote.text.of(language).splitlines())), quoted=True)
