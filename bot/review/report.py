"""The whole review, and how it is printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.answers import compose, plain
from bot.knowledge import Knowledge, load
from bot.knowledge.files import FAQ
from bot.knowledge.yaml_source import read
from bot.language import Language
from bot.matching import ANSWER_AT, Matcher
from bot.review import readers, texts
from bot.review.finding import Result, Subject


def review(folder: Path, today: date, answer_at: float = ANSWER_AT, cache: Path | None = None) -> list[Result]:
    """Test the knowledge files of a folder as their readers would.

    Args:
        today: entries reviewed long before are named.
        answer_at: the confidence at which a question is answered.
        cache: see `Matcher.from_knowledge`.

    Raises:
        KnowledgeError: where they cannot even be loaded.
    """
    knowledge = load(folder)
    faq, _ = read(folder / FAQ)
    assert faq is not None  # it was just loaded
    subject = Subject(knowledge, faq)
    matcher = Matcher.from_knowledge(knowledge, cache)
    return [
        texts.completeness(subject),
        texts.phrasings_by_language(subject),
        texts.languages(subject),
        readers.told_apart(subject, matcher),
        readers.own_entry_first(subject, matcher, answer_at),
        readers.answers_fit(subject),
        readers.articles_cited(subject),
        texts.reviewed(subject, today),
    ]


def render(results: list[Result], warnings: bool = True) -> str:
    """Findings by file and line, then the table.

    Args:
        warnings: whether warnings are listed; they are counted in any case.
    """
    findings = sorted(
        (finding for result in results for finding in result.findings if warnings or finding.level == "error"),
        key=lambda finding: (finding.level, finding.problem),
    )
    lines = [f"{finding.level}: {finding.problem}" for finding in findings]
    width = max(len(result.name) for result in results)
    lines += (
        ["", f"{'check':<{width}}  tested  errors  warnings"]
        if lines
        else [f"{'check':<{width}}  tested  errors  warnings"]
    )
    lines += [f"{r.name:<{width}}  {r.tested:>6}  {r.count('error'):>6}  {r.count('warning'):>8}" for r in results]
    return "\n".join(lines)


def inventory(knowledge: Knowledge) -> str:
    """How much there is of everything."""
    entries = list(knowledge.entries.values())
    zh, en = (sum(len(getattr(entry.phrasings, language)) for entry in entries) for language in ("zh", "en"))
    articles = ", ".join(f"{len(statute.articles)} articles of `{s}`" for s, statute in knowledge.statutes.items())
    return (
        f"{len(entries)} entries, {zh} phrasings in Chinese and {en} in English, {articles}, {len(knowledge.sources)} sources; "
        f"revision {knowledge.revision}"
    )


def book(knowledge: Knowledge, language: Language) -> str:
    """Every answer as it is rendered, in every case at once, in one document to read."""
    chapters = []
    for number, entry in enumerate(knowledge.entries.values(), 1):
        answer = compose(knowledge, entry, {})
        asked = [
            f"? {detail.ask.of(language)} " + " / ".join(o.label.of(language) for o in detail.options)
            for detail in entry.details or ()
        ]
        script = ["", "» " + entry.script.of(language)]
        chapters.append("\n".join([f"{number}. {entry.id}", "", *asked, plain.render(answer, language), *script]))
    return f"\n\n{'─' * 60}\n\n".join(chapters)
