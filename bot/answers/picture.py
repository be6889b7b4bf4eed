"""The papers of an answer as a picture to print or pass on: boxes to tick, black on white, as wide as A4 at 150 dpi."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot import wording
from bot.answers import fonts, layout
from bot.answers.answer import Answer
from bot.answers.script import reference
from bot.answers.wrapping import wrap
from bot.language import WRITTEN, Language

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH = 1240
LEAST_HEIGHT = 877
"""Half a page: a picture of one paper shall not be a strip."""
PAGE_HEIGHT = 1754
"""A4: what needs a little more is written a little smaller, so that it is printed on one page; what needs much more is long."""
MOST_HEIGHT = 8_700
"""Telegram takes photos whose width and height are 10,000 together."""
DPI = 150
_MARGIN = 90
_TITLE, _HEADING, _BODY, _SMALL = 60, 44, 44, 32
"""Sizes of the letters in pixels; a phone shows a third of them."""
_LEAST_SIZE = 30
_SMALLER = 0.82
_LEADING = 1.5
_BASELINE = 1.1
"""How far below a line's top its letters stand, in their size; fonts say so each in their own way."""
_INDENT = 72
_INK = 0
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
"""A Chinese font sets curved quotation marks as wide as a character, which tears English apart."""
_CHARACTERS = 20
"""Of Chinese that a line of papers surely holds; of English twice as many."""
_MOST_LINES = 88
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_END = b"IEND"


def drawable(answer: Answer) -> bool:
    """Whether there is something to draw: papers, and not so many that Telegram would refuse the picture."""
    if answer.section("materials") is None:
        return False
    texts = [answer.title, answer.title, *(stated.label for stated in answer.case), *answer.sources]
    needed = sum(_lines(text.zh, text.en) for text in texts)
    for kind in ("materials", "where"):
        needed += sum(
            _lines(text, english) for text, english in zip(*(_texts(answer, kind, of) for of in WRITTEN), strict=True)
        )
    return needed <= _MOST_LINES


def _lines(chinese: str, english: str) -> int:
    return 1 + max(len(chinese) // _CHARACTERS, len(english) // (2 * _CHARACTERS))


def draw(answer: Answer, language: Language, font: Path) -> bytes:
    """A greyscale PNG with the papers that the answer names.

    Args:
        answer: one that is `drawable`.
        language: of all that is written.
        font: as `fonts.find` gives it.

    Raises:
        OSError: where the font can no longer be read.
    """
    from PIL import Image, ImageDraw

    page = _laid_out(answer, language, font)
    image = Image.new("L", (WIDTH, min(MOST_HEIGHT, page.height)), 255)
    pen = ImageDraw.Draw(image)
    for mark in page.marks:
        mark(pen)
    # Sixteen greys are enough for smooth letters, and make half as large a file.
    image = image.point([round(grey / 17) * 17 for grey in range(256)])
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(DPI, DPI), compress_level=6)
    return file.getvalue()


def height(answer: Answer, language: Language, font: Path) -> int:
    """How high the picture would be, in pixels, without drawing it."""
    return _laid_out(answer, language, font).height


def whole(png: bytes) -> bool:
    """Whether these bytes are a picture from its first to its last, as its checksums say."""
    if not png.startswith(_SIGNATURE):
        return False
    place = len(_SIGNATURE)
    while place + 12 <= len(png):
        end = place + 12 + int.from_bytes(png[place : place + 4])
        kind = png[place + 4 : place + 8]
        if end > len(png) or zlib.crc32(png[place + 4 : end - 4]) != int.from_bytes(png[end - 4 : end]):
            return False
        if kind == _END:
            return end == len(png)
        place = end
    return False


