"""An inverted index over phrasings, as arrays: features to the phrasings that have them, and phrasings to their features."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.matching.features import SYLLABLE, SYLLABLES, Codes, Features, kinds

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

IDF_POWER = 0.65
"""Below 1 rare features decide less alone; measured best between 0.5 and 0.8 on both development sets."""
IDF_SIZE = 10_000
"""The size of base that idf is reckoned for, whatever the base: so it does not change with entries that share no feature, and
similarities mean the same in a base of fifty phrasings and of fifty thousand."""
POSTINGS = 60_000
"""A search reads about so many postings and no more: those of the rarest features, which tell most. The phrasings that they
find are then compared in full. Up to some 5,000 phrasings every posting is read."""
SHORTLIST = 300
"""So many of the phrasings found that way are compared in full."""
_COMMON = 0.5
_FLOORS = (0.3, 0.15, 0.0)
"""Shares of the largest: to sort what lies above is quicker than to sort all."""
_AT_ONCE = 10_000
_WIDE = 20_000
"""Up to so many phrasings the postings are held in twice the space."""
_FAINT = 0.05
"""Less of its length than this a phrasing has not in its sounds, or there are none."""


@dataclass(frozen=True)
class Query:
    """A question as the index sees it.

    Attributes:
        columns: numbers of its known features, ascending.
        weights: their weights, of unit length together with those of the unknown ones.
        sounds: whether it is known by its sound only, so that phrasings are compared by their sounds.
    """

    columns: Numbers
    weights: Floats
    sounds: bool = False


@dataclass(frozen=True)
class Around:
    """The phrasings around a question.

    Attributes:
        gram: cosine of each with each.
        has: for each the question's features that it has: 1 or 0.
        reverse: for each the share of its squared weight that the question has, 0..1.
        shared: the same of the question's features and then of others that at least two of them have: 1 or 0.
        squares: the squared weights of these features, 0 of those that only one of them has.
        asked: so many of these features, the first, are the question's.
    """

    gram: Floats
    has: Floats
    reverse: Floats
    shared: Floats
    squares: Floats
    asked: int

    def cores(self, groups: Floats) -> Floats:
        """For groups of the phrasings the share of what at least half of a group have in common that the question has too.

        Args:
            groups: groups × phrasings, 1 where a phrasing is in the group.
        """
        common = (groups @ self.shared >= _COMMON * groups.sum(axis=1)[:, None]).astype(np.float32)
        asked = common[:, : self.asked] @ self.squares[: self.asked]
        return np.asarray(asked / np.maximum(common @ self.squares, np.float32(1e-9)), dtype=np.float32)


class Index:
    """Phrasings by feature and features by phrasing, each phrasing of unit length.

    Attributes:
        size: how many phrasings.
        arrays: all that it consists of, to be kept in a file.
        weights: of each feature, idf included.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Made by `build`, or from the `arrays` of one that was."""
        self.arrays = arrays
        self._codes: Codes = arrays["codes"]
        self.weights: Floats = arrays["weights"]
        self._lengths: Floats = 1 / np.maximum(arrays["lengths"], np.float32(_FAINT))
        self._loudness: Floats = 1 / np.maximum(arrays["loudness"], np.float32(_FAINT))
        self._starts: Numbers = arrays["row_starts"]
        self._columns: NDArray[np.int32] = arrays["columns"]
        self._posting_starts: Numbers = arrays["posting_starts"]
        # Numpy counts in its widest integers, and widens what it is given anew each time.
        wide = len(self._lengths) <= _WIDE
        self._postings: NDArray[Any] = arrays["postings"].astype(np.intp) if wide else arrays["postings"]
        self._heard = np.isin(kinds(self._codes), (SYLLABLE, SYLLABLES))
        self.size = len(self._lengths)
        self._unknown_idf = _idf(np.zeros(1))[0]
        self._scratch = _Scratch(len(self._codes))

    @classmethod
    def build(cls, parts: Iterable[Features], size: int) -> Self:
        """An index over `size` phrasings, from their features, some thousand phrasings at a time so that memory suffices."""
        found: list[Codes] = []
        per_row: list[NDArray[Any]] = [np.zeros(0, np.int64)]
        distinct: list[tuple[Codes, Floats]] = [(np.zeros(0, np.uint64), np.zeros(0, np.float32))]
        for part in parts:
            found.append(part.codes)
            per_row.append(np.bincount(part.rows, minlength=part.texts))
            unique, first = np.unique(part.codes, return_index=True)
            distinct.append((unique, part.weights[first]))
        codes, first = np.unique(np.concatenate([unique for unique, _ in distinct]), return_index=True)
        weights = np.concatenate([each for _, each in distinct])[first]
        columns = np.empty(sum(map(len, found)), dtype=np.int32)
        begin = 0
        while found:
            part_codes = found.pop(0)
            columns[begin : begin + len(part_codes)] = np.searchsorted(codes, part_codes)
            begin += len(part_codes)
        in_row = np.concatenate(per_row)
        counts = np.bincount(columns, minlength=len(codes))
        weights = weights * _idf(counts)
        squares = np.square(weights)
        loud = np.where(np.isin(kinds(codes), (SYLLABLE, SYLLABLES)), squares, np.float32(0))
        row_starts = _starts(in_row)
        arrays = {
            "codes": codes,
            "weights": weights,
            "lengths": _length(columns, row_starts, squares),
            "loudness": _length(columns, row_starts, loud),
            "row_starts": row_starts,
            "columns": columns,
            "posting_starts": _starts(counts),
        }
        order = np.argsort(columns, kind="stable")
        return cls({**arrays, "postings": np.repeat(np.arange(size, dtype=np.int32), in_row)[order]})

    def query(self, features: Features, sounds: bool = False) -> Query:
        """A question's features in the index's terms; features that no phrasing has make it longer, and so less alike."""
        if not len(self._codes):
            return Query(np.zeros(0, np.int64), np.zeros(0, np.float32), sounds)
        at = np.minimum(np.searchsorted(self._codes, features.codes), len(self._codes) - 1)
        known = self._codes[at] == features.codes
        weights = np.where(known, self.weights[at], features.weights * self._unknown_idf)
        length = np.sqrt(np.square(weights).sum()) or np.float32(1)
        return Query(at[known], weights[known] / length, sounds)

    def nearest(self, query: Query, count: int) -> tuple[Numbers, Floats]:
        """The phrasings most alike, best first, and the cosine of each with the question, above 0.

        In a large base the rarest features choose whom to compare (`POSTINGS`); whoever is compared is compared in full.
        """
        if not len(query.columns):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        first = self._posting_starts[query.columns]
        lengths = self._posting_starts[query.columns + 1] - first
        weights = (query.weights * self.weights[query.columns]).astype(np.float64)
        cut = int(lengths.sum()) > POSTINGS
        if cut:
            order = np.argsort(lengths, kind="stable")
            kept = order[: max(1, int(np.searchsorted(np.cumsum(lengths[order]), POSTINGS, side="right")))]
            first, lengths, weights = first[kept], lengths[kept], weights[kept]
        spans = [self._postings[a : a + n] for a, n in zip(first.tolist(), lengths.tolist(), strict=True)]
        sums = np.bincount(np.concatenate(spans), weights=weights.repeat(lengths), minlength=self.size)
        totals: NDArray[np.float64] = np.asarray(sums, dtype=np.float64)
        totals *= self._scale(query)
        best = _largest(totals, SHORTLIST if cut else count)
        if not cut:
            return best, np.minimum(totals[best], 1).astype(np.float32)
        similarities = self.similarities(query, best)
        order = np.argsort(-similarities, kind="stable")[:count]
        return best[order], similarities[order]

    def _scale(self, query: Query) -> Floats:
        """What each phrasing's weights are multiplied by to be of unit length."""
        return self._loudness if query.sounds else self._lengths

    def similarities(self, query: Query, rows: Numbers) -> Floats:
        """Cosine of the question with some phrasings, 0..1."""
        if not len(query.columns):
            return np.zeros(len(rows), np.float32)
        columns, starts = self.features_of(rows)
        asked = self._scratch.weights
        asked[query.columns] = self.weights[query.columns] * query.weights
        products = asked[columns]
        asked[query.columns] = 0
        totals = np.concatenate(([0], np.cumsum(products, dtype=np.float64)))
        return np.minimum((totals[starts[1:]] - totals[starts[:-1]]) * self._scale(query)[rows], 1).astype(np.float32)

    def features_of(self, rows: Numbers) -> tuple[NDArray[np.int32], Numbers]:
        """Columns of some phrasings one after the other, and where each begins, with the end."""
        first = self._starts[rows]
        lengths = self._starts[rows + 1] - first
        starts = _starts(lengths)
        return self._columns[(first - starts[:-1]).repeat(lengths) + np.arange(starts[-1])], starts

    def around(self, rows: Numbers, query: Query) -> Around:
        """Some phrasings among each other and beside a question."""
        columns, lengths = self._spans(rows)
        if query.sounds:
            heard = self._heard[columns]
            before = _starts(heard)[_starts(lengths)]
            columns, lengths = columns[heard], before[1:] - before[:-1]
        # Features are numbered by way of a table of all, which costs less than to sort those that are here: each stands in it
        # by its last place among `columns`, or, below zero, among the question's.
        count, size = len(columns), len(query.columns)
        table = self._scratch.table
        places = np.arange(count, dtype=np.int32)
        table[columns] = places
        table[query.columns] = np.arange(-1, -1 - size, -1, dtype=np.int32)
        last = table[columns]
        # What only one of them has adds nothing between two (and on the diagonal the cosine is 1): it gets one place for all.
        several = np.zeros(count + size, dtype=np.bool_)
        several[last[last != places]] = True
        shared = several[:count].nonzero()[0]
        distinct = columns[shared]
        width = size + len(distinct)
        number = np.full(count + size, width)
        number[shared] = np.arange(size, width)
        number[count:] = np.arange(size - 1, -1, -1)
        present = np.zeros((len(rows), width + 1), dtype=np.float32)
        present.ravel()[(np.arange(len(rows)) * (width + 1)).repeat(lengths) + number[last]] = 1
        weights = np.zeros(width + 1, dtype=np.float32)
        weights[:size] = self.weights[query.columns]
        weights[size:width] = self.weights[distinct]
        scale = self._scale(query)[rows]
        dense = present * weights
        dense *= scale[:, None]
        gram = dense @ dense.T
        gram.ravel()[:: len(rows) + 1] = 1
        squares = weights * weights
        has = present[:, :size]
        reverse = np.minimum((has @ squares[:size]) * (scale * scale), np.float32(1))
        squares[:size] *= has.sum(axis=0) > 1
        return Around(gram, has, reverse, present, squares, size)

    def _spans(self, rows: Numbers) -> tuple[NDArray[np.int32], Numbers]:
        """Columns of a few phrasings one after the other, and how many each has."""
        first, end = self._starts[rows], self._starts[rows + 1]
        spans = [self._columns[a:b] for a, b in zip(first.tolist(), end.tolist(), strict=True)]
        return np.concatenate(spans), end - first

    def kinds_of(self, columns: NDArray[Any]) -> NDArray[np.int8]:
        """The kind of some features (see `features`)."""
        return kinds(self._codes[columns])


