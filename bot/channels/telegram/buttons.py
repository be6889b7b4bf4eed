"""What buttons carry: at most 64 bytes, readable for ever, so that a button of last year still works or says it is old."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge import UNKNOWN, Knowledge

LIMIT = 64

Action = Literal["choice", "article", "feedback", "language", "card"]
_PREFIX: dict[Action, str] = {"choice": "c", "article": "a", "feedback": "f", "language": "l", "card": "g"}
_ACTION = {prefix: action for action, prefix in _PREFIX.items()}
_HASHED = "h"
_DIGEST = "#"
_DIGITS = 18


@dataclass(frozen=True)
class Press:
    """What a button means.

    Attributes:
        action: what kind of thing it does.
        value: a choice's path, `statute/number`, `verdict/question`, or a language.
        question: of a card the number of its question.
    """

    action: Action
    value: str
    question: int = 0


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

    def write_card(self, question: int, value: str) -> str:
        """What a button under a question's card carries; a long path is carried as its digest."""
        data = f"{_PREFIX['card']}:{question}/{value}"
        return data if len(data.encode()) <= LIMIT else f"{_PREFIX['card']}:{question}/{_DIGEST}{_digest(value)}"

    def read(self, data: str) -> Press | None:
        """What a button means; None where nobody knows any more."""
        prefix, colon, value = data.partition(":")
        if not colon or not value:
            return None
        if prefix == _HASHED:
            path = self._paths.get(value)
            return Press("choice", path) if path else None
        action = _ACTION.get(prefix)
        if action == "card":
            return self._read_card(data)
        return Press(action, value) if action else None

    def _read_card(self, data: str) -> Press | None:
        press = card_of(data)
        if press is None or not press.value.startswith(_DIGEST):
            return press
        path = self._paths.get(press.value.removeprefix(_DIGEST))
        return replace(press, value=path) if path else None


def card_of(data: str) -> Press | None:
    """What a button under a card carries, a long path still as its digest; None where it is no such button."""
    prefix, _, said = data.partition(":")
    number, _, value = said.partition("/")
    if prefix != _PREFIX["card"] or not number.isdecimal() or len(number) > _DIGITS or not value:
        return None
    return Press("card", value, int(number))


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def _long_paths(knowledge: Knowledge) -> Iterator[str]:
    for entry in knowledge.entries.values():
        for detail in entry.details or ():
            for option in (*(option.id for option in detail.options), UNKNOWN):
                path = f"{entry.id}/{detail.id}/{option}"
                if len(path) + len("g:/") + _DIGITS > LIMIT:
                    yield path
