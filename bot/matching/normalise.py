"""One written form for texts that a reader would call the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_CHARACTERS = 4096
"""What lies beyond is not read: the length of one Telegram message."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_CHINESE = re.compile(f"[{_HAN}]")
_NOT_WORD = re.compile(r"[^\w']+|_+")
_LONE_QUOTE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_REPEATED = re.compile(r"([^\W\d])\1{3,}")


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """One width, case and script (Traditional to Simplified Chinese), without what cannot be seen; punctuation stays.

    At most `MAX_CHARACTERS` characters of the text are read.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])[:MAX_CHARACTERS]
    # Lone surrogates, zero-width and bidi marks, controls: nobody types them on purpose.
    text = "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c)[0] != "C")
    text = text.casefold()
    return _to_simplified().convert(text) if _CHINESE.search(text) else text


def normalise(text: str) -> str:
    """The words of a text, folded, separated by single spaces; punctuation is gone."""
    text = fold(text).replace("’", "'")
    text = _REPEATED.sub(r"\1\1", text)
    text = _NOT_WORD.sub(" ", text)
    return _LONE_QUOTE.sub(" ", text).strip()
