"""From similarities with phrasings to one score for each entry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bot.matching.cache import load_array, save_array
from bot.matching.index import Floats, Index, Query

NEAREST = 64
"""How many of the most similar phrasings are compared letter by letter."""
FUZZY_SHARE = 0.3
RIDGE_LIMIT = 6000
"""Above this many phrasings the ridge's equations are too many to solve in a moment."""
RIDGE_LAMBDA = 0.1
_SAME = 0.999
FEW = 4
"""Fewer phrasings in a script have no core."""
MOST = 0.5
"""A word that this share of an entry's phrasings has belongs to its core."""
MEASURED = 8
"""How many of the ranked entries are measured further; none behind them is ever asked for."""


@dataclass(frozen=True)
class Scored:
    """An entry's scores for one question.

    Attributes:
        entry: its number.
        phrasing: number of its nearest phrasing.
        near: similarity with that phrasing, letters included, 0..1.
        fuzzy: the letters' part of it, 0..1.
        learned: what the model over all phrasings says, around 0..1; equal to `near` where there is none.
        covered: share of the question's squared weight that any phrasing of the entry has, 0..1.
        reverse: share of the nearest phrasing's squared weight that the question has, 0..1.
        core: share of the words that most phrasings of the entry have which the question has too, 0..1: "how do I replace
            my phone" has all that "replace my medical card" says but what it is about.
    """

    entry: int
    phrasing: int
    near: float
    fuzzy: float
    learned: float
    covered: float = 0.0
    reverse: float = 0.0
    core: float = 1.0

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
        cache: a folder for what the model has learned, which takes seconds to learn; None: learn it anew.
    """

    def __init__(self, index: Index, texts: Sequence[str], owners: Sequence[int], cache: Path | None = None) -> None:
        self._index = index
        self._texts = texts
        self._owners: NDArray[np.int64] = np.array(owners, dtype=np.int64)
        self._entries = int(self._owners.max()) + 1 if len(owners) else 0
        self._vocabularies: list[set[int]] = [set() for _ in range(self._entries)]
        for row, owner in enumerate(owners):
            self._vocabularies[owner].update(index.columns(row).tolist())
        self._words = index.words()
        self._cores = [self._core(number) for number in range(self._entries)]
        several = len(owners) >= 3 * self._entries
        self._ridge = self._fit(cache) if several and 0 < len(owners) <= RIDGE_LIMIT and self._entries > 1 else None

    @property
    def learns(self) -> bool:
        """Whether there are phrasings enough for the model over all of them."""
        return self._ridge is not None

    def _fit(self, cache: Path | None) -> Floats:
        key = hashlib.sha256(
            f"{self._index.digest} {RIDGE_LAMBDA} {_KERNEL}".encode() + self._owners.tobytes()
        ).hexdigest()
        path = cache / f"model-{key[:16]}.npy" if cache else None
        shape = (len(self._texts), self._entries)
        if path and (kept := load_array(path, shape)) is not None:
            return kept
        learned: Floats = np.asarray(np.linalg.solve(self._system(), self._targets()), dtype=np.float32)
        if path:
            save_array(path, learned)
        return learned

    def _system(self) -> Floats:
        """The kernel between all phrasings, with the ridge on its diagonal."""
        gram = _kernel(self._index.gram())
        gram[np.diag_indices_from(gram)] += RIDGE_LAMBDA
        return gram

    def _targets(self) -> Floats:
        """For each phrasing 1 at its own entry."""
        targets = np.zeros((len(self._texts), self._entries), dtype=np.float32)
        targets[np.arange(len(self._texts)), self._owners] = 1
        return targets

    def rank(self, canonical: str, query: Query) -> list[Scored]:
        """The entries that share anything with the question, best first, by way of their nearest phrasings.

        Args:
            canonical: the question's canonical text.
            query: the same in the index's terms.
        """
        similarities = self._index.similarities(query)
        learned = _kernel(similarities) @ self._ridge if self._ridge is not None else None
        return self._measured(self._rank(canonical, similarities, learned), query)

    def _core(self, entry: int) -> tuple[dict[int, float], dict[int, float]]:
        """Chinese words, and words of other scripts, that most phrasings of an entry in that script have, weighed."""
        rows = [self._index.columns(row) for row in np.flatnonzero(self._owners == entry).tolist()]
        cores: list[dict[int, float]] = []
        for script in (1, 2):
            mine = [columns[self._words[columns] == script] for columns in rows]
            mine = [columns for columns in mine if len(columns)]
            if len(mine) < FEW:
                cores.append({})
                continue
            found, counts = np.unique(np.concatenate(mine), return_counts=True)
            shares = counts / len(mine)
            cores.append(
                {int(c): float(s * self._index.idf[c]) for c, s in zip(found, shares, strict=True) if s >= MOST}
            )
        return cores[0], cores[1]

    def _core_share(self, entry: int, asked: set[int]) -> float:
        """How much of an entry's core a question has, in the script that it is written in."""
        written = [int(self._words[column]) for column in asked]
        core = self._cores[entry][0 if written.count(1) >= written.count(2) else 1]
        total = sum(core.values())
        return sum(weight for column, weight in core.items() if column in asked) / total if total else 1.0

    def _measured(self, ranked: list[Scored], query: Query) -> list[Scored]:
        """The first few with what their confidence needs to know besides."""
        pairs = list(zip(query.columns.tolist(), (query.weights**2).tolist(), strict=True))
        head = ranked[:MEASURED]
        asked = set(query.columns.tolist())
        shares = self._index.shares([scored.phrasing for scored in head], query)
        first = [
            replace(
                scored,
                covered=sum(weight for column, weight in pairs if column in self._vocabularies[scored.entry]),
                reverse=share,
                core=self._core_share(scored.entry, asked),
            )
            for scored, share in zip(head, shares, strict=True)
        ]
        return [*first, *ranked[MEASURED:]]

    def rank_left_out(self, queries: Sequence[Query]) -> Iterator[list[Scored]]:
        """For each phrasing, how it would be ranked if it were not there itself.

        The nearest phrasing is found among the others. What the ridge would have learned without it follows from what it
        has learned with it: target minus coefficient over the inverse's diagonal (the leave-one-out residual of linear
        smoothers, see Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 7.10).

        Args:
            queries: the phrasings in the index's terms, all of them and in their order.
        """
        learned: Floats | None = None
        if self._ridge is not None:
            inverse: Floats = np.asarray(np.linalg.inv(self._system()), dtype=np.float32)
            learned = np.asarray(self._targets() - self._ridge / np.diag(inverse)[:, None], dtype=np.float32)
        for number, query in enumerate(queries):
            text = self._texts[number]
            similarities = self._index.similarities(query)
            alike: list[int] = np.flatnonzero(similarities > _SAME).tolist()
            similarities[[number, *(other for other in alike if self._texts[other] == text)]] = 0
            yield self._measured(self._rank(text, similarities, None if learned is None else learned[number]), query)

    def _rank(self, canonical: str, similarities: Floats, learned: Floats | None) -> list[Scored]:
        if not len(similarities):
            return []
        count = min(NEAREST, len(similarities))
        nearest = np.argpartition(-similarities, count - 1)[:count]
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


_KERNEL = "half cosine, half its square"


def _kernel(similarities: Floats) -> Floats:
    return np.asarray(0.5 * similarities + 0.5 * similarities**2, dtype=np.float32)
