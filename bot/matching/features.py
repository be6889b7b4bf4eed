"""From canonical texts to features, many texts at once: a feature is a number (a 60-bit hash under a kind), so that no
dictionary of strings has to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Self

import numpy as np
import Stemmer
from numpy.typing import NDArray

from bot.matching.pinyin import names, syllable_numbers

Codes = NDArray[np.uint64]

CHARACTER, PAIR, SYLLABLE, SYLLABLES, WORD, WORDS, LETTERS, TERM = range(1, 9)
"""Kinds: a Chinese character, two neighbouring ones, the sound of one, of two; a word of another script, two neighbouring
ones, three letters; a word that the knowledge base calls a word of its field."""

WEIGHTS = np.array([0, 1.0, 0.5, 0.6, 0.3, 1.0, 0.45, 0.4, 0.3], dtype=np.float32)
"""Weight of each kind; see the ablation in docs/matching.md."""
LONGEST_TERM = 6
"""Longer words of the field are known by their parts."""
WEAK = 0.3
"""What a word weighs that says nothing of the matter. A large base shows it by its frequency; a small one cannot."""
WEAK_EN = frozenset([
    "a", "an", "the", "i", "me", "my", "we", "our", "you", "your", "he", "she", "it", "they", "is", "am", "are", "was",
    "were", "be", "been", "do", "does", "did", "have", "has", "had", "of", "to", "in", "on", "at", "for", "and", "or", "with",
    "please", "can", "could", "would", "will", "should", "hi", "hello", "hey", "tell", "want", "need", "like", "know",
    "about", "there", "this", "that", "so", "if",
])  # fmt: skip
WEAK_ZH = "的了吗呢吧啊呀么我你您他她请问想要是在有和与就都也这那个一下嘛哦哈呗能可以"

_SPACE, _LETTER, _DIGIT, _HAN, _WEAK_HAN = range(5)
_BASE = 0x9E3779B97F4A7C15
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MULTIPLIERS = np.array([_FIRST, _SECOND], dtype=np.uint64)
_PAYLOAD = np.uint64((1 << 60) - 1)
_KIND = np.uint64(60)
_SHIFT = np.uint64(32)
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Features:
    """The features of some texts, by text, none twice in one text.

    Attributes:
        rows: number of the text, ascending.
        codes: the feature.
        weights: its weight before idf, the same in every text: that of its kind, less for a word that says nothing.
        texts: how many texts.
    """

    rows: NDArray[np.int32]
    codes: Codes
    weights: NDArray[np.float32]
    texts: int


def kinds(codes: Codes) -> NDArray[np.int8]:
    """The kind of each feature."""
    return (codes >> _KIND).astype(np.int8)


@lru_cache(maxsize=1)
def _classes() -> NDArray[np.uint8]:
    table = np.full(0x110000, _LETTER, dtype=np.uint8)
    table[[10, 32]] = _SPACE
    table[48:58] = _DIGIT
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)):
        table[first : last + 1] = _HAN
    table[[ord(character) for character in WEAK_ZH]] = _WEAK_HAN
    return table


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its English ending (Porter's second stemmer)."""
    return str(_stemmer().stemWord(word))


def _mix(kind: Codes, first: Codes, second: Codes) -> Codes:
    """One number of two, the kind in its top four bits."""
    mixed: Codes = first * _MULTIPLIERS[0]
    mixed ^= mixed >> np.uint64(31)
    mixed *= _MULTIPLIERS[1]
    mixed += second * _MULTIPLIERS[0]
    mixed ^= mixed >> np.uint64(29)
    mixed &= _PAYLOAD
    mixed |= kind << _KIND
    return mixed


def code(kind: int, first: int, second: int = 0) -> int:
    """The number of one feature: what `_mix` makes of its kind and the two numbers that tell it."""
    mixed = first * _FIRST & _MASK
    mixed ^= mixed >> 31
    mixed = mixed * _SECOND + second * _FIRST & _MASK
    mixed ^= mixed >> 29
    return mixed & _MASK >> 4 | kind << 60


@lru_cache(maxsize=1)
def _powers() -> Codes:
    powers: Codes = np.cumprod(np.full(4096, _BASE, dtype=np.uint64), dtype=np.uint64)
    return powers


