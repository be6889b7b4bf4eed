"""What buttons carry: at most 64 bytes, readable for ever, so that a button of last year still works or says it is old."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.knowledge import UNKNOWN, Knowledge

LIMIT = 64

Action = Literal["choice", "article", "feedback", "language", "card", "picture"]
_PREFIX: dict[Action, str] = {
    "choice": "c",
    "article": "a",
    "feedback": "f",
    "language": "l",
    "card": "g",
    "picture": "p",
}
_ACTION = {prefix: action for action, prefix in _PREFIX.items()}
_HASHED = "h"
_SHORT = "~"
"""Begins the short form of a case: so many characters for each of its details."""
_SHORT_LENGTH = 3
_DIGEST = "#"
_DIGITS = 18


@dataclass(frozen=True)
class Press:
    """What a button means.

    Attributes:
        action: what kind of thing it does.
        value: a choice's path, `statute/number`, `verdict/question`, a language, or an entry and a case as `case_value` writes it.
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
        self._knowledge = knowledge
        self._paths = {_digest(path): path for path in _long_paths(knowledge)}

    def write(self, action: Action, value: str) -> str:
        """What the button carries."""
        data = f"{_PREFIX[action]}:{value}"
        return data if len(data.encode()) <= LIMIT else f"{_HASHED}:{_digest(value)}"

    def write_card(self, question: int, value: str) -> str:
        """What a button under a question's card carries; a long path is carried as its digest."""
        data = f"{_PREFIX['card']}:{question}/{value}"
        return data if len(data.encode()) <= LIMIT else f"{_PREFIX['card']}:{question}/{_DIGEST}{_digest(value)}"

    def write_picture(self, entry_id: str, details: Mapping[str, str]) -> str:
        """What the button to the picture of an entry's papers carries.

        A case that is too long is told in three characters a detail. What does not fit even so is left out, the last first:
        the picture then shows all cases of that detail, which is less, and not wrong.
        """
        data = f"{_PREFIX['picture']}:{case_value(entry_id, details)}"
        if len(data.encode()) <= LIMIT:
            return data
        begun = f"{_PREFIX['picture']}:{entry_id}/{_SHORT}"
        told = self._short_forms(entry_id)
        shorts = [short for short, pair in told.items() if pair in details.items()]
        return begun + "".join(shorts[: (LIMIT - len(begun)) // _SHORT_LENGTH])

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
        if action == "picture":
            entry_id, _, case = value.partition("/")
            if case.startswith(_SHORT):
                return self._read_short(entry_id, case.removeprefix(_SHORT))
        return Press(action, value) if action else None

    def _read_card(self, data: str) -> Press | None:
        press = card_of(data)
        if press is None or not press.value.startswith(_DIGEST):
            return press
        path = self._paths.get(press.value.removeprefix(_DIGEST))
        return replace(press, value=path) if path else None

    def _read_short(self, entry_id: str, told: str) -> Press | None:
        known = self._short_forms(entry_id)
        shorts = [told[at : at + _SHORT_LENGTH] for at in range(0, len(told), _SHORT_LENGTH)]
        if not all(short in known for short in shorts):
            return None
        return Press("picture", case_value(entry_id, dict(known[short] for short in shorts)))

    def _short_forms(self, entry_id: str) -> Mapping[str, tuple[str, str]]:
        """Three characters to the detail and option that they stand for; those that would stand for two are left out."""
        entry = self._knowledge.entries.get(entry_id)
        pairs = [(detail.id, option.id) for detail in (entry and entry.details) or () for option in detail.options]
        shorts = [_short(f"{entry_id}/{detail}/{option}") for detail, option in pairs]
        return {short: pair for short, pair in zip(shorts, pairs, strict=True) if shorts.count(short) == 1}


def card_of(data: str) -> Press | None:
    """What a button under a card carries, a long path still as its digest; None where it is no such button."""
    prefix, _, said = data.partition(":")
    number, _, value = said.partition("/")
    if prefix != _PREFIX["card"] or not number.isdecimal() or len(number) > _DIGITS or not value:
        return None
    return Press("card", value, int(number))


def case_value(entry_id: str, details: Mapping[str, str]) -> str:
    """An entry and a case as a picture's button names them: `entry/detail=option,…`."""
    return f"{entry_id}/{','.join(f'{detail}={option}' for detail, option in details.items())}"


def case_of(value: str) -> tuple[str, dict[str, str]]:
    """The entry and the details that `case_value` wrote; what makes no sense names no entry or no detail that there is."""
    entry_id, _, case = value.partition("/")
    pairs = (part.partition("=") for part in case.split(",") if part)
    return entry_id, {detail: option for detail, _, option in pairs}


def _short(path: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(path.encode()).digest())[:_SHORT_LENGTH].decode()


def _digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()[:16]


def _long_paths(knowledge: Knowledge) -> Iterator[str]:
    for entry in knowledge.entries.values():
        for detail in entry.details or ():
            for option in (*(option.id for option in detail.options), UNKNOWN):
                path = f"{entry.id}/{detail.id}/{option}"
                if len(path) + len("g:/") + _DIGITS > LIMIT:
                    yield path
