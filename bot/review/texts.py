"""Texts: long enough and short enough, in the right language, and saying the same in both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.knowledge import Entry
from bot.language import Text
from bot.numerals import from_chinese
from bot.review.finding import Finding, Result, Subject

SCRIPT_CHARACTERS = 120
SCRIPT_WORDS = 90
MIN_PHRASINGS = {"zh": 15, "en": 8}
REVIEW_DAYS = 366
SECTIONS = ("conditions", "steps", "materials", "where", "how_long", "effects", "warnings")

Path = tuple[int | str, ...]

_CHINESE_UNIT = "个工作日|工作日|日|天|周岁|岁|年|个月|月|条|款|倍|小时|项|种|样"
_ZH_NUMBER = re.compile(
    rf"(?<![第一二两三四五六七八九十百])([一二两三四五六七八九十百]+)(?=(?:{_CHINESE_UNIT})(?!起))|第([一二三四五六七八九十百]+)[条款]"
)
_ZH_PER_MYRIAD = re.compile(r"万分之([一二三四五六七八九十]+)")
_EN_WORDS = {word: number for number, word in enumerate(
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]
)} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}  # fmt: skip
_EN_NUMBER = re.compile(
    rf"\b({'|'.join(_EN_WORDS)})(?:[- ](one|two|three|four|five|six|seven|eight|nine))?\b", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
# The numbers of documents, dates, ordinals and marks of lists: written differently in the two languages.
_REFERENCE = re.compile(
    r"〔\d{4}〕\s*\d+号|第?\d+号令?|No\. ?\d+(?: of \d{4})?|《[^》]*》|\(\d\)|[①-⑳]|\b\d+(?:st|nd|rd|th)\b|第[一二三四五六七八九十]+[届次]|"
    r"(?:\d{4}|[〇零一二三四五六七八九]{4})年(?:[\d一二三四五六七八九十]+月(?:[\d一二三四五六七八九十]+日)?)?|"
    r"(?:\d{1,2} )?(?:(?:January|February|March|April|May|June|July|August|September|October|November|December) )?\b(?:19|20)\d{2}\b"
)
_SMALL = 12
_TINY = 2
"""Digits up to this are as often words ("a year", "twice")."""


def texts_of(entry: Entry) -> Iterator[tuple[Path, Text]]:
    """All texts of an entry in both languages, with their places."""
    for name in ("title", "summary", "script"):
        yield (name,), getattr(entry, name)
    for index, detail in enumerate(entry.details or ()):
        yield ("details", index, "ask"), detail.ask
        for position, option in enumerate(detail.options):
            yield ("details", index, "options", position, "label"), option.label
    for section in SECTIONS:
        for index, item in enumerate(getattr(entry, section) or ()):
            yield (section, index, "text"), item.text
    for index, citation in enumerate(entry.cites):
        yield ("cites", index, "why"), citation.why


def completeness(subject: Subject) -> Result:
    """Enough phrasings, a script that can be read out, options that change something, steps and warnings."""
    findings: list[Finding] = []
    for number, entry in enumerate(subject.entries):
        for path, message in _lacks(entry):
            findings.append(subject.finding("error", number, path, message))
    return Result("entries complete", len(subject.entries), tuple(findings))


def _lacks(entry: Entry) -> Iterator[tuple[Path, str]]:
    if len(entry.script.zh) > SCRIPT_CHARACTERS:
        yield (
            ("script", "zh"),
            f"the script of `{entry.id}` has {len(entry.script.zh)} characters: cut it to {SCRIPT_CHARACTERS}",
        )
    if (words := len(entry.script.en.split())) > SCRIPT_WORDS:
        yield ("script", "en"), f"the script of `{entry.id}` has {words} words: cut it to {SCRIPT_WORDS}"
    for language, least in MIN_PHRASINGS.items():
        count = len(getattr(entry.phrasings, language))
        if count < least:
            yield (
                ("phrasings", language),
                f"`{entry.id}` has {count} phrasings in {language}: at least {least} are needed",
            )
    for section in ("steps", "warnings"):
        if not getattr(entry, section):
            yield ("id",), f"`{entry.id}` has no `{section}`: say what to do and what to mind"
    for index, detail in enumerate(entry.details or ()):
        for position, option in enumerate(detail.options):
            used = any(option.id in conditional.when.get(detail.id, ()) for conditional in entry.conditionals())
            if not used and option.entry is None:
                message = (
                    f"the option `{option.id}` of `{detail.id}` changes nothing: name it in a `when`, or remove it"
                )
                yield ("details", index, "options", position, "id"), message


def languages(subject: Subject) -> Result:
    """No English in Chinese, no Chinese in English, and the same numbers in both."""
    findings: list[Finding] = []
    tested = 0
    for number, entry in enumerate(subject.entries):
        for path, text in texts_of(entry):
            tested += 1
            if found := re.search(r"[A-Za-z]{2,}", text.zh):
                message = f"English in the Chinese text: “{found.group()}”: write it in Chinese"
                findings.append(subject.finding("error", number, (*path, "zh"), message))
            if found := re.search(r"[\u3400-\u9fff，。；：、（）《》]+", text.en):
                message = f"Chinese in the English text: “{found.group()}”: write it in English"
                findings.append(subject.finding("error", number, (*path, "en"), message))
            chinese, english = numbers(text)
            if chinese != english:
                message = f"the languages differ in their numbers: {_list(chinese)} only in Chinese, {_list(english)} only in English"
                findings.append(subject.finding("error", number, path, f"{message}: say the same in both"))
    return Result("texts the same in both languages", tested, tuple(findings))


def numbers(text: Text) -> tuple[set[float], set[float]]:
    """The numbers that one language of a text names and the other does not: Chinese only, English only.

    References to documents and dates are left out. Small numbers in words ("both papers", 一次) come and go with the style
    of a language: they only serve to answer a number that the other language writes in digits.
    """
    zh, en = _REFERENCE.sub(" ", text.zh), _REFERENCE.sub(" ", text.en)
    zh_digits = {float(found.replace(",", "")) for found in _DIGITS.findall(zh)}
    zh_digits |= {v / 100 for found in _ZH_PER_MYRIAD.findall(zh) if (v := from_chinese(found)) is not None}
    en_digits = {float(found.replace(",", "")) for found in _DIGITS.findall(en)}
    zh_words = {float(v) for pair in _ZH_NUMBER.findall(zh) if (v := from_chinese(pair[0] or pair[1])) is not None}
    zh_articles = {float(v) for pair in _ZH_NUMBER.findall(zh) if pair[1] and (v := from_chinese(pair[1])) is not None}
    en_words = {
        float(_EN_WORDS[tens.lower()] + (_EN_WORDS[ones.lower()] if ones else 0))
        for tens, ones in _EN_NUMBER.findall(en)
    }
    zh_sure = (
        {n for n in zh_digits if not _TINY >= n >= 1}
        | {n for n in zh_articles if n > 3}
        | {n for n in zh_words if n > _SMALL}
    )
    en_sure = {n for n in en_digits if not _TINY >= n >= 1} | {n for n in en_words if n > _SMALL}
    return zh_sure - en_digits - en_words, en_sure - zh_digits - zh_words


def reviewed(subject: Subject, today: date) -> Result:
    """Every entry was held against its sources within a year, and since the statutes it cites were last changed."""
    findings: list[Finding] = []
    for number, entry in enumerate(subject.entries):
        if entry.reviewed is None:
            message = (
                f"`{entry.id}` does not say when it was last reviewed: add `reviewed: {today.isoformat()}`, in quotes"
            )
            findings.append(subject.finding("warning", number, ("id",), message))
            continue
        changed = max(subject.knowledge.statutes[citation.statute].version for citation in entry.cites)
        if entry.reviewed < changed:
            message = f"`{entry.id}` was reviewed before a statute that it cites was changed ({changed}): read it again"
            findings.append(subject.finding("error", number, ("reviewed",), message))
        elif entry.reviewed < (today - timedelta(days=REVIEW_DAYS)).isoformat():
            message = f"`{entry.id}` was last reviewed on {entry.reviewed}: read it again"
            findings.append(subject.finding("warning", number, ("reviewed",), message))
    return Result("entries reviewed within a year", len(subject.entries), tuple(findings))


def _list(values: set[float]) -> str:
    return ", ".join(f"{value:g}" for value in sorted(values)) or "none"


def phrasings_by_language(subject: Subject) -> Result:
    """Phrasings stand under their own language."""
    findings = []
    tested = 0
    for number, entry in enumerate(subject.entries):
        for index, phrasing in enumerate(entry.phrasings.zh):
            tested += 1
            if not re.search(r"[\u3400-\u9fff]", phrasing):
                findings.append(
                    subject.finding("error", number, ("phrasings", "zh", index), f"“{phrasing}” is no Chinese")
                )
        for index, phrasing in enumerate(entry.phrasings.en):
            tested += 1
            if re.search(r"[\u3400-\u9fff]", phrasing):
                findings.append(
                    subject.finding("error", number, ("phrasings", "en", index), f"“{phrasing}” is no English")
                )
    return Result("phrasings under their language", tested, tuple(findings))
