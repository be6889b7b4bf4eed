"""The machine interfaces: JSON lines in, JSON lines out. A malformed line spoils no other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from bot.answers import plain
from bot.dialogue import Assistant, Conversation, Reply, Utterance, aspect_of, state_of
from bot.language import Language

MAX_SESSIONS = 100_000
"""So many conversations are kept; the one that was silent longest goes first."""


class LineError(ValueError):
    """What is wrong with a line, in words for whoever wrote it."""


def match_lines(assistant: Assistant, lines: Iterable[str]) -> Iterator[str]:
    """For each line `{"text": …}` what is asked for: decision, candidates, details and aspect."""
    for line in lines:
        if not line.strip():
            continue
        try:
            yield _dump(_match(assistant, _text(_read(line))))
        except LineError as error:
            yield _dump({"error": str(error)})


def _match(assistant: Assistant, text: str) -> dict[str, Any]:
    question = assistant.understand(text)
    details = assistant.stated(question.candidates[0].entry_id, text) if question.decision != "none" else {}
    return {
        "text": text,
        "decision": question.decision,
        "candidates": [{"entry_id": c.entry_id, "confidence": round(c.confidence, 4)} for c in question.candidates],
        "details": dict(details),
        "aspect": aspect_of(text),
    }


def chat_lines(assistant: Assistant, lines: Iterable[str]) -> Iterator[str]:
    """For each line `{"session": …, "text": …}` (or `"choice"`) what is said; sessions may interleave."""
    sessions: dict[str, Conversation] = {}
    for line in lines:
        if not line.strip():
            continue
        try:
            data = _read(line)
            session, utterance = _session(data), _utterance(data)
        except LineError as error:
            yield _dump({"error": str(error)})
            continue
        key = _dump(session)
        conversation = sessions.pop(key, Conversation())
        after, replies = assistant.respond(conversation, utterance, datetime.now(UTC))
        sessions[key] = after
        if len(sessions) > MAX_SESSIONS:
            del sessions[next(iter(sessions))]
        yield _dump(_turn(session, after, replies))


def _turn(session: object, after: Conversation, replies: tuple[Reply, ...]) -> dict[str, Any]:
    state = state_of(after, replies)
    articles: list[int] = []
    for reply in replies:
        if reply.answer:
            articles += reply.answer.articles
        elif reply.quote and reply.quote.statute == "law":
            articles.append(reply.quote.number)
    about = any(reply.answer for reply in replies) or state == "asking"
    return {
        "session": session,
        "replies": [_reply(reply, after.language) for reply in replies],
        "entry_id": after.entry_id if about else None,
        "details": dict(after.details) if about else {},
        "articles": articles,
        "state": state,
    }


def _reply(reply: Reply, language: Language) -> dict[str, Any]:
    text = reply.text
    if reply.answer:
        text = plain.render(reply.answer, language)
    elif reply.quote:
        text = plain.render_article(reply.quote, language)
    return {"text": text, "choices": [{"id": choice.id, "label": choice.label} for choice in reply.choices]}


def _read(line: str) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError('this line is not JSON: write one object a line, like {"text": "…"}') from None
    if not isinstance(data, dict):
        raise LineError('this line is no JSON object: write one like {"text": "…"}')
    return data


def _text(data: dict[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str):
        raise LineError('"text" must be there and be a string')
    return text


def _session(data: dict[str, Any]) -> str | int:
    session = data.get("session")
    if not isinstance(session, str | int) or isinstance(session, bool):
        raise LineError('"session" must be there and be a string or a whole number')
    return session


def _utterance(data: dict[str, Any]) -> Utterance:
    choice = data.get("choice")
    if choice is None:
        return Utterance(_text(data))
    if not isinstance(choice, str):
        raise LineError('"choice" must be a string: the id of an option or of an entry')
    return Utterance(choice=choice)


def _dump(data: object) -> str:
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(data)  # a lone surrogate goes out escaped, as it came in
    return text