@dataclass
class _Page:
    """What is to be drawn, from the top down.

    Attributes:
        language: of all that is written.
        font: gives the font in a size.
        scale: of all letters.
        y: where the next line goes.
        marks: what draws it all.
    """

    language: Language
    font: Callable[[int], FreeTypeFont]
    scale: float
    y: int = _MARGIN
    marks: list[Callable[[ImageDraw], None]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """Of the whole page, in pixels."""
        return max(LEAST_HEIGHT, self.y + _MARGIN)

    def write(self, text: str, usual_size: int, *, indent: int = 0, bold: bool = False) -> None:
        """Write a text in as many lines as it takes."""
        if self.language == "en":
            text = text.translate(_STRAIGHT)
        size = max(_LEAST_SIZE, round(usual_size * self.scale))
        font = self.font(size)
        stroke = 1 if bold else 0  # not every font has a bold face
        for line in wrap(text, WIDTH - 2 * _MARGIN - indent, cache(lambda part: font.getlength(part) + stroke)):
            place = (_MARGIN + indent, self.y + round(size * _BASELINE))

            def mark(pen: ImageDraw, line: str = line, place: tuple[int, int] = place) -> None:
                pen.text(place, line, fill=_INK, font=font, anchor="ls", stroke_width=stroke)

            self.marks.append(mark)
            self.y += round(size * _LEADING)

    def box(self) -> None:
        """A box to tick, beside the line that comes next."""
        side = round(_BODY * self.scale)
        top = self.y + round(side * (_BASELINE - 0.9))
        corners = (_MARGIN, top, _MARGIN + side, top + side)
        self.marks.append(lambda pen: pen.rounded_rectangle(corners, radius=4, outline=_INK, width=4))

    def rule(self, thickness: int, above: int, below: int) -> None:
        """A line across the page."""
        self.y += above
        corners = (_MARGIN, self.y, WIDTH - _MARGIN, self.y + thickness - 1)
        self.marks.append(lambda pen: pen.rectangle(corners, fill=_INK))
        self.y += thickness + below


def _laid_out(answer: Answer, language: Language, font: Path) -> _Page:
    from PIL import ImageFont

    face = fonts.face(font)
    sized = cache(lambda size: ImageFont.truetype(font, size, index=face, layout_engine=ImageFont.Layout.BASIC))
    page = _filled(_Page(language, sized, 1.0), answer)
    if (
        page.height > PAGE_HEIGHT
        and (smaller := _filled(_Page(language, sized, _SMALLER), answer)).height <= PAGE_HEIGHT
    ):
        return smaller
    return page


def _filled(page: _Page, answer: Answer) -> _Page:
    language = page.language
    page.write(answer.title.of(language), _TITLE, bold=True)
    if answer.case:
        page.y += 8
        page.write(case_line(answer, language), _HEADING)
    page.rule(5, 24, 34)
    page.write(layout.heading("materials", language), _HEADING, bold=True)
    page.y += 16
    for text in _texts(answer, "materials", language):
        page.box()
        page.write(text, _BODY, indent=_INDENT)
        page.y += 20
    if where := _texts(answer, "where", language):
        page.y += 20
        page.write(layout.heading("where", language), _HEADING, bold=True)
        page.y += 8
        for text in where:
            page.write(text, _BODY)
            page.y += 8
    page.rule(2, 26, 26)
    notes = [*layout.closing(answer, language), reference(answer, language)]
    if answer.reviewed:
        notes.append(wording.REVIEWED.of(language).format(date=answer.reviewed))
    for note in notes:
        page.write(note, _SMALL)
        page.y += 6
    return page


def case_line(answer: Answer, language: Language) -> str:
    """The case that the papers are for, in a line; "" where the answer holds for every case."""
    labels = wording.CASE_COMMA.of(language).join(stated.label.of(language) for stated in answer.case)
    return wording.IF.of(language).format(label=wording.CASE.of(language)) + labels if labels else ""


def _texts(answer: Answer, kind: str, language: Language) -> Sequence[str]:
    section = answer.section(kind)
    return [line.of(language) for line in section.lines] if section else []


def libraries() -> tuple[str, ...]:
    """What draws, by name and version: another version may draw otherwise."""
    import PIL

    return (f"pillow {PIL.__version__}",)
