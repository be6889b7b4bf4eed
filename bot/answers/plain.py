"""Plain text: for the terminal, for copying, and the short script that is read out."""

from __future__ import annotations

from bot import wording
from bot.answers import layout
from bot.answers.answer import Answer, Quote
from bot.language import CHINESE, Language


def render(answer: Answer, language: Language) -> str:
    """The whole answer as plain text."""
    parts = [answer.title.of(language), answer.summary.of(language)]
    law = _law(answer, language)
    if law and answer.aspect == "law":
        parts.append(law)
    for section in answer.sections:
        marks = layout.bullets(section.kind, len(section.lines))
        lines = [mark + line.of(language) for mark, line in zip(marks, section.lines, strict=True)]
        parts.append(_block(layout.heading(section.kind, language), lines, language))
    if law and answer.aspect != "law":
        parts.append(law)
    parts.append("\n".join(layout.closing(answer, language)))
    return "\n\n".join(parts)


def render_script(answer: Answer, language: Language) -> str:
    """The short script to read out, and below it what it rests on."""
    return "\n".join([answer.script.of(language), "", *layout.closing(answer, language)])


def render_materials(answer: Answer, language: Language) -> str:
    """The papers alone, as a list to copy; empty where the answer names none."""
    section = answer.section("materials")
    if section is None:
        return ""
    return _block(answer.title.of(language), ["☐ " + line.of(language) for line in section.lines], language)


def render_law(answer: Answer, language: Language) -> str:
    """The cited articles alone, with the reasons why they apply; in English the official Chinese text too. Empty where the
    answer cites none."""
    law = _law(answer, language, official=True)
    return "\n\n".join([answer.title.of(language), law]) if law else ""


def render_article(quote: Quote, language: Language) -> str:
    """An article by itself: in English the translation, then the official Chinese text."""
    name = layout.quote_name(quote, language)
    head = f"{name} · {quote.chapter.of(language)}" if quote.chapter else name
    if language in CHINESE or not quote.word_for_word:
        return f"{head}\n{quote.text.of(language)}"
    return f"{head}\n{quote.text.en}\n\n{wording.TRANSLATION.en}\n{quote.text.zh}"


def _law(answer: Answer, language: Language, *, official: bool = False) -> str:
    if not answer.quotes:
        return ""
    translated = language not in CHINESE and any(quote.word_for_word for quote in answer.quotes)
    blocks = []
    for quote in answer.quotes:
        lines = quote.text.of(language).splitlines()
        if translated and official and quote.word_for_word:
            lines += quote.text.zh.splitlines()
        blocks.append("\n".join([_dot(quote, language), *("  " + line for line in lines)]))
    if translated:
        blocks.append(f"({wording.TRANSLATION.of(language)})")
    return _block(layout.heading("law", language), blocks, language)


def _dot(quote: Quote, language: Language) -> str:
    name, why = layout.quote_name(quote, language), layout.reason(quote, language)
    return "• " + (wording.IF.of(language).format(label=name) + why if why else name)


def _block(title: str, lines: list[str], language: Language) -> str:
    return "\n".join([wording.IF.of(language).format(label=title).rstrip(), *lines])
