"""What people said of the answers, as an editor reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from bot import wording
from bot.language import Language
from bot.storage import Judgement


def as_lines(judgements: Sequence[Judgement], language: Language) -> list[str]:
    """Each in a paragraph: when, from where, what; the question; the entry with its case; the note."""
    lines = [] if judgements else [wording.NO_FEEDBACK.of(language)]
    for each in judgements:
        when = datetime.fromtimestamp(each.given_at).astimezone().strftime("%Y-%m-%d %H:%M")
        case = "&".join(f"{name}={option}" for name, option in each.details.items())
        entry = f"{each.entry_id}?{case}" if case else each.entry_id or "–"
        verdict = wording.VERDICTS[each.verdict].of(language)
        lines.append(f"{when}  {each.by}  {verdict}  {entry}  {each.revision}".rstrip())
        lines += ["    " + " ".join(text.split()) for text in (each.question, each.note) if text]
    return lines


def as_json_lines(judgements: Sequence[Judgement]) -> Iterator[str]:
    """Each as a JSON object."""
    for each in judgements:
        yield json.dumps(asdict(each) | {"details": dict(each.details)}, ensure_ascii=False)
