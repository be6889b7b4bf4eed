"""The matcher and its peers behind one face: phrasings in, intents with a confidence out.

What stands for the confidence of a peer, whose own score is no probability:

- BM25: score / (score + half of what a phrasing scores against itself, at the median). This keeps the order of the raw scores,
  which tell in scope from out of scope better in Chinese than the share of the question's own highest score does.
- rapidfuzz: the ratio, 0..100, over 100.
- linear SVM: the logistic function of the distance from the best intent's hyperplane, so that 0.5 is the hyperplane itself.

Peers are given texts as the matcher normalises them, in one width, case and script. Without that they would find little of what
is written in Traditional characters; what is compared here is the matching.

The libraries of the `bench` extra are imported where they are used: without them their engines are left out, in one line.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rapidfuzz import fuzz, process

from benchmarks.datasets import HAN, DataSet
from bot.matching import Matcher, normalise

HOW_TO_INSTALL = "`make bench` installs it, or `pip install -r requirements/bench.txt`"
PLACES = 3
"""So many intents are looked at."""
NEAREST = 100
"""A peer that ranks phrasings ranks so many; of the phrasings of one intent the best counts."""
SAMPLED = 500
"""From so many phrasings BM25's usual score is taken."""


@dataclass(frozen=True)
class Found:
    """An intent that may be meant, and how sure the engine is of it, 0..1."""

    intent: str
    confidence: float


class Engine(Protocol):
    """Ranks intents."""

    def rank(self, text: str) -> list[Found]:
        """The intents that `text` may ask for, best first; none where nothing is like it."""


class Ours:
    """shebao-bot's matcher; the project's own knowledge comes with synonyms and words."""

    def __init__(self, data: DataSet) -> None:
        if data.knowledge is None:
            self.matcher = Matcher.from_phrasings(data.phrasings)
        else:
            self.matcher = Matcher.from_knowledge(data.knowledge)

    def rank(self, text: str) -> list[Found]:
        """See `Engine`; with the matcher's usual number of candidates."""
        return [Found(found.entry_id, found.confidence) for found in self.matcher.match(text)]


class Nearest:
    """What engines share that find the phrasing most alike, and by it the intent."""

    def __init__(self, data: DataSet) -> None:
        self.owners = [intent for intent, texts in data.phrasings.items() for _ in texts]
        self.texts = [normalise(text) for texts in data.phrasings.values() for text in texts]

    def intents(self, ranked: Iterable[tuple[int, float]]) -> list[Found]:
        """From phrasings by number, best first, to the first `PLACES` intents."""
        best: dict[str, float] = {}
        for number, confidence in ranked:
            best.setdefault(self.owners[number], confidence)
            if len(best) == PLACES:
                break
        return [Found(intent, confidence) for intent, confidence in best.items()]


class Fuzzy(Nearest):
    """rapidfuzz's `process.extract` with one of its ratios, over normalised phrasings."""

    def __init__(self, data: DataSet, scorer: Callable[..., float]) -> None:
        super().__init__(data)
        self._scorer = scorer

    def rank(self, text: str) -> list[Found]:
        """See `Engine`."""
        found = process.extract(normalise(text), self.texts, scorer=self._scorer, limit=NEAREST)
        return self.intents((number, score / 100) for _, score, number in found if score > 0)


