"""How many years a text speaks of: "交了七年", "缴费一年半", "不满15年", "paid for 7 years"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.matching import fold
from bot.numerals import from_chinese

_ZH = re.compile(
    r"(?P<before>第|差|还差|不到|不满|未满|不足|没到|没满|少于|低于)?(?:了|够)?"
    r"(?<![0-9.])(?P<number>[0-9]{1,3}(?:\.[0-9])?|[一二两三四五六七八九十]{1,3}|半)\s*(?P<unit>年半|年|个月)(?P<more>多|以上|出头)?"
)
_WORDS = {word: number for number, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"]
)} | {"a": 1, "an": 1, "half a": 0.5, "twenty": 20, "thirty": 30}  # fmt: skip
_EN = re.compile(
    r"(?P<before>less than |under |not even |almost |nearly |over |more than )?"
    rf"(?<![\w.])(?P<number>[0-9]{{1,3}}(?:\.[0-9])?|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
    r"(?P<half> and a half)? ?(?P<unit>years?|yrs?|months?)\b"
)
_PAID = re.compile(r"[交缴]|参保|工龄|年限|工作|上班|\bpa(?:y|id|ying)\b|\bcontribut|\binsured\b|\bwork")
_NEAR = 8
_LIKELY = 60
_A_LITTLE = 0.1


@dataclass(frozen=True)
class _Span:
    """A number of years in a text; `paid` where words of paying or working stand next to it."""

    years: float
    paid: bool


def years_in(text: str) -> float | None:
    """The years that a text speaks of, those of paying or working before others; None where it names none, or several."""
    plain = fold(text)
    spans = [*_chinese(plain), *_english(plain)]
    for found in ({span.years for span in spans if span.paid}, {span.years for span in spans}):
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _chinese(text: str) -> Iterator[_Span]:
    for found in _ZH.finditer(text):
        before, said, unit = found.group("before") or "", found.group("number"), found.group("unit")
        whole = 0.5 if said == "半" else float(said) if said[0].isdecimal() else from_chinese(said)
        if before in {"第", "差", "还差"} or whole is None or whole > _LIKELY:
            continue  # the third year; two years short; the year 2024
        years = whole / 12 if unit == "个月" else whole + (0.5 if unit == "年半" else 0)
        yield _Span(_about(years, less=bool(before), more=found.group("more") in {"多", "出头"}), _near(text, found))


def _english(text: str) -> Iterator[_Span]:
    for found in _EN.finditer(text):
        said = found.group("number")
        whole = float(said) if said[0].isdecimal() else float(_WORDS[said])
        if whole > _LIKELY:
            continue
        years = whole / 12 if found.group("unit").startswith("month") else whole
        years += 0.5 if found.group("half") else 0
        before = (found.group("before") or "").strip()
        more = before in {"over", "more than"}
        yield _Span(_about(years, less=bool(before) and not more, more=more), _near(text, found))


def _about(years: float, less: bool, more: bool) -> float:
    """Slightly fewer for "not yet fifteen", slightly more for "over ten"."""
    return years - _A_LITTLE if less else years + _A_LITTLE if more else years


def _near(text: str, found: re.Match[str]) -> bool:
    return bool(_PAID.search(text[max(0, found.start() - _NEAR) : found.start()]))