class _Scratch(threading.local):
    """Room for something of each feature, of each thread its own: to make it anew costs more than what is done with it.

    Attributes:
        table: numbers that mean nothing to whoever comes next.
        weights: all zero for whoever comes next.
    """

    def __init__(self, size: int) -> None:
        self.table = np.empty(size, dtype=np.int32)
        self.weights = np.zeros(size, dtype=np.float32)


def _idf(counts: NDArray[Any]) -> Floats:
    """Rarity of features that so many of the phrasings have; one that none has counts like one that one has."""
    return np.asarray(np.log(1 + IDF_SIZE / np.maximum(counts, 1)) ** IDF_POWER, dtype=np.float32)


def _length(columns: NDArray[np.int32], starts: Numbers, squares: Floats) -> Floats:
    """The length of each row, given the square of each feature's weight; some thousand rows at a time."""
    lengths = np.zeros(len(starts) - 1, dtype=np.float32)
    for first in range(0, len(lengths), _AT_ONCE):
        some = starts[first : first + _AT_ONCE + 1]
        inside = np.repeat(np.arange(len(some) - 1), np.diff(some))
        sums = np.bincount(inside, weights=squares[columns[some[0] : some[-1]]], minlength=len(some) - 1)
        lengths[first : first + _AT_ONCE] = np.sqrt(sums)
    return lengths


def _starts(lengths: NDArray[Any]) -> Numbers:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _largest(values: NDArray[np.float64], count: int) -> Numbers:
    """Where the largest positive values are, largest first, and of equal ones the first."""
    most = float(values.max(initial=0))
    for floor in _FLOORS:
        at = (values > floor * most).nonzero()[0]
        if len(at) >= count:
            break
    if len(at) > count:
        at = at[(-values[at]).argpartition(count - 1)[:count]]
        at.sort()
    return at[(-values[at]).argsort(kind="stable")]
