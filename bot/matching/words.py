"""Cutting Chinese into words with jieba, without paying for jieba's dictionary at each start.

jieba's own dictionary has 350,000 words and takes half a second and 60 MB to load. A matcher can only use the words that
occur in the texts it is built from, so those few thousand are picked out once and kept in a small file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import jieba

from bot.matching.cache import load_counts, save_counts

MAX_WORD = 6
"""Longer dictionary words are rare, and their parts serve as well."""
_DOMAIN_FREQUENCY = 5000


class Segmenter:
    """Cuts runs of Chinese characters into words.

    Args:
        texts: normalised texts; only dictionary words that occur in them are known.
        domain_words: words of the field, beside the general dictionary.
        cache: folder for the small dictionary; None: build it anew.
    """

    def __init__(self, texts: Iterable[str], domain_words: Iterable[str] = (), cache: Path | None = None) -> None:
        pieces = _pieces(texts)
        domain = sorted(set(domain_words))
        key = hashlib.sha256("\0".join([version("jieba"), *sorted(pieces), "", *domain]).encode()).hexdigest()[:16]
        path = cache / f"words-{key}.json" if cache is not None else None
        frequencies = load_counts(path) if path else None
        if frequencies is None:
            frequencies = _pick(pieces, Path(jieba.__file__).with_name("dict.txt"))
            for word in domain:
                frequencies[word] = _DOMAIN_FREQUENCY
            if path:
                save_counts(path, frequencies)
        self._tokenizer = jieba.Tokenizer()
        self._tokenizer.FREQ = _with_prefixes(frequencies)
        self._tokenizer.total = sum(frequencies.values()) or 1
        self._tokenizer.initialized = True

    def cut(self, run: str) -> list[str]:
        """The words of a run of Chinese characters, in order."""
        return list(self._tokenizer.cut(run, HMM=False))


def _pieces(texts: Iterable[str]) -> set[str]:
    """All stretches of two to `MAX_WORD` characters."""
    pieces: set[str] = set()
    for text in texts:
        for run in text.split():
            if not run.isascii():
                for size in range(2, MAX_WORD + 1):
                    pieces.update(run[i : i + size] for i in range(len(run) - size + 1))
    return pieces


def _pick(pieces: set[str], dictionary: Path) -> dict[str, int]:
    frequencies = {}
    with dictionary.open(encoding="utf-8") as lines:
        for line in lines:
            word, frequency, _ = line.split(" ", 2)
            if word in pieces:
                frequencies[word] = int(frequency)
    return frequencies


def _with_prefixes(frequencies: dict[str, int]) -> dict[str, int]:
    """jieba's form: every beginning of a word is a key too, with 0 where it is no word itself."""
    result = dict(frequencies)
    for word in frequencies:
        for end in range(1, len(word)):
            result.setdefault(word[:end], 0)
    return result
