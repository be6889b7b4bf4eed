"""From a question to the entries that it may ask for, measured in ways that do not depend on the size of the base."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.index import Floats, Index, Numbers, Query
from bot.matching.pinyin import spoken

NEAREST = 32
"""So many of the most similar phrasings decide; 48 find .004 more in English, the same in Chinese, and take a fifth longer."""
RIDGE = 0.1
VOTERS = 8
_BACKGROUND = 10
ENTRIES = 10
"""So many entries are measured; none behind them is ever asked for."""


class Scored(NamedTuple):
    """An entry measured against one question.

    Attributes:
        entry: its number.
        phrasing: number of its nearest phrasing.
        cosine: similarity of that phrasing in features, 0..1.
        fuzzy: the same in letters (Levenshtein ratio without replacement, rapidfuzz `ratio`), 0..1.
        learned: what a ridge regression over the nearest phrasings says, around 0..1.
        covered: share of the question's squared weight that any of the entry's nearest phrasings has, 0..1.
        reverse: share of the nearest phrasing's squared weight that the question has, 0..1.
        core: share of what half of the entry's nearest phrasings have in common that the question has too, 0..1: "how do I
            replace my phone" has all that "replace my medical card" says but what it is about.
        votes: share of the eight most similar phrasings that are the entry's, 0..1.
        lift: how far `cosine` stands above that of the tenth phrasing of other entries, 0..1.
        known: share of the question's squared weight that any phrasing has, 0..1.
        size: natural logarithm of one more than the number of its known features.
    """

    entry: int
    phrasing: int
    cosine: float
    fuzzy: float
    learned: float
    covered: float
    reverse: float
    core: float
    votes: float
    lift: float
    known: float
    size: float

    @property
    def near(self) -> float:
        """Similarity with the nearest phrasing, letters included, 0..1."""
        return 0.5 * self.cosine + 0.5 * self.fuzzy


Ranked = NDArray[np.float64]
"""Entries × `Scored`'s fields."""


def scored(row: NDArray[np.float64]) -> Scored:
    """One of the entries of a `Ranked`."""
    entry, phrasing, *measures = row.tolist()
    return Scored(int(entry), int(phrasing), *measures)


class Scorer:
    """Measures entries.

    The nearest phrasing alone decides badly where entries have many phrasings. A kernel ridge regression weighs what they
    say together (Saunders, Gammerman & Vovk 1998), here over the phrasings around the question only, solved anew for each
    question: as right as one over all phrasings, with nothing to learn beforehand, at any size (local learning: Bottou &
    Vapnik 1992; with a discriminative model: Zhang, Berg, Maire & Malik 2006).

    Args:
        index: over all phrasings.
        texts: the phrasings' canonical texts.
        owners: for each phrasing the number of its entry.
    """

    def __init__(self, index: Index, texts: Sequence[str], owners: NDArray[np.int32]) -> None:
        self._index = index
        self._texts = texts
        self._owners = owners

    def rank(self, canonical: str, query: Query, without: Numbers | None = None) -> Ranked:
        """The entries that share anything with the question, at most `ENTRIES`, likeliest first by a rough measure.

        Args:
            canonical: the question's canonical text.
            query: the same in the index's terms.
            without: phrasings that are to be overlooked, as if they were not there.
        """
        rows, cosines = self._index.nearest(query, NEAREST + (0 if without is None else len(without)))
        if without is not None:
            stays = ~np.isin(rows, without)
            rows, cosines = rows[stays][:NEAREST], cosines[stays][:NEAREST]
        if not len(rows):
            return np.zeros((0, len(Scored._fields)))
        return self._measure(canonical, query, rows, cosines)

    def _measure(self, canonical: str, query: Query, rows: Numbers, cosines: Floats) -> Ranked:
        texts = [self._texts[number] for number in rows.tolist()]
        if query.sounds:
            texts = [spoken(text) for text in texts]
        fuzzy = process.cdist([canonical], texts, scorer=fuzz.ratio, dtype=np.float32)[0]
        fuzzy /= 100
        near = 0.5 * (cosines + fuzzy)
        around = self._index.around(rows, query)
        system = _kernel(around.gram)
        system.ravel()[:: len(rows) + 1] += np.float32(RIDGE)
        votes_of = np.linalg.solve(system, _kernel(cosines))
        owners = self._owners[rows]
        entries = np.array(list(dict.fromkeys(owners.tolist())), dtype=np.int64)
        groups = (entries[:, None] == owners).astype(np.float32)
        learned = groups @ votes_of
        nearest = (groups * near).argmax(axis=1)
        order = (-(near[nearest] + learned)).argsort(kind="stable")[:ENTRIES]
        groups, nearest = groups[order], nearest[order]
        asked = query.weights * query.weights
        # The tenth phrasing of other entries: where all but nine of the entry's and others' stand before it.
        others = (1 - groups).cumsum(axis=1)
        background = np.where(others[:, -1] >= _BACKGROUND, cosines[(others >= _BACKGROUND).argmax(axis=1)], 0)
        alike = cosines[nearest]
        found = np.empty((len(order), len(Scored._fields)))
        found[:, 0] = entries[order]
        found[:, 1] = rows[nearest]
        found[:, 2] = alike
        found[:, 3] = fuzzy[nearest]
        found[:, 4] = learned[order]
        found[:, 5] = (groups @ around.has > 0) @ asked
        found[:, 6] = around.reverse[nearest]
        found[:, 7] = around.cores(groups)
        found[:, 8] = groups[:, :VOTERS].sum(axis=1) / VOTERS
        found[:, 9] = alike - background
        found[:, 10] = asked.sum()
        found[:, 11] = np.log1p(len(asked))
        return found


def _kernel(similarities: Floats) -> Floats:
    """Half the cosine, half its square: pairs of features that stand together count too."""
    return similarities * (np.float32(0.5) + np.float32(0.5) * similarities)
