"""`shebao check`: what an editor wants to know beyond "it loads"."""

from __future__ import annotations

from pathlib import Path

from bot.errors import KnowledgeError, Problem
from bot.knowledge.loader import FAQ, load
from bot.knowledge.models import Entry, Knowledge
from bot.knowledge.yaml_source import read

SCRIPT_CHARACTERS = 120
MIN_PHRASINGS = {"zh": 15, "en": 8}


def check(folder: Path) -> str:
    """Check the knowledge files of a folder; returns a summary of what they hold.

    Raises:
        KnowledgeError: with every problem.
    """
    knowledge = load(folder)
    source, _ = read(folder / FAQ)
    problems = [
        Problem(FAQ, source.line((index, *path)) if source else 0, message)
        for index, entry in enumerate(knowledge.entries.values())
        for path, message in _flaws(entry)
    ]
    if problems:
        raise KnowledgeError(problems)
    return _summary(knowledge)


def _flaws(entry: Entry) -> list[tuple[tuple[str, ...], str]]:
    flaws: list[tuple[tuple[str, ...], str]] = []
    if len(entry.script.zh) > SCRIPT_CHARACTERS:
        message = f"the script of `{entry.id}` has {len(entry.script.zh)} characters: cut it to {SCRIPT_CHARACTERS}"
        flaws.append((("script", "zh"), message))
    for language, least in MIN_PHRASINGS.items():
        count = len(getattr(entry.phrasings, language))
        if count < least:
            flaws.append(
                (
                    ("phrasings", language),
                    f"`{entry.id}` has {count} phrasings in {language}: at least {least} are needed",
                )
            )
    for detail in entry.details or ():
        for option in detail.options:
            used = any(option.id in conditional.when.get(detail.id, ()) for conditional in entry.conditionals())
            if not used and option.entry is None:
                message = f"the option `{option.id}` of `{detail.id}` changes nothing in `{entry.id}`: use it in a `when`, or remove it"
                flaws.append((("details",), message))
    return flaws


def _summary(knowledge: Knowledge) -> str:
    entries = list(knowledge.entries.values())
    rows = [
        ("entries", len(entries)),
        ("phrasings in Chinese", sum(len(entry.phrasings.zh) for entry in entries)),
        ("phrasings in English", sum(len(entry.phrasings.en) for entry in entries)),
        ("details", sum(len(entry.details or ()) for entry in entries)),
        *((f"articles of {statute.title.en}", len(statute.articles)) for statute in knowledge.statutes.values()),
        ("sources", len(knowledge.sources)),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {count:>5}" for name, count in rows]
    return "\n".join([*lines, f"revision {knowledge.revision}: no problems"])
