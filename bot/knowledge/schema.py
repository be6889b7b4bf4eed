"""The JSON Schema of each knowledge file, so that an editor's YAML plug-in completes and checks while typing."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from bot.knowledge.models import Elsewhere, Entry, Source, Statutes, Synonyms

_FILES: dict[str, tuple[Any, str]] = {
    "faq": (tuple[Entry, ...], "The entries: questions that the bot answers"),
    "law_articles": (Statutes, "The statutes and their articles"),
    "sources": (tuple[Source, ...], "The documents that statements stand in"),
    "elsewhere": (Elsewhere, "Questions that look like ours and that no entry answers"),
    "synonyms": (Synonyms, "Words of one meaning, and words of the field"),
}


def schemas() -> dict[str, dict[str, Any]]:
    """JSON Schema (2020-12) by file name without its ending."""
    result = {}
    for name, (shape, title) in _FILES.items():
        schema = TypeAdapter(shape).json_schema()
        for definition in schema.get("$defs", {}).values():
            _allow_single_option(definition)
        result[name] = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return result


def _allow_single_option(definition: dict[str, Any]) -> None:
    """`when: {detail: option}` is short for a list of one: the models read it so, and the schema must say so."""
    when = definition.get("properties", {}).get("when", {})
    for name, listed in when.get("patternProperties", {}).items():
        when["patternProperties"][name] = {"anyOf": [listed["items"], listed]}
