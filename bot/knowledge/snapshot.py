"""Knowledge that was read and found without a mistake, kept in the form that is quickest to read again."""

from __future__ import annotations

from pathlib import Path

import pydantic

from bot import kept
from bot.knowledge.files import FILES
from bot.knowledge.models import Elsewhere, Entry, Knowledge, Model, Source, Statute, Synonyms


class Snapshot(Model):
    """All parts of a `Knowledge`."""

    entries: tuple[Entry, ...]
    statutes: tuple[Statute, ...]
    sources: tuple[Source, ...]
    synonyms: Synonyms
    elsewhere: Elsewhere
    revision: str


def load_kept(folder: Path, cache: Path) -> Knowledge:
    """What `load` reads, from the cache where the same files were read before.

    Args:
        folder: holds the knowledge files.
        cache: holds what was made of them; may always be thrown away.

    Raises:
        KnowledgeError: as `load` does; what has a mistake is never kept.
    """
    path = cache / _name(folder)
    try:
        found = Snapshot.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        # What reads YAML takes 25 ms to import, and a start that finds the knowledge kept reads none.
        from bot.knowledge.loader import load

        knowledge = load(folder)
        if path.name == _name(folder):  # else somebody is writing the files just now
            kept.save(path, lambda file: file.write(_snapshot(knowledge).model_dump_json(by_alias=True).encode()))
        return knowledge
    return Knowledge(
        found.entries, found.statutes, found.sources, found.synonyms, found.elsewhere, revision=found.revision
    )


def _name(folder: Path) -> str:
    contents = [path.read_bytes() if (path := folder / name).is_file() else b"" for name in FILES]
    return kept.name("knowledge", "json", __file__, [f"pydantic {pydantic.VERSION}"], contents)


def _snapshot(knowledge: Knowledge) -> Snapshot:
    return Snapshot(
        entries=tuple(knowledge.entries.values()),
        statutes=tuple(knowledge.statutes.values()),
        sources=tuple(knowledge.sources.values()),
        synonyms=Synonyms(groups=knowledge.synonyms, words=knowledge.words),
        elsewhere=Elsewhere(zh=knowledge.elsewhere),
        revision=knowledge.revision,
    )
