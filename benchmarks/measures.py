"""Measures of a classifier that may say nothing: rejection (AUROC, MCC) and calibration (ECE, Brier).

A label is an intent, or `NONE` for "out of scope". Written in numpy, so that they need no library of the `bench` extra.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

NONE = ""
"""The class of what is out of scope."""
BINS = 10


@dataclass(frozen=True)
class Bin:
    """Predictions of like confidence.

    Attributes:
        count: how many there are.
        confidence: their mean confidence, 0..1.
        accuracy: the share of them that is right, 0..1.
    """

    count: int
    confidence: float
    accuracy: float


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """Probability that a positive's score is above a negative's, ties counting half (Mann–Whitney U over n·m).

    Returns:
        0..1, and 0.5 where scores say nothing; nan where one side is empty.
    """
    if not len(positives) or not len(negatives):
        return math.nan
    below = np.sort(np.asarray(negatives, dtype=np.float64))
    scores = np.asarray(positives, dtype=np.float64)
    wins = np.searchsorted(below, scores, "left") + np.searchsorted(below, scores, "right")
    return float(wins.mean() / 2 / len(below))


def mcc(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Multi-class Matthews correlation coefficient R_K (Gorodkin 2004), -1..1; 0 where it is not defined."""
    correct = sum(t == p for t, p in zip(truth, predicted, strict=True))
    true, guessed = Counter(truth), Counter(predicted)
    return _r_k(
        len(truth),
        correct,
        sum(count * guessed[label] for label, count in true.items()),
        sum(count * count for count in true.values()),
        sum(count * count for count in guessed.values()),
    )


def best_mcc(truth: Sequence[str], best: Sequence[str], confidence: Sequence[float]) -> tuple[float, float]:
    """The highest MCC over all thresholds, and the threshold.

    At a threshold t the prediction is the best intent where its confidence is at least t, and `NONE` elsewhere. What the
    highest MCC says of a threshold chosen beforehand is "at most this": it is chosen on the questions themselves.
    """
    true = Counter(truth)
    squares = sum(count * count for count in true.values())
    # From "everything is out of scope" on, one prediction after the other joins as the threshold falls.
    guessed: Counter[str] = Counter({NONE: len(truth)})
    correct, product, guessed_squares = true[NONE], true[NONE] * len(truth), len(truth) ** 2
    found = (_r_k(len(truth), correct, product, squares, guessed_squares), math.inf)
    order = sorted(range(len(truth)), key=lambda i: -confidence[i])
    for position, i in enumerate(order):
        if best[i] != NONE:
            correct += (best[i] == truth[i]) - (truth[i] == NONE)
            product += true[best[i]] - true[NONE]
            guessed_squares += 2 * (guessed[best[i]] - guessed[NONE]) + 2
            guessed[best[i]] += 1
            guessed[NONE] -= 1
        last = position + 1 == len(order) or confidence[order[position + 1]] < confidence[i]
        if last and (value := _r_k(len(truth), correct, product, squares, guessed_squares)) > found[0]:
            found = (value, confidence[i])
    return found


def _r_k(total: int, correct: int, product: int, true_squares: int, guessed_squares: int) -> float:
    below = (total * total - guessed_squares) * (total * total - true_squares)
    return (correct * total - product) / math.sqrt(below) if below else 0.0


def reliability(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """Predictions in bins of equal width over 0..1; a bin's lower edge belongs to it, and 1 to the last bin."""
    members: list[list[int]] = [[] for _ in range(bins)]
    for i, value in enumerate(confidence):
        members[min(max(int(value * bins), 0), bins - 1)].append(i)
    return [
        Bin(len(m), sum(confidence[i] for i in m) / len(m), sum(right[i] for i in m) / len(m))
        if m
        else Bin(0, math.nan, math.nan)
        for m in members
    ]


def ece(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht 2015), 0..1: how far, on average over the predictions, the
    confidence of a bin is from the share of it that is right."""
    found = [b for b in reliability(confidence, right, bins) if b.count]
    return sum(b.count * abs(b.confidence - b.accuracy) for b in found) / len(confidence) if found else math.nan


def brier(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Mean squared difference between confidence and what came true (1 or 0), 0..1."""
    if not len(confidence):
        return math.nan
    return sum((c - r) ** 2 for c, r in zip(confidence, right, strict=True)) / len(confidence)
