"""Taking personal numbers out of texts before anything is stored or logged."""

from __future__ import annotations

import re
from typing import Any

MASK = "＊"
"""One for each character taken out, so that places in the text stay where they are."""

# Digits of any width, perhaps with single spaces or hyphens between them: an ID card, a bank card, a phone number.
_LONG_NUMBER = re.compile(r"(?<![\dA-Za-z])\+?(?:\d[\s\-—–·]?){6,29}[\dXxＸｘ](?![\dA-Za-z])")
_MIN_DIGITS = 7
_PERSONAL_KEYS = frozenset(
    {"first_name", "last_name", "username", "phone_number", "vcard", "title", "email", "author_signature", "bio"}
)
_TEXT_KEYS = frozenset({"text", "caption", "query"})


def redact(text: str) -> str:
    """The text with long numbers (ID, phone, card, account) masked; its length stays.

    Numbers of up to six digits stay: years, amounts, hotlines and articles.
    """
    return _LONG_NUMBER.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    number = found.group()
    if sum(character.isdecimal() for character in number) < _MIN_DIGITS:
        return number
    return "".join(MASK if character.isalnum() else character for character in number)


def scrub(update: Any) -> Any:
    """A received update without names and with its texts redacted, in the same shape."""
    if isinstance(update, list):
        return [scrub(part) for part in update]
    if not isinstance(update, dict):
        return update
    result = {}
    for key, value in update.items():
        if key in _PERSONAL_KEYS and isinstance(value, str):
            result[key] = ""
        elif key in _TEXT_KEYS and isinstance(value, str):
            result[key] = redact(value)
        else:
            result[key] = scrub(value)
    return result
