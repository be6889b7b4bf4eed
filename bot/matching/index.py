"""An inverted index over phrasings: features to the phrasings that hold them, as arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

IDF_POWER = 0.65
"""Below 1 rare features decide less alone; measured best between 0.6 and 0.7 on both development sets."""


@dataclass(frozen=True)
class Query:
    """A question as the index sees it.

    Attributes:
        columns: numbers of its known features.
        weights: their weights, of unit length together with the unknown ones.
    """

    columns: NDArray[np.int64]
    weights: Floats


class Index:
    """Phrasings by feature (compressed sparse columns), each phrasing of unit length.

    Args:
        rows: for each phrasing its features and weights, as `Extractor.features` gives them.
    """

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        self.size = len(rows)
        self._numbers: dict[str, int] = {}
        frequency: list[int] = []
        for row in rows:
            for feature in row:
                number = self._numbers.setdefault(feature, len(frequency))
                if number == len(frequency):
                    frequency.append(0)
                frequency[number] += 1
        counts = np.array(frequency, dtype=np.float64)
        self._idf = (np.log(1 + self.size / np.maximum(counts, 1)) ** IDF_POWER).astype(np.float32)
        self._unknown_idf = float(np.log(1 + self.size) ** IDF_POWER) if self.size else 1.0
        columns = np.fromiter((self._numbers[f] for row in rows for f in row), dtype=np.int64)
        lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=self.size)
        values = np.fromiter((w for row in rows for w in row.values()), dtype=np.float32)
        row_numbers = np.repeat(np.arange(self.size, dtype=np.int32), lengths)
        if len(columns):
            values = values * self._idf[columns]
            norms = np.sqrt(np.bincount(row_numbers, weights=values.astype(np.float64) ** 2, minlength=self.size))
            values = (values / np.maximum(norms, 1e-9)[row_numbers]).astype(np.float32)
        self._by_row = columns
        self._by_row_values = values
        self._row_starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
        order = np.argsort(columns, kind="stable")
        self._rows = row_numbers[order]
        self._values = values[order]
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=len(frequency))))).astype(np.int64)

    def query(self, features: Mapping[str, float]) -> Query:
        """A question's features in the index's terms; features that no phrasing has make it longer, and so less alike."""
        columns: list[int] = []
        weights: list[float] = []
        total = 0.0
        for feature, weight in features.items():
            number = self._numbers.get(feature)
            value = weight * (self._unknown_idf if number is None else float(self._idf[number]))
            total += value * value
            if number is not None:
                columns.append(number)
                weights.append(value)
        length = total**0.5 or 1.0
        return Query(
            np.array(columns, dtype=np.int64),
            np.array(weights, dtype=np.float32) / np.float32(length),
        )

    def similarities(self, query: Query) -> Floats:
        """Cosine of the question with every phrasing, 0..1."""
        if not len(query.columns):
            return np.zeros(self.size, dtype=np.float32)
        spans = [slice(self._starts[column], self._starts[column + 1]) for column in query.columns.tolist()]
        rows = np.concatenate([self._rows[span] for span in spans])
        lengths = [span.stop - span.start for span in spans]
        values = np.concatenate([self._values[span] for span in spans]) * np.repeat(query.weights, lengths)
        return np.bincount(rows, weights=values, minlength=self.size).astype(np.float32)

    def words(self) -> NDArray[np.int8]:
        """For each feature 1 if it is a word or pair of Chinese characters, 2 if a word of another script, else 0."""
        kinds = {"b": 1, "j": 1, "w": 2}
        return np.array([kinds.get(feature[0], 0) for feature in self._numbers], dtype=np.int8)

    @property
    def idf(self) -> Floats:
        """The rarity of each feature."""
        return self._idf

    def columns(self, row: int) -> NDArray[np.int64]:
        """Numbers of a phrasing's features."""
        return self._by_row[self._row_starts[row] : self._row_starts[row + 1]]

    def shares(self, rows: Sequence[int], query: Query) -> list[float]:
        """For each of some phrasings the share of its squared weight that stands in the question too, 0..1."""
        asked = np.zeros(len(self._idf), dtype=np.bool_)
        asked[query.columns] = True
        spans = [slice(self._row_starts[row], self._row_starts[row + 1]) for row in rows]
        return [float(np.square(self._by_row_values[span]) @ asked[self._by_row[span]]) for span in spans]

    @property
    def digest(self) -> str:
        """Changes with anything that the similarities depend on."""
        content = hashlib.sha256(self._by_row.tobytes())
        for part in (self._by_row_values, self._row_starts):
            content.update(part.tobytes())
        return content.hexdigest()

    def gram(self) -> Floats:
        """Cosine of every phrasing with every other: an array of `size` × `size`."""
        dense = np.zeros((self.size, len(self._idf)), dtype=np.float32)
        columns = np.repeat(np.arange(len(self._idf)), np.diff(self._starts))
        dense[self._rows, columns] = self._values
        return np.asarray(dense @ dense.T)
