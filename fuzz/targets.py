"""What is fuzzed: each target takes bytes, and raises where something is wrong."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bot.errors import KnowledgeError
from bot.knowledge import load
from bot.matching import normalise
from bot.privacy import redact

MOST_CHARACTERS = 4096
LIMIT_SECONDS = 0.05
SLOWDOWN = 20
"""Instrumented code runs so much slower, at worst; what exceeds even that is no longer linear."""
FILES = ("faq.yaml", "law_articles.yaml", "sources.yaml", "synonyms.yaml")
_SHELF = Path(tempfile.mkdtemp(prefix="shebao-fuzz-"))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")[:MOST_CHARACTERS]


def _in_time(began: float) -> None:
    took = time.process_time() - began
    if took > LIMIT_SECONDS * SLOWDOWN:
        raise AssertionError(f"took {took:.2f} s")


def _units(text: str) -> int:
    return sum(2 if character > "\uffff" else 1 for character in text)


def fuzz_redact(data: bytes) -> None:
    """Redaction keeps the length in UTF-16 units and finds nothing more the second time."""
    text = _text(data)
    began = time.process_time()
    clean = redact(text)
    _in_time(began)
    if _units(clean) != _units(text):
        raise AssertionError(f"the length changed: {text!r}")


def fuzz_normalise(data: bytes) -> None:
    """Normalised text is normal: the second time changes nothing that could grow."""
    text = _text(data)
    began = time.process_time()
    plain = normalise(text)
    _in_time(began)
    if "  " in plain or plain != plain.strip():
        raise AssertionError(f"blanks are left over: {text!r}")


def fuzz_yaml(data: bytes) -> None:
    """A knowledge file is read, or refused with its problems. The first byte says which file it is."""
    name = FILES[data[0] % len(FILES)] if data else FILES[0]
    for other in FILES:
        (_SHELF / other).write_bytes(data[1:] if other == name else b"[]\n")
    try:
        load(_SHELF)
    except KnowledgeError as error:
        if not error.problems:
            raise AssertionError("refused without a reason") from error


TARGETS: dict[str, Callable[[bytes], None]] = {"redact": fuzz_redact, "normalise": fuzz_normalise, "yaml": fuzz_yaml}
