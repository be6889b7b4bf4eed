"""One written form for texts that a reader would call the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import opencc

MAX_CHARACTERS = 4096
"""What lies beyond is not read: the length of one Telegram message."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHINESE = re.compile(f"[{_HAN}]")
_NOT_WORD = re.compile(r"[^\w'\n]+|_+")
_LONE_QUOTE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_REPEATED = re.compile(r"([^\W\d])\1{3,}")
_LINE_ENDS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of many texts at once: they pass through each step as one text with a line each."""
    joined = "\n".join(_LINE_ENDS.sub(" ", text[:MAX_CHARACTERS]) for text in texts)
    if not joined.isascii():
        joined = unicodedata.normalize("NFKC", joined)
    if not joined.isprintable():
        # Lone surrogates, zero-width and bidi marks, controls: nobody types them on purpose.
        unseen = {ord(c): None for c in set(joined) if c not in "\t\n" and unicodedata.category(c)[0] == "C"}
        joined = joined.translate({**unseen, 9: " "})
    joined = joined.casefold()
    if _CHINESE.search(joined):
        joined = _to_simplified().convert(joined)
    return [text[:MAX_CHARACTERS] for text in joined.split("\n")] if texts else []


def fold(text: str) -> str:
    """One width, case and script (Traditional to Simplified Chinese), without what cannot be seen; punctuation stays.

    At most `MAX_CHARACTERS` characters of the text are read.
    """
    return _fold(text[:MAX_CHARACTERS])


def normalise_all(texts: Sequence[str]) -> list[str]:
    """`normalise` of many texts at once."""
    joined = "\n".join(fold_all(texts)).replace("’", "'")
    joined = _REPEATED.sub(r"\1\1", joined)
    joined = _NOT_WORD.sub(" ", joined)
    joined = _LONE_QUOTE.sub(" ", joined)
    while "  " in joined:  # where a quote stood between words
        joined = joined.replace("  ", " ")
    return [line.strip() for line in joined.split("\n")] if texts else []


def normalise(text: str) -> str:
    """The words of a text, folded, separated by single spaces; punctuation is gone."""
    return _normalise(text[:MAX_CHARACTERS])


# Whoever answers a question looks at it from several sides, each time in one of these forms.
@lru_cache(maxsize=64)
def _fold(text: str) -> str:
    return fold_all([text])[0]


@lru_cache(maxsize=64)
def _normalise(text: str) -> str:
    return normalise_all([text])[0]
