"""From a normalised text to weighted features: characters and character pairs of Chinese, words, word pairs and letter
groups of everything else, and jieba's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import snowballstemmer

from bot.matching.normalise import normalise
from bot.matching.words import Segmenter

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|\d+|(?:[^\W\d{_HAN}]|')+")
_CONTRACTIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "n't": " not", "'re": " are", "'ve": " have",
    "'ll": " will", "'d": " would", "'m": " am", "what's": "what is", "how's": "how is", "where's": "where is",
    "it's": "it is", "who's": "who is", "that's": "that is", "there's": "there is",
}  # fmt: skip
_CONTRACTION = re.compile("|".join(sorted(map(re.escape, _CONTRACTIONS), key=len, reverse=True)))
# Words that say nothing of the matter. They weigh little by their frequency in a large base; in a small one idf cannot tell.
_WEAK_EN = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "me",
        "my",
        "we",
        "our",
        "you",
        "your",
        "he",
        "she",
        "it",
        "they",
        "is",
        "am",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "have",
        "has",
        "had",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "and",
        "or",
        "with",
        "please",
        "can",
        "could",
        "would",
        "will",
        "should",
        "hi",
        "hello",
        "hey",
        "tell",
        "want",
        "need",
        "like",
        "know",
        "about",
        "there",
        "this",
        "that",
        "so",
        "if",
    ]
)
_WEAK_ZH = frozenset("的了吗呢吧啊呀么我你您他她请问想要是在有和与就都也这那个一下嘛哦哈呗能可以")
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(word))


class Synonyms:
    """Writes words of one meaning as the first of their group.

    Args:
        groups: words in any written form; the first of each stands for all.
    """

    def __init__(self, groups: Iterable[Sequence[str]] = ()) -> None:
        table: dict[str, str] = {}
        for group in groups:
            head, *others = (normalise(word) for word in group)
            for other in others:
                if other and head:
                    table.setdefault(other, head)
                    table.setdefault(head, head)
        self._table = table
        patterns = (
            rf"(?<![a-z']){re.escape(word)}(?![a-z'])" if word[0].isascii() else re.escape(word)
            for word in sorted(table, key=lambda word: (-len(word), word))
        )
        self._pattern = re.compile("|".join(patterns)) if table else None

    def apply(self, text: str) -> str:
        """The text with each known word replaced by the head of its group, the longest word first."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: self._table[found.group()], text)


class Extractor:
    """Turns texts into features.

    Args:
        synonyms: applied before anything else.
        segmenter: cuts Chinese into words; None: characters and pairs only.
    """

    def __init__(self, synonyms: Synonyms, segmenter: Segmenter | None) -> None:
        self._synonyms = synonyms
        self._segmenter = segmenter

    def canonical(self, text: str) -> str:
        """The normalised text with contractions opened and synonyms unified."""
        text = normalise(text)
        if "'" in text or "cannot" in text:
            text = _CONTRACTION.sub(lambda found: _CONTRACTIONS[found.group()], text)
        return self._synonyms.apply(text)

    def features(self, canonical: str) -> dict[str, float]:
        """Feature to its weight within the text, before idf: dampened counts times the weight of its kind."""
        counts: Counter[str] = Counter()
        previous = ""
        for found in _RUN.finditer(canonical):
            run = found.group()
            if found.lastgroup == "han":
                self._chinese(run, counts)
                previous = ""
            else:
                word = run if run.isdigit() else _stem(run)
                counts[f"w:{word}"] += 1
                if previous:
                    counts[f"p:{previous} {word}"] += 1
                previous = word
                padded = f"^{run}$"
                for i in range(len(padded) - 2):
                    counts[f"g:{padded[i : i + 3]}"] += 1
        return {feature: _weight(feature) * (1 + 0.5 * min(count - 1, 2)) for feature, count in counts.items()}

    def _chinese(self, run: str, counts: Counter[str]) -> None:
        for i, character in enumerate(run):
            counts[f"c:{character}"] += 1
            if i + 1 < len(run):
                counts[f"b:{run[i : i + 2]}"] += 1
        if self._segmenter is not None:
            for word in self._segmenter.cut(run):
                if len(word) > 1:
                    counts[f"j:{word}"] += 1


_KINDS = {"c": 0.6, "b": 1.0, "j": 0.7, "w": 1.0, "p": 0.6, "g": 0.4}


def _weight(feature: str) -> float:
    kind, rest = feature[0], feature[2:]
    weight = _KINDS[kind]
    if (kind == "w" and rest in _WEAK_EN) or (kind == "c" and rest in _WEAK_ZH):
        return weight * 0.3
    if kind == "b" and rest[0] in _WEAK_ZH and rest[1] in _WEAK_ZH:
        return weight * 0.3
    return weight
