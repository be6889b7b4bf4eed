"""How sure a match is: a logistic model over features that do not depend on the size or language of the base.

Two priors, for bases with one phrasing an entry and with several, were fitted by `benchmarks/fit_confidence.py`; it says on
what, and prints them anew. A base with several phrasings an entry refits its prior to itself (`calibration`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.matching.scoring import Ranked

Weights = NDArray[np.float64]

NAMES = (
    "near",
    "near, margin",
    "learned",
    "learned, margin",
    "fuzzy",
    "covered",
    "reverse",
    "covered × learned",
    "core",
    "votes",
    "lift",
    "known",
    "size",
    "bias",
)
"""The features, in the coefficients' order. A margin is the distance to the best other entry; for the others see `Scored`."""

ONE: Weights = np.array([1.98, 12.09, 4.74, 4.79, 3.22, -0.37, -2.89, 0.44, -0.99, -2.39, 8.08, -3.88, -0.15, -1.19])
"""Where an entry has one phrasing."""
SEVERAL: Weights = np.array([-0.62, 0.74, 3.66, 3.50, -0.15, 3.79, 0.07, 0.30, 1.60, 0.54, -0.67, -0.76, 0.72, -7.37])
"""Where an entry has several."""


def features(ranked: Ranked) -> NDArray[np.float64]:
    """The model's features for each of the ranked entries: an array of entries × features."""
    table = np.ones((len(ranked), len(NAMES)))
    if not len(ranked):
        return table
    _, _, cosine, fuzzy, learned, covered, reverse = ranked[:, :7].T
    compared = np.empty((2, len(ranked)))
    compared[0] = 0.5 * (cosine + fuzzy)
    compared[1] = learned
    table[:, 0], table[:, 2] = compared
    table[:, 1], table[:, 3] = _margins(compared)
    table[:, 4] = fuzzy
    table[:, 5] = covered
    table[:, 6] = reverse
    table[:, 7] = covered * learned
    table[:, 8:13] = ranked[:, 7:]  # core, votes, lift, known, size
    return table


def _margins(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value stands above the best of the others in its row."""
    if values.shape[1] < 2:
        return values
    upper = values.copy()
    upper.sort(axis=1)
    margins = values - upper[:, -1:]
    rows, best = np.arange(len(values)), values.argmax(axis=1)
    margins[rows, best] = upper[:, -1] - upper[:, -2]
    return margins


def probabilities(table: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """For entries with these features the probability of each, 0..1, that it is what was asked for."""
    return np.asarray(1 / (1 + np.exp(np.minimum(np.maximum(-(table @ weights), -30), 30))), dtype=np.float64)


def fit(
    rows: NDArray[np.float64], right: NDArray[np.float64], importance: NDArray[np.float64], prior: Weights, pull: float
) -> Weights:
    """Coefficients of a logistic regression by Newton's method.

    Args:
        rows: features of samples.
        right: for each 1 where it was right, else 0.
        importance: how much each counts.
        prior: the coefficients that it starts from and is drawn to.
        pull: how strongly; 1 is as one sample of length 1.
    """
    weights = prior.astype(np.float64)
    for _ in range(12):
        p = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        gradient = rows.T @ (importance * (right - p)) - pull * (weights - prior)
        hessian = (rows * (importance * p * (1 - p))[:, None]).T @ rows + pull * np.eye(len(weights))
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights
