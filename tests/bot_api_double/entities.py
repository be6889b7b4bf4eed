"""Message text: UTF-16 lengths, trimming, and the entities Telegram finds by itself."""

from __future__ import annotations

import re

from .errors import JsonObject

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w.])(?P<email>[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/<>])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z0-9_]{3,32})(?![\w@])"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)",
)


def utf16_len(text: str) -> int:
    """The number of UTF-16 code units, the unit of entity offsets and lengths."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def utf16_slice(text: str, offset: int, length: int) -> str:
    """The part of a text that an entity covers."""
    units = text.encode("utf-16-le")
    return units[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def detect(text: str) -> list[JsonObject]:
    """The entities Telegram sets in a text typed by a user (commands, mentions, links, …)."""
    found: list[JsonObject] = []
    for match in _FOUND.finditer(text):
        assert match.lastgroup is not None
        offset = utf16_len(text[: match.start()])
        length = utf16_len(match.group())
        found.append({"type": match.lastgroup, "offset": offset, "length": length})
    return found


def trim(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """The text as Telegram keeps it: no blanks around it, entities moved and cut accordingly.

    Leading blanks stay where an entity covers them, trailing ones always go.
    """
    kept = text.rstrip()
    first = min((entity["offset"] for entity in entities), default=utf16_len(kept))
    blanks = min(len(kept) - len(kept.lstrip()), first)
    kept = kept[blanks:]
    size = utf16_len(kept)
    moved: list[JsonObject] = []
    for entity in entities:
        start = entity["offset"] - blanks
        end = min(start + entity["length"], size)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return kept, moved
