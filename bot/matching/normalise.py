"""One written form for texts that a reader would call the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

MAX_CHARACTERS = 4096
"""What lies beyond is not read: the length of one Telegram message."""

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TRADITIONAL_OR_NOT = re.compile(f"[{_HAN}]")
_NOT_WORD = re.compile(r"[^\w']+|_+")
_LONE_QUOTE = re.compile(r"(?<!\w)'+|'+(?!\w)")
_REPEATED = re.compile(r"([^\W\d])\1{3,}")


@lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Fold width, case, script (Traditional to Simplified Chinese) and punctuation; drop what cannot be seen.

    Returns words separated by single spaces; at most `MAX_CHARACTERS` characters of the text are read.
    """
    text = text[:MAX_CHARACTERS]
    text = unicodedata.normalize("NFKC", text).replace("’", "'")[:MAX_CHARACTERS]
    # Lone surrogates, zero-width and bidi marks, controls: nobody types them on purpose.
    text = "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c)[0] != "C")
    text = text.casefold()
    if _TRADITIONAL_OR_NOT.search(text):
        text = _to_simplified().convert(text)
    text = _REPEATED.sub(r"\1\1", text)
    text = _NOT_WORD.sub(" ", text)
    return _LONE_QUOTE.sub(" ", text).strip()
