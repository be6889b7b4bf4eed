"""What the bot knows: entries, statutes and sources, read strictly from the YAML files."""

from typing import TYPE_CHECKING, Any

from bot.knowledge.models import (
    UNKNOWN,
    Article,
    Aspect,
    Citation,
    Conditional,
    Detail,
    Entry,
    Item,
    Knowledge,
    Option,
    Source,
    Statute,
    Topic,
)
from bot.knowledge.snapshot import load_kept

if TYPE_CHECKING:
    from bot.knowledge.loader import load
    from bot.knowledge.schema import schemas

__all__ = [
    "UNKNOWN",
    "Article",
    "Aspect",
    "Citation",
    "Conditional",
    "Detail",
    "Entry",
    "Item",
    "Knowledge",
    "Option",
    "Source",
    "Statute",
    "Topic",
    "load",
    "load_kept",
    "schemas",
]


def __getattr__(name: str) -> Any:
    # What reads YAML and writes schemas is imported where it is used: see `load_kept`.
    if name == "load":
        from bot.knowledge.loader import load

        return load
    if name == "schemas":
        from bot.knowledge.schema import schemas

        return schemas
    raise AttributeError(name)
