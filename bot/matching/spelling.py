"""Typing slips in Latin letters: an unknown word becomes the known one that it was meant to be."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.matching.features import stem

SHORTEST = 4
"""Shorter words are too many one letter apart."""
_TWO_SLIPS = 8
_WORD = re.compile(r"[a-z]+")


class Spelling:
    """Knows the words of the phrasings.

    Args:
        texts: canonical texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts if not text.isdigit() for word in _WORD.findall(text))
        self._counts = counts
        self._stems = {stem(word) for word in counts}
        self._by_first: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(counts):
            if len(word) >= SHORTEST:
                self._by_first[word[0]].append(word)

    def knows(self, word: str) -> bool:
        """Whether a phrasing has the word, in any of its forms."""
        return word in self._counts or stem(word) in self._stems

    def correct(self, canonical: str) -> str:
        """The text with each unknown word replaced by the known one nearest to it, where one is near enough.

        One slip (a letter too few, too many, another, or two swapped) is forgiven from four letters on, two from eight on,
        none in the first letter; of words equally near the more frequent one is taken.
        """
        if canonical.isascii() or _WORD.search(canonical):
            return _WORD.sub(lambda found: self._nearest(found.group()), canonical)
        return canonical

    def _nearest(self, word: str) -> str:
        if len(word) < SHORTEST or len(word) > 40 or self.knows(word):
            return word
        slips = 1 if len(word) < _TWO_SLIPS else 2
        others = self._by_first.get(word[0], [])
        distances = process.cdist([word], others, scorer=OSA.distance, score_cutoff=slips, dtype=np.uint8)
        near = [
            (int(distances[0, at]), -self._counts[others[at]], others[at])
            for at in (distances[0] <= slips).nonzero()[0]
        ]
        return min(near)[2] if near else word
