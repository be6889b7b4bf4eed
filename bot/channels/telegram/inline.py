"""Inline queries (`@bot 社保卡丢了` in any chat): what was typed, and the answers to choose from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot import wording
from bot.answers import compose, telegram
from bot.channels.telegram.updates import device_language
from bot.dialogue import Assistant, Suggested, Suggestions
from bot.knowledge import Aspect
from bot.language import Language
from bot.privacy import blank

ASK = "ask"
"""What `/start` carries when somebody comes because nothing was found."""
RESULTS = 10
CACHE_SECONDS = 10
KEPT = 256
"""Answers that are kept as they are sent: each key typed asks for many of the same."""
DESCRIPTION_LIMIT = 120
"""Columns are few under a title; a client cuts what is longer."""
_LARGEST = 2**63


@dataclass(frozen=True)
class InlineQuery:
    """What somebody has typed so far.

    Attributes:
        id: Telegram's, by which it is answered.
        user: who types.
        text: without what tells who somebody is.
        more: whether results beyond the first are asked for.
        language: of the person's device.
    """

    id: str
    user: int
    text: str
    more: bool
    language: Language | None


def is_inline(payload: Mapping[str, Any]) -> bool:
    """Whether an update is an inline query, whatever its shape."""
    return "inline_query" in payload


def read_inline(payload: Mapping[str, Any]) -> InlineQuery | None:
    """The inline query of a scrubbed update; None where it is not of the shape that Telegram gives it."""
    part = payload.get("inline_query")
    person = part.get("from") if isinstance(part, dict) else None
    if not isinstance(part, dict) or not isinstance(person, dict):
        return None
    query_id, user, text = part.get("id"), person.get("id"), part.get("query")
    if not isinstance(query_id, str) or not query_id or not isinstance(text, str):
        return None
    if not isinstance(user, int) or isinstance(user, bool) or abs(user) >= _LARGEST:
        return None
    return InlineQuery(query_id, user, blank(text), bool(part.get("offset")), device_language(part))


class InlineResults:
    """Turns inline queries into parameters of `answerInlineQuery`.

    Args:
        assistant: understands questions.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._suggestions = Suggestions(assistant)
        self._rendered = lru_cache(maxsize=KEPT)(self._render)

    def answer(self, query: InlineQuery) -> dict[str, Any]:
        """The answer to an inline query: up to ten entries, or an offer to ask in private."""
        parameters: dict[str, Any] = {
            "inline_query_id": query.id,
            "results": [],
            "cache_time": CACHE_SECONDS,
            "is_personal": True,
        }
        if query.more:  # all there is was in the first answer
            return parameters
        found = self._suggestions.find(query.text, RESULTS, query.language)
        language = found.language or query.language or "zh"
        parameters["results"] = [self._result(each, found.aspect, language) for each in found.entries]
        if not found.entries:
            parameters["button"] = {"text": wording.INLINE_NOTHING.of(language), "start_parameter": ASK}
        return parameters

    def _result(self, suggested: Suggested, aspect: Aspect | None, language: Language) -> dict[str, Any]:
        details = tuple(sorted(suggested.details.items()))
        return dict(self._rendered(suggested.entry_id, details, aspect, language))

    def _render(
        self, entry_id: str, details: tuple[tuple[str, str], ...], aspect: Aspect | None, language: Language
    ) -> dict[str, Any]:
        knowledge = self._suggestions.knowledge
        answer = compose(knowledge, knowledge.entries[entry_id], dict(details), aspect)
        return {
            "type": "article",
            "id": entry_id,  # at most 48 letters, digits and hyphens; Telegram takes 64 bytes
            "title": answer.title.of(language),
            "description": _one_line(answer.summary.of(language)),
            "input_message_content": {
                "message_text": telegram.render_within(answer, language),
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            },
        }


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= DESCRIPTION_LIMIT else line[: DESCRIPTION_LIMIT - 1] + "…"
