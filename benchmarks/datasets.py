"""What is asked, and of what: data sets from JSON files, and the project's own questions against its knowledge."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.knowledge import Knowledge, load

ROOT = Path(__file__).resolve().parent.parent
OWN = "own"
HELD_OUT = "held-out"
"""These stand for the project's own questions where a path could stand; the second are those that nothing is fitted on."""
FOLDERS = {OWN: "benchmarks/questions", HELD_OUT: "benchmarks/questions/held_out"}

Language = Literal["zh", "en"]
LANGUAGES: dict[Language, str] = {"zh": "Chinese", "en": "English"}
RECOMBINED_QUERIES = 200
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Query:
    """A labelled question.

    Attributes:
        text: as somebody wrote it.
        expect: the intents that are right; empty: the question is out of scope.
        language: what it is written in; "en" stands for every language without Chinese characters.
    """

    text: str
    expect: tuple[str, ...]
    language: Language


@dataclass(frozen=True)
class DataSet:
    """Intents with their phrasings, and questions none of which is one of them.

    Attributes:
        source: the path it was read from, or one of `FOLDERS`.
        phrasings: intent to the ways of asking for it.
        queries: the questions.
        knowledge: what the project's own phrasings come from, with its synonyms and words; None for any other set.
    """

    source: str
    phrasings: Mapping[str, Sequence[str]]
    queries: Sequence[Query]
    knowledge: Knowledge | None = None

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.source} questions" if self.source in FOLDERS else Path(self.source).stem

    @property
    def in_scope(self) -> list[Query]:
        """The questions that have an answer."""
        return [query for query in self.queries if query.expect]

    @property
    def out_of_scope(self) -> list[Query]:
        """The questions that have none."""
        return [query for query in self.queries if not query.expect]

    @property
    def size(self) -> int:
        """Number of phrasings."""
        return sum(map(len, self.phrasings.values()))

    @property
    def chinese_share(self) -> float:
        """Share of the phrasings that hold a Chinese character, 0..1."""
        return sum(bool(HAN.search(text)) for texts in self.phrasings.values() for text in texts) / max(self.size, 1)


def read(source: str) -> DataSet:
    """The data set of that path, or the project's own where it is `OWN` or `HELD_OUT`."""
    return _own(source) if source in FOLDERS else _from_json(source)


def halved(data: DataSet) -> DataSet:
    """The set without every second of the intents that its questions ask for, which puts those questions out of scope."""
    targets = sorted({intent for query in data.queries for intent in query.expect})
    dropped = set(targets[::2])
    knowledge = data.knowledge
    if knowledge is not None:
        knowledge = copy.copy(knowledge)
        knowledge.entries = {key: entry for key, entry in knowledge.entries.items() if key not in dropped}
    return replace(
        data,
        phrasings={intent: texts for intent, texts in data.phrasings.items() if intent not in dropped},
        queries=[replace(q, expect=tuple(i for i in q.expect if i not in dropped)) for q in data.queries],
        knowledge=knowledge,
    )


def recombined(sets: Sequence[DataSet], size: int, intents: int) -> DataSet:
    """A set of any size: beginnings of the sets' phrasings with the ends of others, in their language, none of them twice.

    It is for measuring time and memory: words and lengths are those of real questions, and nothing is right or wrong. The
    phrasings are dealt to the intents in turn.

    Args:
        sets: where the phrasings come from.
        size: how many phrasings are made.
        intents: how many intents they are dealt to.

    Raises:
        ValueError: the sets have too few phrasings for that many.
    """
    sources = sorted({text for data in sets for texts in data.phrasings.values() for text in texts})
    pools = [[t for t in sources if bool(HAN.search(t)) is chinese] for chinese in (True, False)]
    if sum(len(pool) ** 2 for pool in pools) < 4 * (size + RECOMBINED_QUERIES):
        raise ValueError(f"{len(sources)} phrasings cannot be recombined to {size}: give larger sets")
    chance = random.Random(size)
    made: dict[str, None] = {}
    while len(made) < size + RECOMBINED_QUERIES:
        first = chance.choice(sources)
        second = chance.choice(pools[0 if HAN.search(first) else 1])
        made[_halves(first)[0] + _halves(second)[1]] = None
    texts = list(made)
    queries = [Query(text, (), _language(text)) for text in texts[size:]]
    return DataSet(f"{size:,} phrasings", {str(i): texts[i:size:intents] for i in range(intents)}, queries)


def _halves(text: str) -> tuple[str, str]:
    middle = (len(text) + 1) // 2
    if not HAN.search(text):
        middle = text.find(" ", middle) + 1 or len(text)
    return text[:middle], text[middle:]


def own_questions(source: str, name: str) -> list[dict[str, Any]]:
    """The questions of a file ("zh", "en", "none") of `OWN` or `HELD_OUT`, with all their labels."""
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / FOLDERS[source] / f"{name}.yaml").read_text("utf-8"))
    return found


def _own(source: str) -> DataSet:
    knowledge = load(ROOT / "knowledge")
    # Pinyin is Chinese without a Chinese character, so the file says which language a question is in, where it can.
    files: dict[str, Language | None] = {"zh": "zh", "en": "en", "none": None}
    queries = [
        Query(question["text"], tuple(question["expect"]), language or _language(question["text"]))
        for name, language in files.items()
        for question in own_questions(source, name)
    ]
    return DataSet(source, knowledge.phrasings(), queries, knowledge)


def _from_json(path: str) -> DataSet:
    raw = json.loads(Path(path).read_text("utf-8"))
    data = DataSet(path, raw["phrasings"], ())
    language: Language = "zh" if data.chinese_share > 0.5 else "en"
    return replace(data, queries=[Query(q["text"], tuple(q["expect"]), language) for q in raw["queries"]])


def _language(text: str) -> Language:
    return "zh" if HAN.search(text) else "en"
