"""Fit the two priors of `bot/matching/confidence.py` and print them.

    .venv/bin/python -m benchmarks.fit_confidence SET.json …

`SEVERAL` is fitted on the project's own questions against its knowledge, and on those data sets given that have several
phrasings an intent: as they are, with ten phrasings an intent, with a sixth of the intents, and without every second intent
that is asked for. `ONE` is fitted on the data sets with one phrasing an intent, six times without a random half of the intents
that are asked for; the questions as they are, with typing slips and with homophones. In each set the questions in scope weigh
as much together as those out of scope.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.datasets import OWN, DataSet, halved, read
from benchmarks.variants import Variant, homophones, slips
from bot.matching import Matcher
from bot.matching.confidence import NAMES, Weights, features, fit

POSITIONS = 3
PULL = 1.0
"""How strongly the coefficients are drawn to zero."""
WEIGHT = 500.0
"""Each set weighs like so many questions."""
HALVES = 6

Samples = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def without(data: DataSet, dropped: Collection[str]) -> DataSet:
    """The set without some intents, which puts the questions for them out of scope."""
    return replace(
        data,
        phrasings={intent: texts for intent, texts in data.phrasings.items() if intent not in dropped},
        queries=[replace(q, expect=tuple(i for i in q.expect if i not in dropped)) for q in data.queries],
    )


def several(data: DataSet) -> Iterator[DataSet]:
    """A set with several phrasings an intent, in four densities."""
    chance = random.Random(1)
    yield data
    yield replace(data, phrasings={i: chance.sample(list(p), min(10, len(p))) for i, p in data.phrasings.items()})
    kept = set(chance.sample(sorted(data.phrasings), max(2, len(data.phrasings) // 6)))
    few = without(data, [intent for intent in data.phrasings if intent not in kept])
    yield replace(few, queries=[q for q in few.queries if q.expect or chance.random() < 0.2])
    yield halved(data)


def one(data: DataSet) -> Iterator[DataSet]:
    """A set with one phrasing an intent, without half of what is asked for, in several ways and writings."""
    targets = sorted({intent for query in data.queries for intent in query.expect})
    writings: tuple[Variant, ...] = (str, slips, homophones)
    for seed in range(HALVES):
        half = without(data, random.Random(seed).sample(targets, len(targets) // 2))
        for write in writings:
            yield replace(half, queries=[replace(q, text=write(q.text)) for q in half.queries])


def samples(data: DataSet) -> Samples:
    """Features of each question's first candidates, whether that candidate is right, and how much it weighs."""
    knowledge = data.knowledge
    # What belongs elsewhere is left out: few bases have such phrasings, and those that have them refit the prior.
    known = (knowledge.synonyms, knowledge.words) if knowledge else ()
    matcher = Matcher(data.phrasings, *known)
    intents = list(data.phrasings)
    rows, right, weights = [], [], []
    inside = len(data.in_scope) / len(data.queries)
    for query in data.queries:
        ranked = matcher.rank(query.text)[:POSITIONS]
        share = inside if query.expect else 1 - inside
        weight = WEIGHT / len(data.queries) / (2 * share if 0 < inside < 1 else 1)
        rows += list(features(ranked))
        right += [float(intents[int(entry)] in query.expect) for entry in ranked[:, 0]]
        weights += [weight] * len(ranked)
    return np.array(rows), np.array(right), np.array(weights)


def fitted(sets: Iterable[DataSet]) -> Weights:
    """Coefficients for all the sets together."""
    rows, right, weights = (np.concatenate(part) for part in zip(*map(samples, sets), strict=True))
    return fit(rows, right, weights, np.zeros(len(NAMES)), PULL)


def main() -> None:
    """Fit on everything given and print the coefficients."""
    given = [read(path) for path in sys.argv[1:]]
    dense = [data for data in given if data.size >= 2 * len(data.phrasings)]
    sparse = [data for data in given if data.size < 2 * len(data.phrasings)]
    print(f"NAMES = {NAMES}")
    print("SEVERAL", _say(fitted([read(OWN), *(each for data in dense for each in several(data))])))
    if sparse:
        print("ONE", _say(fitted(each for data in sparse for each in one(data))))


def _say(weights: Weights) -> str:
    return "(" + ", ".join(f"{value:.2f}" for value in weights) + ")"


if __name__ == "__main__":
    main()
