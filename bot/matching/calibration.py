"""Fitting the confidence to a base: what would be found for its own phrasings, if they were not there?

Each of some phrasings is asked twice. Without itself, and those written alike, it is a question that the base covers; without
its whole entry it is one that the base does not cover. The latter are harder than what people ask besides (neighbouring
entries of one field), so they count less; least where the base says what belongs elsewhere, for then those phrasings are asked
too, each without itself.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.confidence import ONE, SEVERAL, Weights, features, fit
from bot.matching.scoring import Ranked

ASKED = 240
"""So many phrasings are asked, and half as many of those that belong elsewhere."""
ENOUGH = 60
"""With fewer the prior stays."""
NOT_COVERED = 0.2
"""What the questions without their entry count together; those that the base covers count for the rest."""
NOT_COVERED_BESIDE = 0.02
"""The same where there are questions that belong elsewhere."""
ELSEWHERE = 0.2
"""What these count together."""
POSITIONS = 3
"""So many of a question's first entries are samples."""
PULL = 2.0
"""How strongly the coefficients are drawn to the prior's."""

Ask = Callable[[int, NDArray[np.int64]], Ranked]
_Sample = tuple[NDArray[np.float64], NDArray[np.float64]]


def prior(counts: Sequence[int]) -> Weights:
    """The prior for a base whose entries have so many phrasings each."""
    return SEVERAL if counts and statistics.median_low(counts) > 1 else ONE


def calibrate(texts: Sequence[str], owners: NDArray[np.int32], counts: Sequence[int], ask: Ask) -> Weights:
    """The confidence's coefficients for a base; the same base gives the same.

    Args:
        texts: canonical phrasings, by entry.
        owners: for each the number of its entry, ascending; one beyond the last for what belongs elsewhere.
        counts: how many phrasings each entry has.
        ask: ranks the entries for a phrasing, with some phrasings left out.
    """
    entries = len(counts)
    start = prior(counts)
    if entries < 2 or start is ONE:
        return start
    starts = np.searchsorted(owners, np.arange(entries + 2))
    covered = int(starts[entries])
    inside: list[_Sample] = []
    without_entry: list[_Sample] = []
    for number in _spread(0, covered, ASKED):
        owner = int(owners[number])
        mine = np.arange(starts[owner], starts[owner + 1])
        alike = mine[[texts[other] == texts[number] for other in mine.tolist()]]
        if len(alike) < len(mine):
            inside += _sample(ask(number, alike), owner, entries)
        without_entry += _sample(ask(number, mine), owner, entries)
    if len(inside) < ENOUGH:
        return start
    elsewhere: list[_Sample] = []
    for number in _spread(covered, len(texts), ASKED // 2):
        elsewhere += _sample(ask(number, np.array([number])), -1, entries)
    groups = [(without_entry, NOT_COVERED), (elsewhere, 0.0)]
    if len(elsewhere) >= ENOUGH:
        groups = [(without_entry, NOT_COVERED_BESIDE), (elsewhere, ELSEWHERE)]
    groups.append((inside, 1 - sum(share for _, share in groups)))
    rows = np.concatenate([row for group, _ in groups for row, _ in group])
    right = np.concatenate([each for group, _ in groups for _, each in group])
    importance = np.concatenate(
        [np.full(len(row), 2 * ASKED * share / len(group)) for group, share in groups for row, _ in group]
    )
    return fit(rows, right, importance, start, PULL)


def _spread(start: int, end: int, count: int) -> list[int]:
    """At most so many numbers from `start` on and below `end`, evenly spread."""
    return sorted(set(np.linspace(start, end - 1, count).astype(int).tolist())) if end > start else []


def _sample(ranked: Ranked, owner: int, entries: int) -> list[_Sample]:
    """The first entries' features, and which of them is right; what belongs elsewhere only competes."""
    kept = np.flatnonzero(ranked[:, 0] < entries)[:POSITIONS]
    return [(features(ranked)[kept], (ranked[kept, 0] == owner).astype(np.float64))] if len(kept) else []
