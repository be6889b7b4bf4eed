"""The matcher beside its peers, in one run: what is found, what is turned away, how sure, how fast, how large.

    .venv/bin/python -m benchmarks.matching [SET.json …] [--own] [--halve] [--scaling] [--plot FILE.svg]

A set is a JSON file {"phrasings": {intent: [phrasing, …]}, "queries": [{"text": …, "expect": [intent, …]}]}; a question that
expects nothing is out of scope. Without a set, or with `--own`: `benchmarks/questions/*.yaml` against the project's knowledge.

Every engine sees the same phrasings and questions; `engines` says what stands for a peer's confidence. The measures:

- top-1, top-3: share of the in-scope questions whose right intent is first, or among the first three.
- AUROC: of a question in scope and one out of scope, both drawn at random, how likely the one in scope is to have the higher
  confidence in its first candidate, right or wrong. Where a set has no question out of scope, every second intent that is
  asked for is taken out of the index (`--halve` does it for any set), and so for all measures below.
- MCC: multi-class Matthews correlation, "out of scope" being a class of its own, given to whatever is below the threshold,
  as in HINT3 (Arora, Jain, Chaturvedi & Modi 2020); at a confidence of 0.5, and at the best of all thresholds.
- ECE, Brier: of the first candidate's confidence against whether it is right, over all questions; the first candidate of a
  question out of scope is never right, and no candidate counts as one of confidence 0.
- build, RSS, ms: see `footprint`, variants: see `variants`, growth: see `scaling`.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import footprint, own, plot, scaling
from benchmarks.datasets import FOLDERS, LANGUAGES, OWN, DataSet, Language, Query, halved, read
from benchmarks.engines import HOW_TO_INSTALL, KINDS, PLACES, Engine, Found, Kind, Ours
from benchmarks.markdown import figure, table
from benchmarks.measures import NONE, auroc, best_mcc, brier, ece, mcc
from benchmarks.variants import has_pinyin, variants

HALF = 0.5
"""The threshold of a probability where both mistakes cost the same."""


@dataclass(frozen=True)
class Asked:
    """A question and the intents found for it, best first."""

    query: Query
    found: Sequence[Found]

    @property
    def best(self) -> str:
        """The first intent; `NONE` if there is none."""
        return self.found[0].intent if self.found else NONE

    @property
    def confidence(self) -> float:
        """The first intent's confidence; 0 if there is none."""
        return self.found[0].confidence if self.found else 0.0

    @property
    def right(self) -> bool:
        """Whether the first intent is right."""
        return self.best in self.query.expect

    @property
    def truth(self) -> str:
        """The class it belongs to: of several right intents the one that was found, else the first."""
        if not self.query.expect:
            return NONE
        return self.best if self.right else self.query.expect[0]


def ask(engine: Engine, queries: Iterable[Query]) -> list[Asked]:
    """Ask an engine."""
    return [Asked(query, engine.rank(query.text)) for query in queries]


def accuracy(asked: Sequence[Asked], places: int = 1) -> float:
    """Share of the questions with a right intent among so many first ones; nan without a question."""
    found = [any(found.intent in a.query.expect for found in a.found[:places]) for a in asked]
    return sum(found) / len(found) if found else math.nan


def rejection(asked: Sequence[Asked]) -> list[str]:
    """AUROC, MCC and the best MCC with its threshold, ECE and Brier score, as cells."""
    confidence = [a.confidence for a in asked]
    truth, best, right = [a.truth for a in asked], [a.best for a in asked], [a.right for a in asked]
    inside = [a.confidence for a in asked if a.query.expect]
    outside = [a.confidence for a in asked if not a.query.expect]
    highest, threshold = best_mcc(truth, best, confidence)
    answered = [b if c >= HALF else NONE for b, c in zip(best, confidence, strict=True)]
    return [
        figure(auroc(inside, outside)),
        figure(mcc(truth, answered)),
        f"{figure(highest)} (from {figure(threshold, 2)})",
        figure(ece(confidence, right)),
        figure(brier(confidence, right)),
    ]


