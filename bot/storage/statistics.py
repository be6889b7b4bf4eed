"""Figures and lists for whoever runs the bot, over what was asked. To be read where it holds nobody up: see `Store.looking`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Float, Integer, bindparam, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import feedback, questions

MOST_READ = 500
"""Of the unanswered and of those complained about; alike ones among them."""

_SINCE = bindparam("since", type_=Float)
_COUNT = bindparam("count", type_=Integer)


@dataclass
class Period:
    """What was asked, and thought of the answers, since some time. What the desk reports is no question asked of the bot.

    Attributes:
        answered, asking, clarify, none: questions by what became of them.
        up, down: answers by what was thought of them.
    """

    answered: int = 0
    asking: int = 0
    clarify: int = 0
    none: int = 0
    up: int = 0
    down: int = 0

    @property
    def total(self) -> int:
        """All questions."""
        return self.answered + self.asking + self.clarify + self.none

    @property
    def share(self) -> float | None:
        """How many of those that came to an end were answered, 0..1; None where none did."""
        ended = self.answered + self.none
        return self.answered / ended if ended else None


@dataclass(frozen=True)
class Statistics:
    """Figures of some periods.

    Attributes:
        periods: one for each time asked for.
        asked: the entries answered most, entry id and how often, of the longest.
    """

    periods: Sequence[Period]
    asked: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Unanswered:
    """A question that was not answered well.

    Attributes:
        asked_at: seconds since 1970, UTC.
        text: of the question, redacted.
        verdict: `none`: not answered; `down`: 👎; `bad`: reported by the desk as wrong or outdated.
        entry_id: what answered, if anything did.
        note: what the desk wrote beside it, redacted.
    """

    asked_at: float
    text: str
    verdict: str
    entry_id: str | None = None
    note: str = field(default="")


def _counted(column: str, since: Sequence[float]) -> list[object]:
    time = literal_column(column, Float)
    return [func.sum(case((time >= bindparam(f"since{n}", at, Float), 1), else_=0)) for n, at in enumerate(since)]


async def statistics(connection: AsyncConnection, since: Sequence[float], most: int = 10) -> Statistics:
    """Figures since each of some times: one walk over the questions of the longest period, and one over its feedback.

    Args:
        since: seconds since 1970, UTC.
        most: how many of the entries asked most.
    """
    periods = [Period() for _ in since]
    first = min(since)
    asked: dict[str, int] = {}
    query = (
        select(questions.c.outcome, questions.c.entry_id, func.count(), *_counted("asked_at", since))
        .where(questions.c.asked_at >= first)
        .group_by(questions.c.outcome, questions.c.entry_id)
    )
    for outcome, entry_id, whole, *counts in await connection.execute(query):
        if outcome == "answered" and entry_id:
            asked[entry_id] = whole
        for period, count in zip(periods, counts, strict=True):
            setattr(period, outcome, getattr(period, outcome) + count)
    judged = (
        select(feedback.c.verdict, *_counted("given_at", since))
        .where(feedback.c.given_at >= first)
        .group_by(feedback.c.verdict)
    )
    for verdict, *counts in await connection.execute(judged):
        for period, count in zip(periods, counts, strict=True):
            match verdict:
                case "up" | "down":
                    setattr(period, verdict, count)
                case "none":  # the desk keeps a question with each report
                    period.none -= count
                case "bad":
                    period.answered -= count
    best = sorted(asked.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
    return Statistics(periods, best)


_NONE = (
    select(questions.c.id, questions.c.asked_at, questions.c.text)
    .where(questions.c.outcome == literal_column("'none'"), questions.c.asked_at >= _SINCE)
    .order_by(questions.c.asked_at.desc())
    .limit(_COUNT)
)
_COMPLAINTS = (
    select(
        questions.c.id,
        feedback.c.given_at,
        questions.c.text,
        feedback.c.verdict,
        questions.c.entry_id,
        feedback.c.note,
    )
    .select_from(feedback.join(questions, questions.c.id == feedback.c.question_id))
    .where(feedback.c.verdict != literal_column("'up'"), feedback.c.given_at >= _SINCE)
    .order_by(feedback.c.given_at.desc())
    .limit(_COUNT)
)


async def unanswered(connection: AsyncConnection, since: float, most: int = MOST_READ) -> list[Unanswered]:
    """The latest questions that were not answered, and those whose answers were complained about, the newest first.

    Args:
        since: seconds since 1970, UTC.
        most: so many of each kind at most.
    """
    known = {"since": since, "count": most}
    found = {
        row.id: Unanswered(row.given_at, row.text, row.verdict, row.entry_id, row.note or "")
        for row in await connection.execute(_COMPLAINTS, known)
    }
    for row in await connection.execute(_NONE, known):
        found.setdefault(row.id, Unanswered(row.asked_at, row.text, "none"))
    return sorted(found.values(), key=lambda each: -each.asked_at)
