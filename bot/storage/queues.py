"""Taking work from the inbox and the outbox: the oldest of each chat that nobody has in hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Executable,
    Float,
    Integer,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import leases as lease
from bot.storage.leases import NOW
from bot.storage.records import Outgoing, Received, Settled
from bot.storage.tables import BEFORE_ALL, WAITING, inbox, leases, outbox, pace

ERROR_LENGTH = 2000

_COUNT = bindparam("count", type_=Integer)
_CHATS: BindParameter[Any] = bindparam("chats", expanding=True)
_EXEMPT: BindParameter[Any] = bindparam("exempt", expanding=True)
_SLOWEST = bindparam("slowest", type_=Float)
"""The gap between two messages to the slowest kind of chat."""


@dataclass(frozen=True)
class Pace:
    """How fast messages may be taken, as shared by all who take them.

    Attributes:
        gap: seconds between two messages to whomever; 0: no limit.
        longest_chat_gap: seconds, of the slowest kind of chat.
        exempt: methods that Telegram's limits do not count.
    """

    gap: float = 0.0
    longest_chat_gap: float = 0.0
    exempt: frozenset[str] = frozenset()


# What waits is found in its order, row by row, until there is enough; whether a chat is free is a question to each row. Joins
# would leave the order to PostgreSQL, which counts rows by what it saw when it last looked: then nothing waited, and 2,000 rows
# that it takes for two it compares each with each. A subquery that gives a value is never made a join.


def _first_of(table: Table, key: Column[int], chat: ColumnElement[str]) -> ColumnElement[int]:
    """The first that waits in a chat."""
    other = table.alias()
    waiting = select(func.min(other.c[key.name])).where(other.c.state == WAITING, other.c.chat == chat)
    return waiting.scalar_subquery()


_FREE_UPDATES = (
    select(inbox.c.chat)
    .where(inbox.c.state == WAITING, inbox.c.update_id > BEFORE_ALL, ~lease.held("inbox", inbox.c.chat))
    .order_by(inbox.c.update_id)
    .limit(_COUNT)
    .with_for_update(skip_locked=True)
)
"""PostgreSQL passes over what another replica is about to take; SQLite lets one write at a time anyway."""
_FIRST_UPDATES = (
    select(inbox.c.update_id, inbox.c.chat, inbox.c.payload, inbox.c.received_at, inbox.c.attempts, inbox.c.sender)
    .where(
        inbox.c.state == WAITING,
        inbox.c.chat.in_(_CHATS),
        inbox.c.update_id == _first_of(inbox, inbox.c.update_id, inbox.c.chat),
    )
    .order_by(inbox.c.update_id)
)


async def claim(connection: AsyncConnection, owner: str, limit: int, now: float) -> list[Received]:
    """Take the oldest waiting updates of different chats."""
    free = await connection.execute(_FREE_UPDATES, {"now": now, "count": limit})
    chats = await lease.take(connection, "inbox", free.scalars(), owner, now)
    if not chats:
        return []
    # Looked up only now that the chats are ours: whoever had one before may just have finished the update we saw.
    found = [
        Received(row.update_id, row.chat, json.loads(row.payload), row.received_at, row.attempts, owner, row.sender)
        for row in await connection.execute(_FIRST_UPDATES, {"chats": chats})
    ]
    if idle := set(chats) - {received.chat for received in found}:
        await lease.let_go(connection, "inbox", sorted(idle), owner)
    return found


_FIRST = outbox.c.id == _first_of(outbox, outbox.c.id, outbox.c.chat)
_DUE = and_(outbox.c.state == WAITING, outbox.c.not_before <= NOW)
_PACED = and_(leases.c.free_at > NOW, leases.c.free_at <= NOW + _SLOWEST, outbox.c.method.not_in(_EXEMPT))
_FREE_MESSAGES = (
    select(outbox.c.chat)
    .where(_DUE, outbox.c.id > BEFORE_ALL, _FIRST, ~lease.held("outbox", outbox.c.chat, _PACED))
    .order_by(outbox.c.id)
    .limit(_COUNT)
    .with_for_update(skip_locked=True)
)
# The limits are looked at again, as somebody may just have sent.
_FIRST_MESSAGES = (
    select(
        outbox.c.id,
        outbox.c.chat,
        outbox.c.update_id,
        outbox.c.method,
        outbox.c.parameters,
        outbox.c.created_at,
        outbox.c.attempts,
        outbox.c.question_id,
    )
    .where(_DUE, outbox.c.chat.in_(_CHATS), _FIRST, ~lease.found("outbox", outbox.c.chat, _PACED))
    .order_by(outbox.c.id)
)
_FREE_AT = select(leases.c.chat, leases.c.free_at).where(
    leases.c.queue == literal_column("'outbox'"), leases.c.chat.in_(_CHATS)
)


async def take(connection: AsyncConnection, owner: str, limit: int, limits: Pace, now: float) -> list[Outgoing]:
    """Take the first waiting messages of different chats, each with the time at which it may go."""
    known = {"now": now, "slowest": limits.longest_chat_gap, "exempt": sorted(limits.exempt)}
    free = await connection.execute(_FREE_MESSAGES, {**known, "count": limit})
    chats = await lease.take(connection, "outbox", free.scalars(), owner, now)
    if not chats:
        return []
    rows = (await connection.execute(_FIRST_MESSAGES, {**known, "chats": chats})).all()
    if idle := set(chats) - {row.chat for row in rows}:
        kept = await connection.execute(_FREE_AT, {"chats": sorted(idle)})
        await lease.let_go_until(connection, [(row.chat, owner, row.free_at) for row in kept])
    counted = sum(row.method not in limits.exempt for row in rows)
    at = await _book(connection, counted, limits.gap, now) if limits.gap and counted else now
    taken = []
    for row in rows:
        exempt = row.method in limits.exempt
        taken.append(
            Outgoing(
                row.method,
                json.loads(row.parameters),
                row.id,
                row.chat,
                row.attempts,
                owner,
                now if exempt else at,
                row.update_id,
                row.created_at,
                row.question_id,
            )
        )
        at += 0.0 if exempt else limits.gap
    return taken


def _book_statement(statement: Any) -> Executable:
    span, latest = bindparam("span", type_=Float), bindparam("latest", type_=Float)
    # A place far ahead is of a time before the clock was set back.
    start = case((and_(pace.c.free_at > NOW, pace.c.free_at <= latest), pace.c.free_at), else_=NOW)
    booked = statement.on_conflict_do_update(index_elements=[pace.c.bucket], set_={"free_at": start + span})
    executable: Executable = booked.returning(pace.c.free_at)
    return executable


_BOOK = lease.per_engine(pace, _book_statement)


async def _book(connection: AsyncConnection, count: int, gap: float, now: float) -> float:
    """Reserve places for so many messages among those of all replicas; returns the first one's time."""
    span = count * gap
    values = {"bucket": "all", "free_at": now + span, "now": now, "span": span, "latest": now + 60 + 100 * gap}
    end = (await connection.execute(_BOOK[connection.dialect.name], values)).scalar_one()
    return float(end) - span


