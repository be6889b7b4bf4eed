"""The matcher: a question in, the entries that it may ask for out, each with a confidence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from bot.matching import cache as files
from bot.matching import question
from bot.matching.calibration import calibrate, prior
from bot.matching.confidence import Weights, features, probabilities
from bot.matching.explanation import Explanation, reasons, shared, tokens
from bot.matching.features import Terms, extract
from bot.matching.index import Index, Query
from bot.matching.normalise import normalise, normalise_all
from bot.matching.pinyin import read_pinyin, spoken
from bot.matching.scoring import Ranked, Scorer
from bot.matching.spelling import Spelling
from bot.matching.synonyms import Synonyms, everyday

BATCH = 4000
"""So many phrasings are read at once: more cost memory, fewer time."""
_INDEX_FIELDS = (
    "codes", "weights", "lengths", "loudness", "row_starts", "columns", "posting_starts", "postings"
)  # fmt: skip


class KnowledgeBase(Protocol):
    """What the matcher needs of a knowledge base; it knows nothing else of it."""

    @property
    def synonyms(self) -> Sequence[Sequence[str]]:
        """Groups of words of one meaning."""

    @property
    def words(self) -> Sequence[str]:
        """Words of the field, of which each counts as one thing."""

    @property
    def elsewhere(self) -> Sequence[str]:
        """Questions that belong to no entry, though they look like some."""

    def phrasings(self) -> Mapping[str, Sequence[str]]:
        """Entry id to the ways of asking for it."""


@dataclass(frozen=True)
class Candidate:
    """An entry that may be meant.

    Attributes:
        entry_id: its id.
        confidence: probability that it is what was asked for, 0..1.
        phrasing: its phrasing nearest to the question, as written in the knowledge.
    """

    entry_id: str
    confidence: float
    phrasing: str


@dataclass(frozen=True)
class Reading:
    """How a question was read.

    Attributes:
        canonical: what is compared: normalised, words of one meaning unified, slips mended; of pinyin the syllables.
        query: its features in the index's terms.
    """

    canonical: str
    query: Query


class Matcher:
    """Finds the entries that a question may ask for. Immutable once built, so any thread may use it."""

    def __init__(
        self,
        phrasings: Mapping[str, Sequence[str]],
        synonyms: Iterable[Sequence[str]] = (),
        words: Iterable[str] = (),
        elsewhere: Iterable[str] = (),
        cache: Path | None = None,
    ) -> None:
        """Build the index; see `from_phrasings` and `from_knowledge`."""
        groups = [list(group) for group in synonyms]
        self._own_synonyms = Synonyms(groups)
        self._synonyms = Synonyms(groups, everyday())
        self._terms = Terms.of(normalise_all(list(words)))
        key = [str(group) for group in groups] + ["", *map(str, self._terms.hashes)]
        self._build(phrasings, list(elsewhere), cache, key)

    @classmethod
    def from_phrasings(cls, phrasings: Mapping[str, Sequence[str]]) -> Self:
        """A matcher for any base: intent id to its phrasings, one or many, in any language."""
        return cls(phrasings)

    @classmethod
    def from_knowledge(cls, knowledge: KnowledgeBase, cache: Path | None = None) -> Self:
        """A matcher for a knowledge base with its synonyms and words.

        Args:
            knowledge: what to find.
            cache: a folder for what is slow to build; None: build it anew.
        """
        return cls(knowledge.phrasings(), knowledge.synonyms, knowledge.words, knowledge.elsewhere, cache)

    def beside(self, phrasings: Mapping[str, Sequence[str]]) -> Self:
        """A matcher for other phrasings that reads questions with the same synonyms and words."""
        other = type(self).__new__(type(self))
        other._own_synonyms, other._synonyms, other._terms = self._own_synonyms, self._synonyms, self._terms
        other._build(phrasings, [], None, [])
        return other

    def _build(
        self, phrasings: Mapping[str, Sequence[str]], elsewhere: list[str], cache: Path | None, key: list[str]
    ) -> None:
        self._ids = list(phrasings)
        counts = [len(texts) for texts in phrasings.values()]
        self._counts = counts
        self._order = prior(counts)
        self._phrasings = [phrasing for texts in phrasings.values() for phrasing in texts] + elsewhere
        self._owners = np.repeat(np.arange(len(counts) + 1, dtype=np.int32), [*counts, len(elsewhere)])
        path = cache / files.name([*key, "", *self._ids, "", *map(str, counts), *self._phrasings]) if cache else None
        found = files.load(path, (*_INDEX_FIELDS, "texts", "confidence")) if path else None
        if found is not None:
            texts = found["texts"].tobytes().decode().split("\n") if self._phrasings else []
            self._index = Index(found)
        else:
            batches = [self._phrasings[i : i + BATCH] for i in range(0, len(self._phrasings), BATCH)]
            canonical = [self._synonyms.canonical_all(batch) for batch in batches]
            self._index = Index.build((extract(batch, self._terms) for batch in canonical), len(self._phrasings))
            texts = [text for batch in canonical for text in batch]
        self._texts = texts
        self._spelling = Spelling(texts)
        self._scorer = Scorer(self._index, texts, self._owners)
        self._weights: Weights = found["confidence"] if found is not None else self._calibrate()
        if path and found is None:
            encoded = np.frombuffer("\n".join(texts).encode(), dtype=np.uint8)
            files.save(path, {**self._index.arrays, "texts": encoded, "confidence": self._weights})

    def _calibrate(self) -> Weights:
        def ask(number: int, without: NDArray[np.int64]) -> Ranked:
            text = self._texts[number]
            return self._scorer.rank(text, self._index.query(question.read(text, self._terms)), without)

        return calibrate(self._texts, self._owners, self._counts, ask)

    def canonical(self, text: str) -> str:
        """The text normalised, with the base's own words of one meaning written alike."""
        return self._own_synonyms.canonical_all([text])[0]

    def heard(self, text: str) -> str | None:
        """The syllables of a text that was typed in pinyin, with a space between; None for any other text."""
        return self._heard(normalise(text))

    def _heard(self, normalised: str) -> str | None:
        # Nearly all that is typed so is plain ASCII, and nothing else can be taken for it.
        return read_pinyin(normalised, self._spelling.knows) if normalised.replace("ü", "v").isascii() else None

    def read(self, text: str) -> Reading:
        """How a question is understood."""
        normalised = normalise(text)
        sounds = self._heard(normalised)
        if sounds is not None:
            return Reading(sounds, self._index.query(extract([sounds], sounds_only=True), sounds=True))
        canonical = self._synonyms.unify(normalised)
        mended = self._spelling.correct(canonical)
        if mended != canonical:
            canonical = self._synonyms.apply(mended)
        return Reading(canonical, self._index.query(question.read(canonical, self._terms)))

    def match(self, text: str, limit: int = 5) -> list[Candidate]:
        """The entries that `text` may ask for, best first, at most `limit`; empty where nothing is shared with any."""
        return self._candidates(self.rank(text), limit)

    def rank(self, text: str) -> Ranked:
        """The measurements behind `match`: entries by number; one beyond the last stands for what belongs elsewhere."""
        reading = self.read(text)
        return self._scorer.rank(reading.canonical, reading.query)

    def weigh(self, ranked: Ranked) -> list[tuple[int, float]]:
        """Places of ranked entries with their confidences, best first, without what belongs elsewhere.

        The order is that of the model before it was fitted to the base, so that entries which have nothing to do with a
        question do not change it; a confidence is at most that of the entry before.
        """
        if not len(ranked):
            return []
        table = features(ranked)
        likely = (-(table @ self._order)).argsort(kind="stable")
        known = likely[ranked[likely, 0] < len(self._ids)]
        values = np.minimum.accumulate(probabilities(table[known], self._weights))
        return list(zip(known.tolist(), values.tolist(), strict=True))

    def _candidates(self, ranked: Ranked, limit: int) -> list[Candidate]:
        numbers = ranked[:, :2].astype(np.int64).tolist()
        return [
            Candidate(self._ids[numbers[place][0]], confidence, self._phrasings[numbers[place][1]])
            for place, confidence in self.weigh(ranked)[: max(limit, 0)]
        ]

    def explain(self, text: str) -> Explanation:
        """Why `match` gives what it gives."""
        reading = self.read(text)
        ranked = self._scorer.rank(reading.canonical, reading.query)
        phrasings = ranked[:, 1].astype(np.int64).tolist()
        nearest = [self._texts[number] for number in phrasings]
        if reading.query.sounds:
            nearest = [spoken(phrasing) for phrasing in nearest]
        written = [self._phrasings[number] for number in phrasings]
        pairs = list(zip(written, nearest, strict=True))
        found = reasons(ranked, self._weights, self._ids, pairs, reading.canonical, words=self._words)
        return Explanation(text, reading.canonical, reading.query.sounds, found)

    def shared_words(self, text: str, others: Sequence[str]) -> list[tuple[str, ...]]:
        """For each of the others, such as phrasings, the words that the question, as read, shares with it, in order."""
        reading = self.read(text)
        theirs = self._synonyms.canonical_all(others)
        if reading.query.sounds:
            theirs = [spoken(phrasing) for phrasing in theirs]
        return [shared(reading.canonical, phrasing, self._words) for phrasing in theirs]

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return tokens(self._terms.codes)

    def left_out(self) -> Iterator[tuple[str, str, list[Candidate]]]:
        """For each phrasing: its entry, itself, and what would be found if it were not there (nor one written alike)."""
        starts = [0, *accumulate(np.bincount(self._owners, minlength=len(self._ids) + 1).tolist())]
        for number, entry_id in enumerate(self._ids):
            mine = range(starts[number], starts[number + 1])
            for row in mine:
                text = self._texts[row]
                alike = np.array([other for other in mine if self._texts[other] == text], dtype=np.int64)
                ranked = self._scorer.rank(text, self._index.query(question.read(text, self._terms)), alike)
                yield entry_id, self._phrasings[row], self._candidates(ranked, 5)
