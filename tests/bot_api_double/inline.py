"""The shapes of inline query results."""

from __future__ import annotations

from . import checks as c
from . import objects
from .errors import JsonObject, Malformed

RESULT_LIMIT = 50

# The fields each kind of result cannot do without; a kind may have several sets (new or cached).
_REQUIRED: dict[str, list[tuple[str, ...]]] = {
    "photo": [("photo_url", "thumbnail_url"), ("photo_file_id",)],
    "gif": [("gif_url", "thumbnail_url"), ("gif_file_id",)],
    "mpeg4_gif": [("mpeg4_url", "thumbnail_url"), ("mpeg4_file_id",)],
    "video": [
        ("video_url", "mime_type", "thumbnail_url", "title"),
        ("video_file_id", "title"),
    ],
    "audio": [("audio_url", "title"), ("audio_file_id",)],
    "voice": [("voice_url", "title"), ("voice_file_id", "title")],
    "document": [("title", "document_url", "mime_type"), ("title", "document_file_id")],
    "sticker": [("sticker_file_id",)],
    "location": [("latitude", "longitude", "title")],
    "venue": [("latitude", "longitude", "title", "address")],
    "contact": [("phone_number", "first_name")],
    "game": [("game_short_name",)],
}

_result_id = c.string(1, 64, octets=True, description="RESULT_ID_INVALID")

text_content = c.shape(
    {"message_text": c.string(1)},
    {
        "parse_mode": c.string(),
        "entities": objects.entities,
        "link_preview_options": objects.link_preview_options,
    },
)

_article = c.shape(
    {
        "type": c.string(),
        "id": _result_id,
        "title": c.string(1),
        "input_message_content": lambda value: content(value),
    },
    {
        "reply_markup": objects.inline_keyboard,
        "url": c.string(),
        "description": c.string(),
        "thumbnail_url": c.string(),
        "thumbnail_width": c.integer(0),
        "thumbnail_height": c.integer(0),
    },
)

button = c.shape(
    {"text": c.string(1)},
    {
        "web_app": objects.web_app,
        "start_parameter": c.string(1, 64, pattern=r"[A-Za-z0-9_-]*"),
    },
)


def content(value: object) -> object:
    """What is sent when the user picks a result; only text is checked field by field."""
    if isinstance(value, dict) and "message_text" not in value:
        if {"latitude", "longitude"} <= value.keys() or {
            "phone_number",
            "first_name",
        } <= value.keys():
            return value
        if "payload" in value or "rich_message" in value:
            return value
    return text_content(value)


def result(value: object) -> JsonObject:
    """One result of an inline query."""
    if not isinstance(value, dict):
        raise Malformed("an object expected")
    kind = value.get("type")
    if kind == "article":
        checked: JsonObject = _article(value)
        return checked
    if not isinstance(kind, str) or kind not in _REQUIRED:
        raise Malformed(f"unknown type {kind!r}", None, "type")
    if "id" not in value:
        raise Malformed("missing", None, "id")
    try:
        _result_id(value["id"])
    except Malformed as error:
        raise error.inside("id") from None
    if not any(all(name in value for name in names) for names in _REQUIRED[kind]):
        needed = " or ".join(", ".join(names) for names in _REQUIRED[kind])
        raise Malformed(f"a result of type {kind} needs {needed}")
    if "reply_markup" in value:
        objects.inline_keyboard(value["reply_markup"])
    if "input_message_content" in value:
        content(value["input_message_content"])
    return value


_results = c.listing(result, high=RESULT_LIMIT, description="RESULTS_TOO_MUCH")


def results(value: object) -> list[JsonObject]:
    """All the results of an answer, each with an id of its own."""
    checked: list[JsonObject] = _results(value)
    seen: set[str] = set()
    for index, item in enumerate(checked):
        if item["id"] in seen:
            raise Malformed(f"{item['id']!r} is used twice", "RESULT_ID_DUPLICATE", f"[{index}].id")
        seen.add(item["id"])
    return checked
