"""Fit the coefficients of `bot/matching/confidence.py` and print them.

    .venv/bin/python -m benchmarks.fit_confidence [SET.json …]

Fitted on `benchmarks/questions/*.yaml` against the project's knowledge and, where given, on data sets in the JSON form
{"phrasings": {intent: […]}, "queries": [{"text": …, "expect": […]}]}: with every second target taken out of the index, so
that half of the questions are out of scope. Logistic regression by Newton's method, with a small ridge.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.knowledge import load
from bot.matching import Matcher
from bot.matching.confidence import NAMES, features

ROOT = Path(__file__).resolve().parent.parent
POSITIONS = 3
RIDGE = 1.0


def samples(
    matcher: Matcher, ids: Sequence[str], questions: Sequence[Mapping[str, object]]
) -> Iterator[tuple[tuple[float, ...], bool]]:
    """Features of each question's first candidates, and whether that candidate is right."""
    for question in questions:
        ranked = matcher.rank(str(question["text"]))
        expect = question["expect"]
        assert isinstance(expect, list)
        for position in range(min(POSITIONS, len(ranked))):
            yield features(ranked, position), ids[ranked[position].entry] in expect


def own() -> tuple[Matcher, list[str], list[dict[str, object]]]:
    """The project's knowledge and its labelled questions."""
    knowledge = load(ROOT / "knowledge")
    questions = [
        q
        for path in sorted((ROOT / "benchmarks/questions").glob("*.yaml"))
        for q in yaml.safe_load(path.read_text("utf-8"))
    ]
    return Matcher.from_knowledge(knowledge), list(knowledge.entries), questions


def halved(path: Path) -> tuple[Matcher, list[str], list[dict[str, object]]]:
    """A data set without every second of the intents that its questions ask for."""
    data = json.loads(path.read_text("utf-8"))
    targets = sorted({intent for query in data["queries"] for intent in query["expect"]})
    dropped = set(targets[::2])
    phrasings = {intent: texts for intent, texts in data["phrasings"].items() if intent not in dropped}
    return Matcher.from_phrasings(phrasings), list(phrasings), data["queries"]


def fit(rows: NDArray[np.float64], right: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients of a logistic regression."""
    beta = np.zeros(rows.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-rows @ beta))
        gradient = rows.T @ (weights * (right - p)) - RIDGE * beta
        hessian = (rows * (weights * p * (1 - p))[:, None]).T @ rows + RIDGE * np.eye(len(beta))
        beta = beta + np.linalg.solve(hessian, gradient)
    return np.asarray(beta)


def main() -> None:
    """Fit on everything given and print the coefficients."""
    sets = [own(), *(halved(Path(name)) for name in sys.argv[1:])]
    for learns in (True, False):
        rows, right, weights = [], [], []
        for matcher, ids, questions in sets:
            if matcher.learns != learns:
                continue
            found = list(samples(matcher, ids, questions))
            rows += [row for row, _ in found]
            right += [float(label) for _, label in found]
            weights += [1000 / len(found)] * len(found)
        if rows:
            beta = fit(np.array(rows), np.array(right), np.array(weights))
            print("with a model over all phrasings" if learns else "nearest phrasing only", f"({len(rows)} samples)")
            print(
                "(" + ", ".join(f"{value:.3f}" for value in beta) + ")",
                dict(zip(NAMES, beta.round(2).tolist(), strict=True)),
            )


if __name__ == "__main__":
    main()
