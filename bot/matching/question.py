"""The features of one question. Numbers are the same as `features.extract` gives for a text among many; that one takes each step
for all texts at once, which for a single one costs mostly the calls."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import numpy as np

from bot.matching.features import (
    CHARACTER,
    LETTERS,
    LONGEST_TERM,
    PAIR,
    SYLLABLE,
    SYLLABLES,
    TERM,
    WEAK,
    WEAK_EN,
    WEAK_ZH,
    WEIGHTS,
    WORD,
    WORDS,
    Features,
    Terms,
    code,
    extract,
    hash_of,
    stem,
)
from bot.matching.pinyin import syllable_number

Found = Iterable[tuple[int, float]]
"""Features with their weights."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUN = re.compile(f"([{_HAN}]+)|([0-9]+)|([^ 0-9{_HAN}]+)")
_BEFORE, _AFTER = "\x01", "\x02"
"""Stand where a word has no more letters; no text has them."""
_SHORT = 120
"""Longer texts are quicker read all at once."""
_KEPT = 20_000
"""Characters, pairs and groups of letters come again and again."""

_FULL = WEIGHTS.tolist()
_LESS = (WEIGHTS * np.float32(WEAK)).tolist()


def read(text: str, terms: Terms) -> Features:
    """The features of a canonical text without line ends.

    Args:
        text: the text.
        terms: the field's words.
    """
    if len(text) > _SHORT:
        return extract([text], terms)
    found: dict[int, float] = {}
    before = ""
    for run in _RUN.finditer(text):
        piece = run.group()
        if run.lastindex == 1:
            before = ""
            _add(found, map(_character, piece))
            _add(found, map(_pair, map("".join, pairwise(piece))))
            if terms.codes:
                _add(found, (_terms(piece, terms),))
            continue
        _add(found, (_word(piece, before),))
        before = piece
        if run.lastindex == 3:
            spelt = f"{_BEFORE}{piece}{_AFTER}"
            _add(found, (((_letters(spelt[i : i + 3]), _FULL[LETTERS]) for i in range(len(piece))),))
    numbers = sorted(found)
    return Features(
        rows=np.zeros(len(numbers), np.int32),
        codes=np.array(numbers, dtype=np.uint64),
        weights=np.array([found[number] for number in numbers], dtype=np.float32),
        texts=1,
    )


def _add(found: dict[int, float], groups: Iterable[Found]) -> None:
    """What stands in a text repeatedly counts once, as where it stood first."""
    for group in groups:
        for number, weight in group:
            found.setdefault(number, weight)


@lru_cache(maxsize=_KEPT)
def _character(character: str) -> Found:
    sound = syllable_number(character)
    weights = _LESS if character in WEAK_ZH else _FULL
    return (
        (code(CHARACTER, ord(character)), weights[CHARACTER]),
        (code(SYLLABLE, sound), weights[SYLLABLE]),
    )


@lru_cache(maxsize=_KEPT)
def _pair(two: str) -> Found:
    one, other = two[0], two[1]
    weights = _LESS if one in WEAK_ZH and other in WEAK_ZH else _FULL
    return (
        (code(PAIR, ord(one), ord(other)), weights[PAIR]),
        (code(SYLLABLES, syllable_number(one), syllable_number(other)), weights[SYLLABLES]),
    )


def _terms(piece: str, terms: Terms) -> Found:
    known = terms.codes
    ends = len(piece) + 1
    for start in range(len(piece) - 1):
        for end in range(start + 2, min(start + LONGEST_TERM + 1, ends)):
            if (number := known.get(piece[start:end])) is not None:
                yield number, _FULL[TERM]


@lru_cache(maxsize=_KEPT)
def _word(word: str, before: str) -> Found:
    """A word, and it together with the one before."""
    root = stem(word)
    number = hash_of(root)
    itself = code(WORD, number), (_LESS if root in WEAK_EN else _FULL)[WORD]
    if not before:
        return (itself,)
    return itself, (code(WORDS, hash_of(stem(before)), number), _FULL[WORDS])


@lru_cache(maxsize=_KEPT)
def _letters(three: str) -> int:
    before, letter, after = map(ord, three)
    return code(LETTERS, letter, before << 32 | after)
