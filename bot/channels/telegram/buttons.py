"""What buttons carry: at most 64 bytes, readable for ever, so that a button of last year still works or says it is old."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.knowledge import UNKNOWN, Knowledge

LIMIT = 64

Action = Literal["choice", "article", "feedback", "language"]
_PREFIX: dict[Action, str] = {"choice": "c", "article": "a", "feedback": "f", "language": "l"}
_ACTION = {prefix: action for action, prefix in _PREFIX.items()}
_HASHED = "h"


@dataclass(frozen=True)
class Press:
    """What a button means.

    Attributes:
        action: what kind of thing it does.
        value: a choice's path, `statute/number`, `verdict/question`, or a language.
    """

    action: Action
    value: str


class Buttons:
    """Writes and reads what buttons carry.

    Args:
        knowledge: paths that are too long for a button are carried as a digest and found again here.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._paths = {_digest(path): path for path in _long_paths(knowledge)}

    def write(self, action: Action, value: str) -> str:
        """What the button carries."""
        data = f"{_PREFIX[action]}:{value}"
        return data if len(data.encode()) <= LIMIT else f"{_HASHED}:{_digest(value)}"

    def read(self, data: str) -> Press | None:
        """What a button means; None where nobody knows any more."""
        prefix, colon, value = data.partition(":")
        if not colon or not value:
            return None
        if prefix == _HASHED:
            path = self._paths.get(value)
            return Press("choice", path) if path else None
        action = _ACTION.get(prefix)
        return Press(action, value) if action else None


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def _long_paths(knowledge: Knowledge) -> Iterator[str]:
    for entry in knowledge.entries.values():
        for detail in entry.details or ():
            for option in (*(option.id for option in detail.options), UNKNOWN):
                path = f"{entry.id}/{detail.id}/{option}"
                if len(path) + 2 > LIMIT:
                    yield path
