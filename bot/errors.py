"""The family of errors that a person may see.

    ShebaoError
    ├── SettingsError     an environment variable is wrong                 exit code 2
    ├── UsageError        a command was given something it cannot use      exit code 2
    ├── KnowledgeCheckError   the review of the knowledge found errors     exit code 1
    ├── KnowledgeError    the knowledge files are wrong (all problems)     exit code 1
    ├── StorageError      the database cannot be opened or written         exit code 1
    └── ChannelError      a channel cannot work (a refused bot token …)    exit code 1

Each message says what is wrong, where (file:line, variable, field) and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ShebaoError(Exception):
    """Base of all errors whose message is written for a person."""

    exit_code = 1


class SettingsError(ShebaoError):
    """An environment variable holds something that it must not hold."""

    exit_code = 2


class UsageError(ShebaoError):
    """A command was given an argument that it cannot use."""

    exit_code = 2


class StorageError(ShebaoError):
    """The database cannot be opened, read or written."""


class ChannelError(ShebaoError):
    """A channel cannot do its work."""


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a knowledge file.

    Attributes:
        file: the file's name, as the editor knows it.
        line: counted from 1; 0 where the file as a whole is meant.
        message: what is wrong and what to do.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class KnowledgeCheckError(ShebaoError):
    """The knowledge loads, but its review found errors."""


class KnowledgeError(ShebaoError):
    """The knowledge files are wrong; `problems` holds every mistake found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = [f"The knowledge files have {count} {noun}:", *map(str, self.problems)]
        super().__init__("\n".join(lines))
