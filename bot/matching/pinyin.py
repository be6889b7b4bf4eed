"""Chinese by its sound: the syllable of each character, without tone, and letters cut into syllables.

Readings are those of the Unicode Han database; of a character with several the most usual one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 0x4E00, 0x9FFF
_LONGEST = 6
_MOSTLY = 0.75
"""From this share of words that are made of syllables on, a text without Chinese characters is taken for pinyin."""
_LETTERS = re.compile(r"[a-zü]+")


@lru_cache(maxsize=1)
def _read() -> tuple[tuple[str, ...], NDArray[np.uint16]]:
    names = [""]
    table = np.zeros(LAST + 2, dtype=np.uint16)
    for line in Path(__file__).with_name("data").joinpath("readings.txt").read_text("utf-8").splitlines():
        name, characters = line.split(" ")
        table[[ord(character) for character in characters]] = len(names)
        names.append(name)
    return tuple(names), table


def names() -> tuple[str, ...]:
    """The syllables by number; the first is none."""
    return _read()[0]


def syllable_numbers(codepoints: NDArray[np.uint32]) -> NDArray[np.uint16]:
    """The number of each character's syllable, 0 for what is no Chinese character or has no reading."""
    _, table = _read()
    return table[np.minimum(codepoints, np.uint32(LAST + 1))]


def syllable_number(character: str) -> int:
    """The number of a character's syllable, 0 for what is no Chinese character or has no reading."""
    return int(_read()[1][min(ord(character), LAST + 1)])


def spoken(text: str) -> str:
    """A canonical text as syllables with a space between; what is no Chinese stays as it is."""
    names, table = _read()
    parts = [
        f" {names[table[ord(c)]] or c} " if FIRST <= ord(c) <= LAST else c  # a rare character without a reading
        for c in text
    ]
    return " ".join("".join(parts).split())


@lru_cache(maxsize=20_000)
def syllables(word: str) -> tuple[str, ...] | None:
    """A word of Latin letters cut into the fewest syllables, or None where it is not made of them."""
    word = word.replace("ü", "v")
    known = _known()
    ways: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
    for start in range(len(word)):
        before = ways[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + _LONGEST, len(word)) + 1):
            piece = word[start:end]
            way = ways[end]
            if piece in known and (way is None or len(before) + 1 < len(way)):
                ways[end] = (*before, piece)
    return ways[-1] or None


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    # Single letters are no syllables here: too many English words would be made of syllables.
    return frozenset(name for name in _read()[0] if len(name) > 1)


def read_pinyin(normalised: str, known: Callable[[str], bool]) -> str | None:
    """A normalised text that was typed in pinyin, as syllables with a space between; None where it is no pinyin.

    Args:
        normalised: the text.
        known: whether a word is known as it stands; many English words are made of syllables too ("can", "change").
    """
    words = _LETTERS.findall(normalised)
    strange = [word for word in words if not known(word)]
    cut = [way for word in strange if (way := syllables(word))]
    good = sum(len("".join(way)) for way in cut)
    rest = sum(len(word) for word in words if syllables(word) is None)
    if sum(map(len, cut)) < 2 or good < _MOSTLY * (good + rest):
        return None
    text = _LETTERS.sub(lambda found: f" {' '.join(syllables(found.group()) or (found.group(),))} ", normalised)
    return " ".join(text.split())