class BM25(Nearest):
    """BM25 (bm25s with its defaults: Lucene's formula, k1 1.5, b 0.75) over jieba's words, or those between spaces."""

    def __init__(self, data: DataSet) -> None:
        import bm25s
        import jieba

        jieba.setLogLevel(60)
        super().__init__(data)
        self._cut = jieba.lcut
        documents = [self._words(text) for text in self.texts]
        self._index = bm25s.BM25()
        self._index.index(documents, show_progress=False)
        self._total = len(documents)
        itself = [
            scores[0] for words in documents[:: self._total // SAMPLED + 1] for _, scores in [self._nearest(words, 1)]
        ]
        self._half = statistics.median(itself) / 2 or 1.0

    def rank(self, text: str) -> list[Found]:
        """See `Engine`."""
        numbers, scores = self._nearest(self._words(normalise(text)), min(NEAREST, self._total))
        pairs = zip(numbers, scores, strict=True)
        return self.intents((number, score / (score + self._half)) for number, score in pairs if score > 0)

    def _nearest(self, words: list[str], count: int) -> tuple[list[int], list[float]]:
        numbers, scores = self._index.retrieve([words], k=count, show_progress=False)
        return numbers[0].tolist(), scores[0].tolist()

    def _words(self, text: str) -> list[str]:
        return [word for word in self._cut(text) if not word.isspace()] if HAN.search(text) else text.split()


class LinearSVM:
    """A linear support vector machine, one intent against the rest, over tf-idf weights.

    Features: character n-grams of 1 to 3 for Chinese; words, word pairs and character n-grams of 2 to 4 within words for
    other languages; all of them where phrasings are of both kinds. Frequencies within a text count by their logarithm
    (`sublinear_tf`); everything else is scikit-learn's default, C = 1 among it.
    """

    def __init__(self, data: DataSet) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import FeatureUnion, make_pipeline
        from sklearn.svm import LinearSVC

        pairs = [(normalise(text), intent) for intent, texts in data.phrasings.items() for text in texts]
        parts = []
        if data.chinese_share > 0.1:
            parts.append(("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), sublinear_tf=True)))
        if data.chinese_share < 0.9:
            parts.append(("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)))
            parts.append(("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)))
        self._model: Any = make_pipeline(FeatureUnion(parts), LinearSVC(random_state=0))
        self._model.fit([text for text, _ in pairs], [intent for _, intent in pairs])
        self._intents: list[str] = self._model.classes_.tolist()

    def rank(self, text: str) -> list[Found]:
        """See `Engine`."""
        distances = self._model.decision_function([normalise(text)]).ravel().tolist()
        if len(self._intents) == 2:  # one hyperplane tells two intents apart
            distances = [-distances[0], distances[0]]
        order = sorted(range(len(distances)), key=lambda i: -distances[i])[:PLACES]
        return [Found(self._intents[i], 1 / (1 + math.exp(-distances[i]))) for i in order]


@dataclass(frozen=True)
class Kind:
    """A way of matching.

    Attributes:
        name: what tables call it.
        build: makes an engine for a data set.
        libraries: what it imports, as modules.
        package: which package brings them, where that is not a dependency of the bot.
        learns: whether it needs several phrasings of an intent to learn from.
    """

    name: str
    build: Callable[[DataSet], Engine]
    libraries: Sequence[str]
    package: str = ""
    learns: bool = False

    def missing(self, data: DataSet) -> str | None:
        """Why it cannot be measured on this set, in a sentence; None where it can."""
        if any(importlib.util.find_spec(library.split(".")[0]) is None for library in self.libraries):
            return f"{self.name} is left out: {self.package} is not installed ({HOW_TO_INSTALL})."
        if self.learns and (len(data.phrasings) < 2 or all(len(texts) == 1 for texts in data.phrasings.values())):
            return f"{self.name} is left out of {data.name}: every intent has one phrasing only, too few to learn from."
        return None

    def import_libraries(self) -> None:
        """Import what `build` will import, so that it can be told from what building takes."""
        for library in self.libraries:
            importlib.import_module(library)


OURS = Kind("shebao-bot", Ours, ("bot.matching",))
WRATIO = Kind("rapidfuzz WRatio", lambda data: Fuzzy(data, fuzz.WRatio), ("rapidfuzz",))
BM25S = Kind("BM25 (bm25s)", BM25, ("bm25s", "jieba"), "bm25s")
KINDS = (
    OURS,
    BM25S,
    WRATIO,
    Kind("rapidfuzz token_set_ratio", lambda data: Fuzzy(data, fuzz.token_set_ratio), ("rapidfuzz",)),
    Kind(
        "TF-IDF + linear SVM",
        LinearSVM,
        ("sklearn.feature_extraction.text", "sklearn.pipeline", "sklearn.svm"),
        "scikit-learn",
        learns=True,
    ),
)
