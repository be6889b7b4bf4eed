"""What each part of the matcher adds: the same questions, with one part more in each row.

    .venv/bin/python -m benchmarks.ablation [SET.json …]

Asked are the sets given, and always the project's own questions and those held out. A row is all rows above it and what it
names. Before the ridge, entries are ordered by their nearest phrasing; before the confidence model, by the mean of that and of
what the ridge says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np

from benchmarks.datasets import FOLDERS, LANGUAGES, DataSet, read
from benchmarks.markdown import figure, table
from benchmarks.measures import auroc, best_mcc, mcc
from benchmarks.variants import homophones, slips
from bot.matching import Matcher, features
from bot.matching.confidence import ONE, SEVERAL
from bot.matching.scoring import Scored, scored

Order = Callable[[Scored], float]


@dataclass(frozen=True)
class Stage:
    """A matcher with some of its parts.

    Attributes:
        name: what it has that the one before has not.
        kinds: the kinds of features that count.
        synonyms, sounds, spelling, elsewhere, fitted: whether it has these parts.
        order: how entries are ordered; None: by the confidence model.
    """

    name: str
    kinds: tuple[int, ...]
    synonyms: bool = False
    sounds: bool = False
    spelling: bool = False
    elsewhere: bool = False
    fitted: bool = False
    order: Order | None = lambda entry: entry.cosine


def stages() -> Iterator[Stage]:
    """From characters and words to the whole."""
    single = (features.CHARACTER, features.WORD)
    stage = Stage("characters and words, cosine with the nearest phrasing", single)
    yield stage
    stage = replace(stage, name="+ pairs of them", kinds=(*single, features.PAIR, features.WORDS))
    yield stage
    stage = replace(stage, name="+ groups of three letters", kinds=(*stage.kinds, features.LETTERS))
    yield stage
    stage = replace(stage, name="+ synonyms, words of the field", kinds=(*stage.kinds, features.TERM), synonyms=True)
    yield stage
    stage = replace(
        stage, name="+ sounds, pinyin", kinds=(*stage.kinds, features.SYLLABLE, features.SYLLABLES), sounds=True
    )
    yield stage
    stage = replace(stage, name="+ slips in Latin words mended", spelling=True)
    yield stage
    stage = replace(stage, name="+ likeness letter by letter", order=lambda scored: scored.near)
    yield stage
    stage = replace(
        stage,
        name="+ ridge over the nearest phrasings",
        order=lambda scored: 0.5 * scored.near + 0.5 * scored.learned,
    )
    yield stage
    stage = replace(stage, name="+ order by the confidence model", order=None)
    yield stage
    stage = replace(stage, name="+ what belongs elsewhere", elsewhere=True)
    yield stage
    yield replace(stage, name="+ confidence fitted to the base: the whole", fitted=True)


@contextmanager
def only(stage: Stage) -> Iterator[None]:
    """The matcher's modules with only the stage's parts."""
    weights = features.WEIGHTS.copy()
    weights[[kind for kind in range(1, len(weights)) if kind not in stage.kinds]] = 0
    with ExitStack() as stack:
        stack.enter_context(patch("bot.matching.features.WEIGHTS", weights))
        stack.enter_context(patch("bot.matching.scoring.ENTRIES", 12))
        if not stage.synonyms:
            stack.enter_context(patch("bot.matching.matcher.everyday", lambda: ()))
        if not stage.sounds:
            stack.enter_context(patch("bot.matching.matcher.read_pinyin", lambda *_: None))
        if not stage.spelling:
            stack.enter_context(patch("bot.matching.spelling.Spelling.correct", lambda _, text: text))
        if not stage.fitted:
            stack.enter_context(patch("bot.matching.matcher.calibrate", _unfitted))
        yield


def _unfitted(_texts: object, _owners: object, counts: Sequence[int], _ask: object) -> np.ndarray:
    return SEVERAL if len(counts) and float(np.median(counts)) > 1 else ONE


def build(data: DataSet, stage: Stage) -> Matcher:
    """The stage's matcher for a set."""
    knowledge = data.knowledge
    if knowledge is None:
        return Matcher(data.phrasings)
    synonyms = knowledge.synonyms if stage.synonyms else ()
    elsewhere = knowledge.elsewhere if stage.elsewhere else ()
    return Matcher(data.phrasings, synonyms, knowledge.words, elsewhere)


def first(matcher: Matcher, text: str, stage: Stage, intents: Sequence[str]) -> tuple[str, float]:
    """The first intent, and how sure the model is of it."""
    ranked = matcher.rank(text)
    weighed = [(scored(ranked[place]), confidence) for place, confidence in matcher.weigh(ranked)]
    if not weighed:
        return "", 0.0
    best = weighed[0] if stage.order is None else max(weighed, key=lambda pair: stage.order(pair[0]))  # type: ignore[misc]
    return intents[best[0].entry], best[1]


def row(sets: Mapping[str, DataSet], stage: Stage) -> list[str]:
    """The stage's figures."""
    cells = [stage.name]
    confidences: list[tuple[str, str, float]] = []
    for data in sets.values():
        matcher, intents = build(data, stage), list(data.phrasings)
        writings: list[Callable[[str], str]] = [str, slips, homophones] if data.chinese_share > 0.9 else [str]
        for language in LANGUAGES:
            queries = [query for query in data.in_scope if query.language == language]
            for write in writings if queries else ():
                right = [first(matcher, write(q.text), stage, intents)[0] in q.expect for q in queries]
                cells.append(figure(float(np.mean(right))))
        if data.source in FOLDERS:
            for query in data.queries:
                found, confidence = first(matcher, query.text, stage, intents)
                expected = found if found in query.expect else (query.expect[0] if query.expect else "")
                confidences.append((expected, found, confidence))
    truth, found_, sure = (list(column) for column in zip(*confidences, strict=True))
    inside = [confidence for expected, _, confidence in confidences if expected]
    outside = [confidence for expected, _, confidence in confidences if not expected]
    half = [name if value >= 0.5 else "" for name, value in zip(found_, sure, strict=True)]
    return [*cells, figure(auroc(inside, outside)), figure(mcc(truth, half)), figure(best_mcc(truth, found_, sure)[0])]


def main() -> None:
    """Print the table."""
    sets = {source: read(source) for source in [*(str(Path(path).resolve()) for path in sys.argv[1:]), *FOLDERS]}
    header = ["parts"]
    for data in sets.values():
        for language in LANGUAGES:
            if any(query.language == language for query in data.in_scope):
                several = data.chinese_share > 0.9
                header += [f"{data.name}, {language}"] + (["with slips", "with homophones"] if several else [])
    header += ["AUROC", "MCC at 0.5", "best MCC"]
    rows = []
    for stage in stages():
        with only(stage):
            rows.append(row(sets, stage))
        print(rows[-1], file=sys.stderr, flush=True)
    print(table(header, rows))


if __name__ == "__main__":
    main()
