"""From canonical texts to features, many texts at once: a feature is a number (a 60-bit hash under a kind), so that no
dictionary of strings has to be kept, and the same arrays serve one question and two hundred thousand phrasings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
WEAK = 0.3
"""What a word weighs that says nothing of the matter. A large base shows it by its frequency; a small one cannot."""
_WEAK_EN = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "me",
        "my",
        "we",
        "our",
        "you",
        "your",
        "he",
        "she",
        "it",
        "they",
        "is",
        "am",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "with",
        "please",
        "can",
        "could",
        "would",
        "will",
        "should",
        "hi",
        "hello",
        "hey",
        "tell",
        "want",
        "need",
        "like",
        "know",
        "about",
        "there",
        "this",
        "that",
        "so",
        "if",
    ]
)
_WEAK_ZH = "的了吗呢吧啊呀么我你您他她请问想要是在有和与就都也这那个一下嘛哦哈呗能可以"

_SPACE, _LETTER, _DIGIT, _HAN, _WEAK_HAN = range(5)
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], dtype=np.uint64)
_PAYLOAD = np.uint64((1 << 60) - 1)
_KIND = np.uint64(60)


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
    table[[ord(character) for character in _WEAK_ZH]] = _WEAK_HAN
    return table


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its English ending (Porter's second stemmer)."""
    return str(_stemmer().stemWord(word))


def _mix(kind: int, *parts: Codes) -> Codes:
    """One number of several, the kind in its top four bits."""
    mixed: Codes = parts[0] * _MULTIPLIERS[0]
    for part, multiplier in zip(parts[1:], _MULTIPLIERS[1:], strict=False):
        mixed = (mixed ^ (mixed >> np.uint64(31))) * multiplier + part * _MULTIPLIERS[0]
    mixed = (mixed ^ (mixed >> np.uint64(29))) & _PAYLOAD
    mixed |= np.uint64(kind << 60)
    return mixed


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


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def extract(texts: Sequence[str], terms: Codes | None = None, sounds_only: bool = False) -> Features:
    """The features of canonical texts.

    Args:
        texts: canonical texts, without line ends.
        terms: hashes of the field's words (`term_hashes`).
        sounds_only: the texts are syllables with a space between (`pinyin.spoken`); only their sounds are features.
    """
    text = "\n".join(texts) + "\n"
    if sounds_only:
        return _gather(*_sounds(text), rows=len(texts))
    characters = _characters(text)
    classes = _classes()[characters]
    rows = (characters == 10).cumsum(dtype=np.int32)
    wide = characters.astype(np.uint64)
    parts = [_chinese(wide, characters, classes, rows), _others(text, wide, classes, rows)]
    if terms is not None and len(terms):
        parts.append(_terms(wide, classes, rows, terms))
    return _gather(*(np.concatenate(column) for column in zip(*parts, strict=True)), rows=len(texts))


_Part = tuple[NDArray[np.int32], Codes, NDArray[np.bool_]]
"""For each feature found its text, itself, and whether it says nothing of the matter."""
_NOTHING: _Part = (np.zeros(0, np.int32), np.zeros(0, np.uint64), np.zeros(0, np.bool_))


def _gather(rows_of: NDArray[np.int32], codes: Codes, weak: NDArray[np.bool_], *, rows: int) -> Features:
    """Sorted by text; what stands in a text repeatedly counts once."""
    order = codes.argsort() if rows == 1 else np.lexsort((codes, rows_of))
    rows_of, codes = rows_of[order], codes[order]
    new = np.empty(len(codes), dtype=np.bool_)
    new[:1] = True
    new[1:] = codes[1:] != codes[:-1]
    if rows > 1:
        new[1:] |= rows_of[1:] != rows_of[:-1]
    codes = codes[new]
    weights = WEIGHTS[codes >> _KIND]
    weights[weak[order][new]] *= np.float32(WEAK)
    return Features(rows_of[new], codes, weights, rows)


