"""What the renderings share: the parts of an answer in reading order, in one language, without any channel's marks."""

from __future__ import annotations

import re

from bot import wording
from bot.answers.answer import Answer, Quote
from bot.language import CHINESE, Language
from bot.numerals import to_chinese

_COUNTRY = re.compile(r"^中[华華]人民共和[国國]| of the People's Republic of China$")


def heading(kind: str, language: Language) -> str:
    """The heading of a section."""
    return wording.SECTIONS[kind].of(language)


def article_name(statute_title: str, number: int, language: Language) -> str:
    """《社会保险法》第二十七条, or its English form. The full name of the law is cut to the one that people use."""
    title = _COUNTRY.sub("", statute_title)
    said = to_chinese(number) if language in CHINESE else str(number)
    return wording.ARTICLE.of(language).format(statute=title, number=said)


def quote_name(quote: Quote, language: Language) -> str:
    """The article's name, marked where it is told in short."""
    name = article_name(quote.title.of(language), quote.number, language)
    if quote.word_for_word:
        return name
    mark = wording.IN_SHORT.of(language)
    return f"{name}（{mark}）" if language in CHINESE else f"{name} ({mark})"


def reason(quote: Quote, language: Language) -> str:
    """Why the article applies, with its case where that is open."""
    why = quote.why.of(language) if quote.why else ""
    case = wording.IF.of(language).format(label=quote.branch.of(language)) if quote.branch else ""
    return case + why


def bullets(kind: str, count: int) -> list[str]:
    """The marks before a section's lines: numbers for steps, boxes to tick for papers, dots for the rest."""
    if kind == "steps":
        return [f"{i}. " for i in range(1, count + 1)]
    return ["☐ " if kind == "materials" else "• "] * count


def closing(answer: Answer, language: Language) -> list[str]:
    """The last lines of every rendering: the sources, and that local rules differ, with the hotlines."""
    comma = wording.LIST_COMMA.of(language) if language in CHINESE else "; "
    titles = comma.join(source.of(language) for source in answer.sources)
    sources = wording.IF.of(language).format(label=wording.SOURCES.of(language)) + titles
    return [sources, wording.LOCAL_RULES.of(language)]
