"""How sure a match is: a logistic model over features that do not depend on the size or language of the knowledge.

The coefficients were fitted by `benchmarks/fit_confidence.py`; it says on what, and prints them anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.matching.scoring import Scored

NAMES = ("near", "margin", "learned", "learned margin", "fuzzy", "known", "bias")
"""The features, in the coefficients' order. Margins are to the best other entry; `known` is the share of the question's
weight that any phrasing knows."""

_WITH_MODEL = (1.283, 1.548, 5.194, 3.422, 0.026, -0.445, -3.566)
_NEAREST_ONLY = (1.753, 4.132, 1.753, 4.132, 3.200, -1.915, -3.395)


def features(ranked: Sequence[Scored], position: int, known: float) -> tuple[float, ...]:
    """The model's features for one of the ranked entries.

    Args:
        ranked: all entries that share anything with the question.
        position: which of them.
        known: share of the question's weight that any phrasing knows, 0..1.
    """
    it = ranked[position]
    others = [scored for i, scored in enumerate(ranked[: position + 4]) if i != position]
    near = it.near - max((other.near for other in others), default=0.0)
    learned = it.learned - max((other.learned for other in others), default=0.0)
    return (it.near, near, it.learned, learned, it.fuzzy, known, 1.0)


def confidence(ranked: Sequence[Scored], position: int, known: float, learns: bool) -> float:
    """The probability, 0..1, that this entry is what was asked for."""
    weights = _WITH_MODEL if learns else _NEAREST_ONLY
    score = sum(w * x for w, x in zip(weights, features(ranked, position, known), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
