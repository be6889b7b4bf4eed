"""Scrubbing updates as they come in, before they are stored."""

from __future__ import annotations

import re
from typing import Any

from bot.privacy.redaction import redact

MAX_DEPTH = 40
"""Telegram nests half as deep at most; what lies deeper is dropped."""

_EMPTIED = frozenset(
    {
        "first_name", "last_name", "username", "phone_number", "vcard", "title", "email", "author_signature", "bio",
        "sender_user_name", "forward_sender_name", "forward_signature", "file_name", "performer", "address", "name", "birthdate",
    }
)  # fmt: skip
_ZEROED = frozenset({"latitude", "longitude"})
# Identifiers of Telegram's, which must stay as they are. All other strings are redacted, known to us or not.
_IDENTIFIERS = frozenset(
    {
        "id", "type", "data", "chat_instance", "inline_message_id", "file_id", "file_unique_id", "language_code", "media_group_id",
        "custom_emoji_id", "mime_type", "status", "set_name",
    }
)  # fmt: skip
_MOST_OF_AN_IDENTIFIER = 256
# What no database takes as text: NUL (PostgreSQL), half a surrogate pair (both).
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def scrub(update: Any, depth: int = 0) -> Any:
    """A received update without names and places, its texts redacted, in the same shape and storable anywhere."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(update, list):
        return [scrub(part, depth + 1) for part in update]
    if isinstance(update, dict):
        return {_storable(str(key)): _value(str(key), value, depth) for key, value in update.items()}
    if isinstance(update, str):
        return redact(_storable(update))
    return update


def _value(key: str, value: Any, depth: int) -> Any:
    if isinstance(value, str):
        if key in _EMPTIED:
            return ""
        if key in _IDENTIFIERS and len(value) <= _MOST_OF_AN_IDENTIFIER:
            return _storable(value)
    if key in _ZEROED and isinstance(value, int | float):
        return 0.0
    return scrub(value, depth + 1)


def _storable(said: str) -> str:
    return _UNSTORABLE.sub("\ufffd", said)