_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"), outbox.c.state == WAITING)
    .values(
        state=bindparam("became"),
        attempts=outbox.c.attempts + bindparam("failures"),
        not_before=bindparam("later"),
        error=bindparam("said"),
        message_id=bindparam("shown"),
    )
)
_INSTEAD = (
    update(outbox)
    .where(outbox.c.id == bindparam("number"), outbox.c.state == WAITING)
    .values(chat=bindparam("to"), method=bindparam("by"), parameters=bindparam("known"))
)


async def settle(connection: AsyncConnection, results: Sequence[Settled]) -> None:
    """Note what became of messages, and give their chats back."""
    rows = [
        {
            "number": result.message.id,
            "became": result.state,
            "failures": 0 if result.state == "sent" else 1,
            "later": result.not_before,
            "said": result.error[:ERROR_LENGTH] if result.error else None,
            "shown": result.message_id,
        }
        for result in sorted(results, key=lambda result: result.message.id)
    ]
    await connection.execute(_SETTLE, rows)
    if others := [
        {
            "number": result.message.id,
            "to": result.instead.chat or result.message.chat,
            "by": result.instead.method,
            "known": json.dumps(dict(result.instead.parameters), ensure_ascii=False),
        }
        for result in results
        if result.instead is not None
    ]:
        await connection.execute(_INSTEAD, others)
    back = [(result.message.chat, result.message.lease, result.free_at) for result in results]
    await lease.let_go_until(connection, back)


_LATER = case((and_(leases.c.free_at > NOW, leases.c.free_at <= NOW + _SLOWEST), leases.c.free_at), else_=0.0)
_heads = (
    select(
        outbox.c.chat,
        outbox.c.not_before,
        func.row_number().over(partition_by=outbox.c.chat, order_by=outbox.c.id).label("place"),
    )
    .where(outbox.c.state == WAITING)
    .subquery()
)
_free_at = func.coalesce(lease.of("outbox", _heads.c.chat, _LATER), 0.0)
_NEXT_DUE = select(func.min(case((_free_at > _heads.c.not_before, _free_at), else_=_heads.c.not_before))).where(
    _heads.c.place == 1, ~lease.held("outbox", _heads.c.chat)
)


async def next_due(connection: AsyncConnection, limits: Pace, now: float) -> float | None:
    """When the earliest message that waits for its time may go; None where none does."""
    found = await connection.scalar(_NEXT_DUE, {"now": now, "slowest": limits.longest_chat_gap})
    return float(found) if found is not None else None


async def set_back(connection: AsyncConnection, then: float, now: float) -> None:
    """The clock went back from `then` to `now`: what was to wait until some time waits as long as it would have.

    Times nearer to the new one are of it already, since another replica has been here before.
    """
    due = outbox.c.not_before
    of_before = (outbox.c.state == WAITING, due > (then + now) / 2)
    await connection.execute(update(outbox).where(*of_before).values(not_before=due - (then - now)))
