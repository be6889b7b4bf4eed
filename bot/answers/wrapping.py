"""Breaking a text into lines of a width: Chinese between characters, English between words, punctuation where it belongs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Measure = Callable[[str], float]
"""How wide a text is."""

NEVER_FIRST = frozenset("，。、；：？！）〕】》〉」』”’…—～·％℃,.;:?!)]}%")
"""What never begins a line, unless a line has room for nothing else."""
NEVER_LAST = frozenset("（〔【《〈「『“‘([{")
_ALONE = frozenset("“”…—·")
"""Not wide by themselves, but set like Chinese punctuation."""
_STRAY = 2
"""So few characters are not left alone on the last line."""


@dataclass(frozen=True)
class _Piece:
    """What is never taken apart, and whether a space stands before it."""

    text: str
    spaced: bool = False


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """The lines of a text; none of them is wider than `width`, as far as one character fits.

    Args:
        text: each of its own lines is broken by itself.
        width: in what `measure` gives.
        measure: taken to be additive: a line is as wide as its parts.
    """
    return [line for paragraph in text.splitlines() for line in _wrapped(paragraph, width, measure)]


def _wrapped(text: str, width: float, measure: Measure) -> Iterator[str]:
    space = measure(" ")
    lines: list[list[_Piece]] = []
    used = 0.0
    for whole in _pieces(text):
        for piece in [whole] if measure(whole.text) <= width else _characters(whole):
            size = measure(piece.text)
            gap = space if piece.spaced else 0.0
            if lines and used + gap + size <= width:
                lines[-1].append(piece)
                used += gap + size
            else:
                lines.append([piece])
                used = size
    if len(lines) > 1 and len(lines[-1]) == 1 and len(lines[-1][0].text) <= _STRAY and len(lines[-2]) > 1:
        joined = [lines[-2][-1], *lines[-1]]
        if measure(_joined(joined)) <= width:
            lines[-2:] = [lines[-2][:-1], joined]
    yield from map(_joined, lines)


def _joined(pieces: list[_Piece]) -> str:
    return "".join((" " if piece.spaced and number else "") + piece.text for number, piece in enumerate(pieces))


def _characters(piece: _Piece) -> Iterator[_Piece]:
    """A piece that no line is wide enough for."""
    for number, character in enumerate(piece.text):
        yield _Piece(character, piece.spaced and number == 0)


def _pieces(text: str) -> Iterator[_Piece]:
    held = ""
    held_spaced = False
    spaced = False
    for word in _words(text):
        if word.isspace():
            spaced = bool(held) or spaced
            continue
        bound = held and not spaced and (word[0] in NEVER_FIRST or held[-1] in NEVER_LAST)
        if held and not bound:
            yield _Piece(held, held_spaced)
            held = ""
        held_spaced = held_spaced if held else spaced
        held += word
        spaced = False
    if held:
        yield _Piece(held, held_spaced)


def _words(text: str) -> Iterator[str]:
    """Words, Chinese characters, and a space for each run of them."""
    word = ""
    for character in text:
        alone = character.isspace() or character in _ALONE or unicodedata.east_asian_width(character) in "WF"
        if not alone:
            word += character
            continue
        if word:
            yield word
            word = ""
        yield " " if character.isspace() else character
    if word:
        yield word
