"""Which details an answer depends on: what would change nothing is not asked for."""

from __future__ import annotations

from collections.abc import Mapping

from bot.knowledge import UNKNOWN, Detail, Entry


def matters(entry: Entry, detail: Detail, details: Mapping[str, str]) -> bool:
    """Whether the answer depends on a detail, given the others."""
    if any(option.entry for option in detail.options):
        return True
    return any(
        detail.id in conditional.when
        and all(
            details.get(name, UNKNOWN) in (UNKNOWN, *options)
            for name, options in conditional.when.items()
            if name != detail.id
        )
        for conditional in entry.conditionals()
    )
