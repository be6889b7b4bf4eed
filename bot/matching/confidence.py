"""How sure a match is: a logistic model over features that do not depend on the size or language of the knowledge.

The coefficients were fitted by `benchmarks/fit_confidence.py`; it says on what, and prints them anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.matching.scoring import Scored

NAMES = (
    "near",
    "margin",
    "learned",
    "learned margin",
    "fuzzy",
    "covered",
    "reverse",
    "covered × learned",
    "core",
    "bias",
)
"""The features, in the coefficients' order. Margins are to the best other entry; for the
others see `Scored`."""

_WITH_MODEL = (-1.235, 1.780, 1.521, 3.585, -0.674, 2.488, 1.622, 1.232, 1.799, -3.833)
_NEAREST_ONLY = (1.254, 4.069, 1.254, 4.069, 3.258, -0.077, 0.023, 0.967, 0.0, -4.630)


def features(ranked: Sequence[Scored], position: int) -> tuple[float, ...]:
    """The model's features for one of the ranked entries.

    Args:
        ranked: all entries that share anything with the question.
        position: which of them.
    """
    it = ranked[position]
    others = [scored for i, scored in enumerate(ranked[: position + 4]) if i != position]
    near = it.near - max((other.near for other in others), default=0.0)
    learned = it.learned - max((other.learned for other in others), default=0.0)
    return (it.near, near, it.learned, learned, it.fuzzy, it.covered, it.reverse, it.covered * it.learned, it.core, 1.0)


def confidence(ranked: Sequence[Scored], position: int, learns: bool) -> float:
    """The probability, 0..1, that this entry is what was asked for."""
    weights = _WITH_MODEL if learns else _NEAREST_ONLY
    score = sum(w * x for w, x in zip(weights, features(ranked, position), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