def _hashes(codes: Codes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Codes:
    """A polynomial hash of each stretch of characters, none empty."""
    lengths = ends - starts
    inside = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    members = codes[np.repeat(starts, lengths) + inside] * _powers()[np.minimum(inside, 4095)]
    hashes: Codes = np.asarray(np.add.reduceat(members, np.cumsum(lengths) - lengths), dtype=np.uint64)
    return hashes


def hash_of(text: str) -> int:
    """The polynomial hash of one stretch of characters, as `_hashes` makes it."""
    number, power = 0, 1
    for place, character in enumerate(text):
        power = power * _BASE & _MASK if place < 4096 else power
        number += ord(character) * power
    return number & _MASK


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


@dataclass(frozen=True)
class Terms:
    """Words that the knowledge base calls words of its field.

    Attributes:
        hashes: of them, ascending.
        codes: each word's feature.
    """

    hashes: Codes
    codes: Mapping[str, int]

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """Of canonical words those in Chinese, of two to `LONGEST_TERM` characters."""
        chosen = sorted(
            {word for word in words if 2 <= len(word) <= LONGEST_TERM and (_classes()[_characters(word)] >= _HAN).all()}
        )
        if not chosen:
            return cls(np.zeros(0, np.uint64), {})
        hashes = _hashes_of(chosen)
        return cls(
            np.sort(hashes), {word: code(TERM, number) for word, number in zip(chosen, hashes.tolist(), strict=True)}
        )


def extract(texts: Sequence[str], terms: Terms | None = None, sounds_only: bool = False) -> Features:
    """The features of canonical texts.

    Args:
        texts: canonical texts, without line ends.
        terms: the field's words.
        sounds_only: the texts are syllables with a space between (`pinyin.spoken`); only their sounds are features.
    """
    text = "\n".join(texts) + "\n"
    if sounds_only:
        return _gather(_sounds(text), len(texts))
    characters = _characters(text)
    classes = _classes()[characters]
    rows = (characters == 10).cumsum(dtype=np.int32)
    wide = characters.astype(np.uint64)
    parts = [
        *_chinese(wide, characters, classes, rows),
        *_others(text, wide, classes, rows),
        *_terms(wide, classes, rows, terms),
    ]
    return _gather(parts, len(texts))


class _Part(NamedTuple):
    """Features of one kind: for each its text, the two numbers that make it, and whether it says nothing of the matter."""

    kind: int
    rows: NDArray[np.int32]
    first: Codes
    second: Codes
    weak: NDArray[np.bool_]


def _gather(parts: Sequence[_Part], texts: int) -> Features:
    """Sorted by text; what stands in a text repeatedly counts once."""
    if not parts:
        return Features(np.zeros(0, np.int32), np.zeros(0, np.uint64), np.zeros(0, np.float32), texts)
    # All kinds are mixed at once: for one question the calls cost more than what they do.
    kind = np.array([part.kind for part in parts], dtype=np.uint64).repeat([len(part.rows) for part in parts])
    rows_of, first, second, weak = (np.concatenate(column) for column in list(zip(*parts, strict=True))[1:])
    codes = _mix(kind, first, second)
    order = codes.argsort(kind="stable") if texts == 1 else np.lexsort((codes, rows_of))
    rows_of, codes = rows_of[order], codes[order]
    new = np.empty(len(codes), dtype=np.bool_)
    new[:1] = True
    new[1:] = codes[1:] != codes[:-1]
    if texts > 1:
        new[1:] |= rows_of[1:] != rows_of[:-1]
    codes = codes[new]
    weights = WEIGHTS[codes >> _KIND]
    weights[weak[order][new]] *= np.float32(WEAK)
    return Features(rows_of[new], codes, weights, texts)


def _chinese(
    wide: Codes, characters: NDArray[np.uint32], classes: NDArray[np.uint8], rows: NDArray[np.int32]
) -> list[_Part]:
    at = (classes >= _HAN).nonzero()[0]
    if not len(at):
        return []
    weak = classes[at] == _WEAK_HAN
    sounds = syllable_numbers(characters[at]).astype(np.uint64)
    here, row = wide[at], rows[at]
    beside = (at[1:] - at[:-1] == 1).nonzero()[0]
    following = beside + 1
    both_weak = weak[beside] & weak[following]
    nothing = np.zeros(len(at), np.uint64)
    return [
        _Part(CHARACTER, row, here, nothing, weak),
        _Part(PAIR, row[beside], here[beside], here[following], both_weak),
        _Part(SYLLABLE, row, sounds, nothing, weak),
        _Part(SYLLABLES, row[beside], sounds[beside], sounds[following], both_weak),
    ]


def _others(text: str, wide: Codes, classes: NDArray[np.uint8], rows: NDArray[np.int32]) -> list[_Part]:
    """Words, pairs of them and groups of letters of what is not Chinese."""
    inside = (classes == _LETTER) | (classes == _DIGIT)
    if not inside.any():
        return []
    kind = np.zeros(len(classes) + 1, dtype=np.uint8)
    kind[1:] = np.where(inside, classes, 0)
    changes = (kind[1:] != kind[:-1]).nonzero()[0]
    begins = kind[changes + 1] > 0  # a line's end is no word, so after each beginning there is an end
    starts, ends = changes[begins], changes[begins.nonzero()[0] + 1]
    if rows[-1] == 1:
        stems = [stem(text[a:b]) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
        stemmed = _hashes_of(stems)
        feeble = np.array([word in WEAK_EN for word in stems], dtype=np.bool_)
    else:  # each word is stemmed once
        _, first, which = np.unique(_hashes(wide, starts, ends), return_index=True, return_inverse=True)
        stems = [stem(text[a:b]) for a, b in zip(starts[first].tolist(), ends[first].tolist(), strict=True)]
        stemmed = _hashes_of(stems)[which]
        feeble = np.array([word in WEAK_EN for word in stems], dtype=np.bool_)[which]
    row = rows[starts]
    # Two words are neighbours where nothing but space is between them.
    solid = (classes >= _HAN).cumsum()
    near = ((row[1:] == row[:-1]) & (solid[starts[1:]] == solid[ends[:-1] - 1])).nonzero()[0]
    letters = (classes == _LETTER).nonzero()[0]
    before = np.where(classes[letters - 1] == _LETTER, wide[letters - 1], np.uint64(1))
    before[letters == 0] = 1
    after = np.where(classes[letters + 1] == _LETTER, wide[letters + 1], np.uint64(2))
    return [
        _Part(WORD, row, stemmed, np.zeros(len(row), np.uint64), feeble),
        _Part(WORDS, row[near], stemmed[near], stemmed[near + 1], np.zeros(len(near), np.bool_)),
        _Part(LETTERS, rows[letters], wide[letters], before << _SHIFT | after, np.zeros(len(letters), np.bool_)),
    ]


def _hashes_of(words: Sequence[str]) -> Codes:
    """A hash of each word, none empty."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    ends = np.cumsum(lengths)
    return _hashes(_characters("".join(words)).astype(np.uint64), ends - lengths, ends)


def _terms(wide: Codes, classes: NDArray[np.uint8], rows: NDArray[np.int32], terms: Terms | None) -> list[_Part]:
    """The field's words, wherever they stand."""
    han = classes >= _HAN
    starts = han.nonzero()[0]
    if terms is None or not terms.codes or not len(starts):
        return []
    ends = (~han).nonzero()[0]
    left = ends[ends.searchsorted(starts)] - starts
    hashes = wide[starts] * _powers()[0]
    found, where = [], []
    for size in range(2, LONGEST_TERM + 1):
        goes_on = left >= size
        starts, left, hashes = starts[goes_on], left[goes_on], hashes[goes_on]
        hashes = hashes + wide[starts + (size - 1)] * _powers()[size - 1]
        found.append(hashes)
        where.append(starts)
    hashes = np.concatenate(found)
    at = terms.hashes.searchsorted(hashes)
    at[at == len(terms.hashes)] = 0
    known = terms.hashes[at] == hashes
    hashes, row = hashes[known], rows[np.concatenate(where)[known]]
    return [_Part(TERM, row, hashes, np.zeros(len(row), np.uint64), np.zeros(len(row), np.bool_))]


def _sounds(text: str) -> list[_Part]:
    """Syllables and pairs of them, from texts in which they stand apart."""
    numbers = _syllable_table()
    rows: list[int] = []
    found: list[int] = []
    for row, line in enumerate(text.split("\n")[:-1]):
        for word in line.split():
            rows.append(row)
            found.append(numbers.get(word, 0))
    row_of, sounds = np.array(rows, np.int32), np.array(found, np.uint64)
    heard = np.flatnonzero(sounds)
    beside = np.flatnonzero((sounds[1:] > 0) & (sounds[:-1] > 0) & (row_of[1:] == row_of[:-1]))
    return [
        _Part(SYLLABLE, row_of[heard], sounds[heard], np.zeros(len(heard), np.uint64), np.zeros(len(heard), np.bool_)),
        _Part(SYLLABLES, row_of[beside], sounds[beside], sounds[beside + 1], np.zeros(len(beside), np.bool_)),
    ]


@lru_cache(maxsize=1)
def _syllable_table() -> dict[str, int]:
    return {name: number for number, name in enumerate(names()) if name}
