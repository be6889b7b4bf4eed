"""As readers would: does each phrasing find its entry, does each answer fit a message, is each article used?"""

from __future__ import annotations

import itertools
from dataclasses import replace

from bot.answers import compose, telegram
from bot.errors import Problem
from bot.knowledge import Entry
from bot.knowledge.files import LAW
from bot.language import WRITTEN
from bot.matching import Matcher
from bot.review.finding import Finding, Level, Result, Subject

CLEARLY = 0.98
"""From this confidence on another entry in a phrasing's place is an error; below it a few of thousands are to be expected."""


def own_entry_first(subject: Subject, matcher: Matcher, answer_at: float) -> Result:
    """Every phrasing, itself left out, finds its own entry; where another would be answered surely, that is an error."""
    places = {
        (entry.id, phrasing): (number, (language, index))
        for number, entry in enumerate(subject.entries)
        for language in WRITTEN
        for index, phrasing in enumerate(getattr(entry.phrasings, language))
    }
    findings: list[Finding] = []
    tested = 0
    for entry_id, phrasing, candidates in matcher.left_out():
        if (entry_id, phrasing) not in places:
            continue  # a title
        tested += 1
        if candidates and candidates[0].entry_id == entry_id:
            continue
        number, path = places[entry_id, phrasing]
        if not candidates:
            message = f"“{phrasing}” has nothing in common with the other phrasings of `{entry_id}`: add some like it"
            findings.append(subject.finding("warning", number, ("phrasings", *path), message))
            continue
        first = candidates[0]
        message = (
            f"“{phrasing}” without itself finds `{first.entry_id}` ({first.confidence:.2f}: “{first.phrasing}”): "
            f"add phrasings like it to `{entry_id}`, or move it"
        )
        level: Level = "error" if first.confidence >= max(answer_at, CLEARLY) else "warning"
        findings.append(subject.finding(level, number, ("phrasings", *path), message))
    return Result("phrasings find their own entry with themselves left out", tested, tuple(findings))


def told_apart(subject: Subject, matcher: Matcher) -> Result:
    """No two entries have phrasings that are the same to the matcher."""
    owners: dict[str, tuple[str, str]] = {}
    findings = []
    tested = 0
    for number, entry in enumerate(subject.entries):
        for language in WRITTEN:
            for index, phrasing in enumerate(getattr(entry.phrasings, language)):
                tested += 1
                form = matcher.canonical(phrasing)
                owner, other = owners.setdefault(form, (entry.id, phrasing))
                if owner != entry.id:
                    message = f"“{phrasing}” cannot be told apart from “{other}” of `{owner}`: make one of them clearer"
                    findings.append(subject.finding("error", number, ("phrasings", language, index), message))
    return Result("phrasings of two entries can be told apart", tested, tuple(findings))


def answers_fit(subject: Subject) -> Result:
    """Every answer, in every case and language, fits one Telegram message; the Traditional is as long as the Simplified."""
    findings = []
    tested = 0
    for number, entry in enumerate(subject.entries):
        for language in WRITTEN:
            worst = own = 0
            for details in _cases(entry):
                tested += 1
                answer = compose(subject.knowledge, entry, details)
                worst = max(worst, len(telegram.render(answer, language)))
                own = max(own, len(telegram.render(replace(answer, quotes=()), language)))
            # The statutes cannot be shortened: where only they make it long, the answer is split before them.
            message = f"the answer of `{entry.id}` in {language} takes {worst} Telegram messages"
            if own > 1:
                findings.append(subject.finding("error", number, ("id",), f"{message}: shorten it"))
            elif worst > 1:
                findings.append(
                    subject.finding("warning", number, ("id",), f"{message}, for the articles that it cites")
                )
    return Result("answers fit one Telegram message", tested, tuple(findings))


def _cases(entry: Entry) -> list[dict[str, str]]:
    """Every combination of options, "unknown" among them."""
    details = entry.details or ()
    options = [[None, *(option.id for option in detail.options if not option.entry)] for detail in details]
    return [
        {detail.id: chosen for detail, chosen in zip(details, combination, strict=True) if chosen}
        for combination in itertools.product(*options)
    ]


def articles_cited(subject: Subject) -> Result:
    """Which articles nothing rests on."""
    cited = {(citation.statute, citation.article) for entry in subject.entries for citation in entry.cites}
    findings = []
    tested = 0
    for statute in subject.knowledge.statutes.values():
        tested += len(statute.articles)
        idle = [str(article.number) for article in statute.articles if (statute.id, article.number) not in cited]
        if idle:
            message = f"no entry cites these articles of {statute.title.en}: {', '.join(idle)}"
            findings.append(Finding("warning", Problem(LAW, 0, message)))
    return Result("articles are cited", tested, tuple(findings))
