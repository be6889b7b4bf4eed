"""What a review says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import Problem
from bot.knowledge import Entry, Knowledge
from bot.knowledge.files import FAQ
from bot.knowledge.yaml_source import YamlSource

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something that an editor should look at.

    Attributes:
        level: "error": must be mended before it is published; "warning": worth a look.
        problem: where, what, and what to do.
    """

    level: Level
    problem: Problem


@dataclass(frozen=True)
class Result:
    """What one check came to.

    Attributes:
        name: what was checked.
        tested: how many things.
        findings: what was found.
    """

    name: str
    tested: int
    findings: tuple[Finding, ...]

    def count(self, level: Level) -> int:
        """How many findings of a level."""
        return sum(finding.level == level for finding in self.findings)


@dataclass(frozen=True)
class Subject:
    """The knowledge under review, with the file it was read from."""

    knowledge: Knowledge
    faq: YamlSource

    @property
    def entries(self) -> list[Entry]:
        """In file order."""
        return list(self.knowledge.entries.values())

    def finding(self, level: Level, entry: int, path: Sequence[int | str], message: str) -> Finding:
        """A finding about a part of the entry with that place in the file."""
        return Finding(level, Problem(FAQ, self.faq.line((entry, *path)), message))
