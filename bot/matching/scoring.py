"""From similarities with phrasings to one score for each entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.matching.index import Floats, Index, Query

NEAREST = 64
"""How many of the most similar phrasings are compared letter by letter."""
FUZZY_SHARE = 0.3
RIDGE_LIMIT = 4000
"""Above this many phrasings the ridge's equations are too many to solve in a moment."""
RIDGE_LAMBDA = 0.1


@dataclass(frozen=True)
class Scored:
    """An entry's scores for one question.

    Attributes:
        entry: its number.
        phrasing: number of its nearest phrasing.
        near: similarity with that phrasing, letters included, 0..1.
        fuzzy: the letters' part of it, 0..1.
        learned: what the model over all phrasings says, around 0..1; equal to `near` where there is none.
    """

    entry: int
    phrasing: int
    near: float
    fuzzy: float
    learned: float

    @property
    def score(self) -> float:
        """What entries are ranked by."""
        return 0.5 * self.near + 0.5 * self.learned


class Scorer:
    """Ranks entries.

    The nearest phrasing alone decides badly where entries have many phrasings: a kernel ridge regression over all of
    them (Saunders, Gammerman & Vovk 1998), with the cosine and its square as kernel, weighs what all say together.

    Args:
        index: over all phrasings.
        texts: the phrasings' canonical texts.
        owners: for each phrasing the number of its entry.
    """

    def __init__(self, index: Index, texts: Sequence[str], owners: Sequence[int]) -> None:
        self._index = index
        self._texts = texts
        self._owners: NDArray[np.int64] = np.array(owners, dtype=np.int64)
        self._entries = int(self._owners.max()) + 1 if len(owners) else 0
        several = len(owners) >= 3 * self._entries
        self._ridge = self._fit() if several and 0 < len(owners) <= RIDGE_LIMIT and self._entries > 1 else None

    @property
    def learns(self) -> bool:
        """Whether there are phrasings enough for the model over all of them."""
        return self._ridge is not None

    def _fit(self) -> Floats:
        gram = _kernel(self._index.gram())
        targets = np.zeros((len(self._texts), self._entries), dtype=np.float32)
        targets[np.arange(len(self._texts)), self._owners] = 1
        gram[np.diag_indices_from(gram)] += RIDGE_LAMBDA
        return np.asarray(np.linalg.solve(gram, targets), dtype=np.float32)

    def rank(self, canonical: str, query: Query, without: NDArray[np.bool_] | None = None) -> list[Scored]:
        """The entries that share anything with the question, best first, by way of their nearest phrasings.

        Args:
            canonical: the question's canonical text.
            query: the same in the index's terms.
            without: phrasings to leave out.
        """
        similarities = self._index.similarities(query)
        if without is not None:
            similarities[without] = 0
        if not len(similarities):
            return []
        count = min(NEAREST, len(similarities))
        nearest = np.argpartition(-similarities, count - 1)[:count]
        learned = _kernel(similarities) @ self._ridge if self._ridge is not None else None
        best: dict[int, Scored] = {}
        for number in sorted(nearest.tolist(), key=lambda n: (-float(similarities[n]), n)):
            similarity = float(similarities[number])
            if similarity <= 0:
                break
            entry = int(self._owners[number])
            fuzzy = fuzz.ratio(canonical, self._texts[number]) / 100
            near = (1 - FUZZY_SHARE) * similarity + FUZZY_SHARE * fuzzy
            if entry not in best or near > best[entry].near:
                whole = float(learned[entry]) if learned is not None else near
                best[entry] = Scored(entry, number, near, fuzzy, whole)
        return sorted(best.values(), key=lambda scored: (-scored.score, scored.entry))


def _kernel(similarities: Floats) -> Floats:
    return np.asarray(0.5 * similarities + 0.5 * similarities**2, dtype=np.float32)
