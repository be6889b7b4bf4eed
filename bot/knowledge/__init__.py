"""What the bot knows: entries, statutes and sources, read strictly from the YAML files."""

from bot.knowledge.loader import load
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
from bot.knowledge.schema import schemas
from bot.knowledge.snapshot import load_kept

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
