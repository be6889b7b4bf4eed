"""Redaction of a text: all that was found, masked in one pass."""

from __future__ import annotations

import re

from bot.privacy import addresses, names, numbers
from bot.privacy.marks import Span, mark

_HAN = re.compile(r"[\u3400-\u9fff]")


def redact(text: str) -> str:
    """The text with identity, phone, card and other long numbers, e-mail addresses, names and house addresses masked.

    Each mask is as long in UTF-16 units as what it covers, and says what that was where there is room. What a question needs
    stays: years, dates, amounts, ages, hotlines and articles.
    """
    found = [*addresses.email_spans(text), *numbers.spans(text), *names.spans(text), *addresses.spans(text)]
    if not found:
        return text
    chinese = bool(_HAN.search(text))
    pieces, done = [], 0
    for span in _merged(found):
        pieces += [text[done : span.start], mark(text[span.start : span.end], span.kind, chinese)]
        done = span.end
    return "".join([*pieces, text[done:]])


def _merged(found: list[Span]) -> list[Span]:
    """Spans that overlap as one, which is called what begins first."""
    merged: list[Span] = []
    for span in sorted(found, key=lambda span: (span.start, -span.end)):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Span(last.start, max(last.end, span.end), last.kind)
        else:
            merged.append(span)
    return merged