def _chinese(wide: Codes, characters: NDArray[np.uint32], classes: NDArray[np.uint8], rows: NDArray[np.int32]) -> _Part:
    at = (classes >= _HAN).nonzero()[0]
    if not len(at):
        return _NOTHING
    weak = classes[at] == _WEAK_HAN
    sounds = syllable_numbers(characters[at]).astype(np.uint64)
    here, row = wide[at], rows[at]
    beside = (at[1:] - at[:-1] == 1).nonzero()[0]
    both_weak = weak[beside] & weak[beside + 1]
    codes = [
        _mix(CHARACTER, here),
        _mix(PAIR, here[beside], here[beside + 1]),
        _mix(SYLLABLE, sounds),
        _mix(SYLLABLES, sounds[beside], sounds[beside + 1]),
    ]
    return (
        np.concatenate([row, row[beside], row, row[beside]]),
        np.concatenate(codes),
        np.concatenate([weak, both_weak, weak, both_weak]),
    )


def _others(text: str, wide: Codes, classes: NDArray[np.uint8], rows: NDArray[np.int32]) -> _Part:
    """Words, pairs of them and groups of letters of what is not Chinese."""
    inside = (classes == _LETTER) | (classes == _DIGIT)
    if not inside.any():
        return _NOTHING
    kind = np.where(inside, classes, 0)
    changes = np.flatnonzero(np.diff(kind, prepend=0))
    starts = changes[kind[changes] > 0]
    ends = np.append(changes, len(kind))[np.searchsorted(changes, starts) + 1]
    raw = _hashes(wide, starts, ends)
    _, first, which = np.unique(raw, return_index=True, return_inverse=True)
    stems = [stem(text[a:b]) for a, b in zip(starts[first].tolist(), ends[first].tolist(), strict=True)]
    stemmed = _hashes_of(stems)[which]
    feeble = np.array([stem in _WEAK_EN for stem in stems], dtype=np.bool_)[which]
    row = rows[starts]
    # Two words are neighbours where nothing but space is between them.
    solid = np.cumsum(classes >= _HAN)
    near = np.flatnonzero((row[1:] == row[:-1]) & (solid[starts[1:]] == solid[ends[:-1] - 1]))
    letters = np.flatnonzero(classes == _LETTER)
    before = np.where(classes[letters - 1] == _LETTER, wide[letters - 1], np.uint64(1))
    before[letters == 0] = 1
    after = np.where(classes[letters + 1] == _LETTER, wide[letters + 1], np.uint64(2))
    return (
        np.concatenate([row, row[near], rows[letters]]),
        np.concatenate(
            [
                _mix(WORD, stemmed),
                _mix(WORDS, stemmed[near], stemmed[near + 1]),
                _mix(LETTERS, before, wide[letters], after),
            ]
        ),
        np.concatenate([feeble, np.zeros(len(near) + len(letters), np.bool_)]),
    )


def _hashes_of(words: Sequence[str]) -> Codes:
    """A hash of each word, none empty."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    ends = np.cumsum(lengths)
    return _hashes(_characters("".join(words)).astype(np.uint64), ends - lengths, ends)


def term_hashes(words: Sequence[str]) -> Codes:
    """Hashes of canonical Chinese words of two to six characters, for `extract`."""
    chosen = sorted({word for word in words if 2 <= len(word) <= 6 and (_classes()[_characters(word)] >= _HAN).all()})
    return np.unique(_hashes_of(chosen)) if chosen else np.zeros(0, np.uint64)


def _terms(wide: Codes, classes: NDArray[np.uint8], rows: NDArray[np.int32], terms: Codes) -> _Part:
    """The field's words, wherever they stand."""
    han = classes >= _HAN
    solid = np.concatenate(([0], np.cumsum(~han)))
    found: list[tuple[NDArray[np.int32], Codes]] = []
    for size in range(2, 7):
        starts = np.flatnonzero(han[: len(han) - size + 1])
        starts = starts[solid[starts + size] == solid[starts]]
        if not len(starts):
            break
        hashes = _hashes(wide, starts, starts + size)
        known = np.isin(hashes, terms)
        found.append((rows[starts[known]], _mix(TERM, hashes[known])))
    if not found:
        return _NOTHING
    row = np.concatenate([each for each, _ in found])
    return row, np.concatenate([each for _, each in found]), np.zeros(len(row), np.bool_)


def _sounds(text: str) -> _Part:
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
    return (
        np.concatenate([row_of[heard], row_of[beside]]),
        np.concatenate([_mix(SYLLABLE, sounds[heard]), _mix(SYLLABLES, sounds[beside], sounds[beside + 1])]),
        np.zeros(len(heard) + len(beside), np.bool_),
    )


@lru_cache(maxsize=1)
def _syllable_table() -> dict[str, int]:
    return {name: number for number, name in enumerate(names()) if name}
