"""Checks a call against its method's signature, and the text it wants to send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import html
from .entities import trim, utf16_len
from .errors import JsonObject, Malformed, Rejection
from .objects import entities as check_entities
from .signatures import CAPTION_LIMIT, TEXT_LIMIT, Signature


@dataclass(frozen=True)
class Composed:
    """A text ready to be shown: plain, with its entities, and as the bot wrote it."""

    text: str
    source: str
    entities: list[JsonObject] = field(default_factory=list)


def check_call(signature: Signature, raw: JsonObject) -> tuple[JsonObject, list[str]]:
    """The decoded parameters of a call, and the names no such method has.

    Unknown names are only reported: the real server ignores them.
    """
    known = {**signature.required, **signature.optional}
    unknown = [f"{name}: unknown parameter" for name in raw if name not in known]
    params: JsonObject = {}
    for name, checker in known.items():
        value = raw.get(name)
        if value is None or (value == "" and name not in signature.required):
            if name in signature.required:
                raise Rejection(_missing(name), violation=f"{name}: missing")
            continue
        try:
            params[name] = checker(value)
        except Malformed as error:
            path = name if not error.path else _joined(name, error.path)
            description = error.description or f"can't parse {name}: {error.what}"
            raise Rejection(description, violation=f"{path}: {error.what}") from None
    return params, unknown


def compose(params: JsonObject, name: str = "text", entities_name: str = "entities") -> Composed:
    """The text a call sends, parsed as its parse_mode says and within the length allowed."""
    source: str = params.get(name, "")
    mode: str = params.get("parse_mode", "")
    given: list[JsonObject] | None = params.get(entities_name)
    if mode and given:
        raise Rejection(
            "can't use both parse_mode and entities",
            violation=f"parse_mode: given together with {entities_name}",
        )
    try:
        text, entities = source, list(given or [])
        if mode.lower() == "html":
            text, entities = html.parse(source)
        elif mode.lower() in {"markdown", "markdownv2"}:
            # Saying so beats passing text through whose formatting nobody has checked.
            violation = f"parse_mode: {mode} is not supported by this double"
            raise Rejection("unsupported parse_mode", violation=violation)
        elif mode:
            raise Rejection("unsupported parse_mode", violation=f"parse_mode: unknown mode {mode!r}")
    except html.HtmlError as error:
        raise Rejection(f"can't parse entities: {error}", violation=f"{name}: {error}") from None
    size = utf16_len(text)
    for entity in entities:
        if entity["offset"] + entity["length"] > size:
            raise Rejection("ENTITY_BOUNDS_INVALID", violation=f"{entities_name}: {entity} is outside")
    text, entities = trim(text, entities)
    caption = name == "caption"
    if not text and not caption:
        raise Rejection("message text is empty", violation=f"{name}: empty")
    limit = CAPTION_LIMIT if caption else TEXT_LIMIT
    if len(text) > limit:
        raise Rejection(
            "message caption is too long" if caption else "message is too long",
            violation=f"{name}: {len(text)} characters, allowed are {limit}",
        )
    return Composed(text, source, entities)


def check_contents(results: list[JsonObject]) -> None:
    """The texts inside inline query results, held to the same rules as messages."""
    for index, result in enumerate(results):
        content: Any = result.get("input_message_content")
        if isinstance(content, dict) and "message_text" in content:
            try:
                compose(content, "message_text")
            except Rejection as error:
                error.violation = f"results[{index}].input_message_content.{error.violation}"
                raise
        if "caption" in result:
            given = {
                **result,
                "caption_entities": check_entities(result.get("caption_entities", [])),
            }
            try:
                compose(given, "caption", "caption_entities")
            except Rejection as error:
                error.violation = f"results[{index}].{error.violation}"
                raise


def _missing(name: str) -> str:
    known = {
        "text": "message text is empty",
        "chat_id": "chat_id is empty",
        "message_id": "message identifier is not specified",
        "user_id": "invalid user_id specified",
        "commands": "can't parse commands",
    }
    return known.get(name, f'parameter "{name}" is required')


def _joined(name: str, path: str) -> str:
    return f"{name}{path}" if path.startswith("[") else f"{name}.{path}"
