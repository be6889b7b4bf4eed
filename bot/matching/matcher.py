"""The matcher: a question in, the entries that it may ask for out, each with a confidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self

from bot.matching.confidence import confidence
from bot.matching.features import Extractor, Synonyms
from bot.matching.index import Index
from bot.matching.normalise import normalise
from bot.matching.scoring import MEASURED, Scored, Scorer
from bot.matching.words import Segmenter

Decision = Literal["answer", "clarify", "none"]

ANSWER_AT = 0.65
"""From this confidence on a question is answered at once (`SHEBAO_ANSWER_AT`)."""
CLARIFY_AT = 0.22
"""From this confidence on an entry is offered as what could be meant (`SHEBAO_CLARIFY_AT`)."""
OFFERED = 3
"""At most so many entries are offered."""


class KnowledgeBase(Protocol):
    """What the matcher needs of a knowledge base; it knows nothing else of it."""

    @property
    def synonyms(self) -> Sequence[Sequence[str]]:
        """Groups of words of one meaning."""

    @property
    def words(self) -> Sequence[str]:
        """Words of the field that a general dictionary does not know."""

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


class Matcher:
    """Finds the entries that a question may ask for. Immutable once built, so any thread may use it."""

    def __init__(
        self,
        phrasings: Mapping[str, Sequence[str]],
        synonyms: Iterable[Sequence[str]] = (),
        words: Iterable[str] = (),
        cache: Path | None = None,
    ) -> None:
        """Build the index; see `from_phrasings` and `from_knowledge`."""
        self._ids = list(phrasings)
        self._phrasings = [(number, p) for number, entry_id in enumerate(self._ids) for p in phrasings[entry_id]]
        unifier = Synonyms(synonyms)
        plain = Extractor(unifier, None)
        texts = [plain.canonical(phrasing) for _, phrasing in self._phrasings]
        segmenter = Segmenter(texts, map(normalise, words), cache)
        self._extractor = Extractor(unifier, segmenter)
        self._index = Index([self._extractor.features(text) for text in texts])
        self._scorer = Scorer(self._index, texts, [number for number, _ in self._phrasings], cache)

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
        return cls(knowledge.phrasings(), knowledge.synonyms, knowledge.words, cache)

    @property
    def learns(self) -> bool:
        """Whether there are phrasings enough for the model over all of them."""
        return self._scorer.learns

    def canonical(self, text: str) -> str:
        """The text in the form that is compared: normalised, with words of one meaning written alike."""
        return self._extractor.canonical(text)

    def match(self, text: str, limit: int = 5) -> list[Candidate]:
        """The entries that `text` may ask for, best first, at most `limit`; empty where nothing is shared with any."""
        return self._candidates(self.rank(text), limit)

    def _candidates(self, ranked: Sequence[Scored], limit: int) -> list[Candidate]:
        candidates = [
            Candidate(
                self._ids[scored.entry],
                confidence(ranked, position, self._scorer.learns),
                self._phrasings[scored.phrasing][1],
            )
            for position, scored in enumerate(ranked[: min(max(limit, 0), MEASURED)])
        ]
        return sorted(candidates, key=lambda candidate: -candidate.confidence)

    def left_out(self) -> Iterator[tuple[str, str, list[Candidate]]]:
        """For each phrasing: its entry, itself, and what would be found if it were not there (nor one written alike)."""
        features = [self._extractor.features(self.canonical(phrasing)) for _, phrasing in self._phrasings]
        queries = [self._index.query(each) for each in features]
        for (number, phrasing), ranked in zip(self._phrasings, self._scorer.rank_left_out(queries), strict=True):
            yield self._ids[number], phrasing, self._candidates(ranked, 5)

    def rank(self, text: str) -> list[Scored]:
        """The scores behind `match`: entries by number, best first."""
        canonical = self._extractor.canonical(text)
        query = self._index.query(self._extractor.features(canonical))
        return self._scorer.rank(canonical, query)


def decide(
    candidates: Sequence[Candidate], answer_at: float = ANSWER_AT, clarify_at: float = CLARIFY_AT
) -> tuple[Decision, tuple[Candidate, ...]]:
    """What to do with candidates, and those that it concerns.

    Returns:
        "answer" with the best one, "clarify" with two or three that could be meant, or "none" with nothing.
    """
    if not candidates or candidates[0].confidence < clarify_at:
        return "none", ()
    best = candidates[0]
    if best.confidence >= answer_at:
        return "answer", (best,)
    # The best alone is no choice: the next one is offered beside it although it is less likely.
    close = [c for i, c in enumerate(candidates) if i < 2 or c.confidence >= clarify_at]
    return "clarify", tuple(close[:OFFERED])
