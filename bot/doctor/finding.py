"""What a check found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.doctor import texts
from bot.language import CHINESE, Language, Text
from bot.log import safe

Grade = Literal["ok", "note", "wrong"]
_SIGN: dict[Grade, str] = {"ok": "✓", "note": "!", "wrong": "✗"}


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        check: a key of `texts.CHECKS`.
        grade: a note is worth knowing; what is wrong keeps the bot from working.
        text: what was found, and what to do.
    """

    check: str
    grade: Grade
    text: Text


def found(check: str, grade: Grade, text: Text, **values: object) -> Finding:
    """A finding, its text filled in; values are masked like lines of the log."""
    shown = {name: safe(" ".join(str(value).split())) for name, value in values.items()}
    filled = Text.model_construct(zh=text.zh.format(**shown), en=text.en.format(**shown))
    return Finding(check, grade, filled)


def render(findings: Sequence[Finding], language: Language) -> str:
    """The report, a line each, and the sum of it."""
    colon = "：" if language in CHINESE else ": "
    lines = [
        f"{_SIGN[finding.grade]} {texts.CHECKS[finding.check].of(language)}{colon}{finding.text.of(language)}"
        for finding in findings
    ]
    wrong = sum(finding.grade == "wrong" for finding in findings)
    last = texts.WRONG.of(language).format(count=wrong) if wrong else texts.ALL_WELL.of(language)
    return "\n".join([*lines, last])