class Tables:
    """The tables of one data set, filled engine by engine.

    Args:
        data: the set.
        halve: take every second target out of the index although the set has questions out of scope.
    """

    def __init__(self, data: DataSet, halve: bool) -> None:
        self._data = data
        self._scoped = halved(data) if halve or not data.out_of_scope else data
        self._languages: list[Language] = [key for key in LANGUAGES if any(q.language == key for q in data.in_scope)]
        self._accuracy: list[list[str]] = []
        self._variants: list[list[str]] = []
        self._costs: list[list[str]] = []
        self.ours: list[Asked] = []

    def add(self, kind: Kind) -> Engine:
        """Measure an engine.

        Returns:
            the engine, built from the whole set.
        """
        engine = kind.build(self._data)
        asked = ask(engine, self._data.queries)
        scoped = asked if self._scoped is self._data else ask(kind.build(self._scoped), self._scoped.queries)
        by_language = {key: [a for a in asked if a.query.expect and a.query.language == key] for key in self._languages}
        firsts = [figure(accuracy(by_language[key], places)) for places in (1, PLACES) for key in self._languages]
        self._accuracy.append([kind.name, *firsts, *rejection(scoped)])
        cells = [kind.name]
        for key, group in by_language.items():
            cells.append(figure(accuracy(group)))
            for change in variants(key).values():
                changed = [replace(a.query, text=change(a.query.text)) for a in group]
                cells.append(figure(accuracy(ask(engine, changed))))
        self._variants.append(cells)
        cost = footprint.in_new_process(kind, [self._data.source])
        self._costs.append([kind.name, *footprint.cells(cost)[:-1]])
        if isinstance(engine, Ours):
            self.ours = scoped
        return engine

    def __str__(self) -> str:
        named = [LANGUAGES[key] for key in self._languages]
        places = [f"top-{n}" + (f", {name}" if len(named) > 1 else "") for n in (1, PLACES) for name in named]
        first = ["engine", *places, "AUROC", f"MCC at {HALF}", "best MCC", "ECE", "Brier"]
        second = ["engine"]
        for key in self._languages:
            second += [f"{LANGUAGES[key]}, as asked", *variants(key)]
        third = ["engine", *footprint.HEADER[:-1]]
        return "\n".join(
            [
                f"{self._title()}\n",
                f"**Right intent, out of scope, calibration**{self._how_out_of_scope()}\n",
                table(first, self._accuracy),
                "**Right intent in the first place, written another way**\n",
                table(second, self._variants),
                "**Time and memory**\n",
                table(third, self._costs),
            ]
        )

    def _title(self) -> str:
        data = self._data
        counts = f"{len(data.phrasings):,} intents, {data.size:,} phrasings, {len(data.in_scope):,} questions in scope"
        return f"## {data.name}: {counts}, {len(data.out_of_scope):,} out of scope"

    def _how_out_of_scope(self) -> str:
        if self._scoped is self._data:
            return ""
        count = len(self._scoped.out_of_scope)
        return f"; from AUROC on without every second target, so that {count:,} of the questions are out of scope"


def report(data: DataSet, halve: bool) -> list[Asked]:
    """Print a set's tables.

    Returns:
        what shebao-bot found, with questions out of scope, for the plot.
    """
    tables = Tables(data, halve)
    notes = []
    ours: Ours | None = None
    for kind in KINDS:
        if reason := kind.missing(data):
            notes.append(reason)
            continue
        engine = tables.add(kind)
        if isinstance(engine, Ours):
            ours = engine
    if not has_pinyin() and any(query.language == "zh" for query in data.in_scope):
        notes.append(f"Homophones are left out: pypinyin is not installed ({HOW_TO_INSTALL}).")
    print(tables)
    for note in notes:
        print(note + "\n")
    if data.source in FOLDERS and ours is not None:
        own.report(data, ours.matcher)
    sys.stdout.flush()
    return tables.ours


def main() -> None:
    """Print what the arguments ask for."""
    parser = argparse.ArgumentParser(description="The matcher beside its peers, as Markdown tables.")
    parser.add_argument(
        "sets",
        nargs="*",
        metavar="SET.json",
        help="data sets; without one, the project's own questions and those held out",
    )
    parser.add_argument("--own", action="store_true", help="the project's own questions and those held out too")
    parser.add_argument("--halve", action="store_true", help="take every second target out of the index of each set")
    parser.add_argument(
        "--scaling", action="store_true", help="time and memory up to 200,000 phrasings too (many minutes)"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw how confidence and being right agree")
    arguments = parser.parse_args()
    if arguments.plot and importlib.util.find_spec("matplotlib") is None:
        parser.error(f"--plot needs matplotlib, which is not installed ({HOW_TO_INSTALL})")
    sources = [str(Path(path).resolve()) for path in arguments.sets]
    if missing := [source for source in sources if not Path(source).is_file()]:
        parser.error(f"there is no file {missing[0]}")
    if arguments.own or not sources:
        sources += FOLDERS
    series = {}
    for source in sources:
        data = read(source)
        asked = report(data, arguments.halve)
        series[data.name] = ([a.confidence for a in asked], [a.right for a in asked])
    if arguments.plot:
        plot.draw(arguments.plot, series)
    if arguments.scaling:
        scaling.report([source for source in sources if source not in FOLDERS] or [OWN])


if __name__ == "__main__":
    main()
