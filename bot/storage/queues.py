"""Taking work from the inbox and the outbox: the oldest of each chat that nobody has in hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Float,
    Integer,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import leases as lease
from bot.storage.leases import NOW
from bot.storage.records import Outgoing, Received, Settled
from bot.storage.tables import WAITING, inbox, leases, outbox, pace

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


_earlier_in = inbox.alias()
_FREE_UPDATES = (
    select(inbox.c.chat)
    .select_from(inbox.outerjoin(leases, lease.held("inbox", inbox.c.chat)))
    .where(inbox.c.state == WAITING, leases.c.chat.is_(None))
    .order_by(inbox.c.update_id)
    .limit(_COUNT)
    .with_for_update(of=inbox, skip_locked=True)
)
"""PostgreSQL passes over what another replica is about to take; SQLite lets one write at a time anyway."""
_FIRST_UPDATES = (
    select(inbox.c.update_id, inbox.c.chat, inbox.c.payload, inbox.c.received_at, inbox.c.attempts, inbox.c.sender)
    .where(
        inbox.c.state == WAITING,
        inbox.c.chat.in_(_CHATS),
        ~exists().where(
            _earlier_in.c.state == WAITING,
            _earlier_in.c.chat == inbox.c.chat,
            _earlier_in.c.update_id < inbox.c.update_id,
        ),
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


def _first_and_due() -> tuple[ColumnElement[bool], ...]:
    return outbox.c.state == WAITING, outbox.c.not_before <= NOW, ~_BEFORE


_earlier_out = outbox.alias()
_BEFORE = exists().where(
    _earlier_out.c.state == WAITING, _earlier_out.c.chat == outbox.c.chat, _earlier_out.c.id < outbox.c.id
)
_MINE = and_(leases.c.queue == literal_column("'outbox'"), leases.c.chat == outbox.c.chat)
_PACED = and_(_MINE, leases.c.free_at > NOW, leases.c.free_at <= NOW + _SLOWEST, outbox.c.method.not_in(_EXEMPT))
_FREE_MESSAGES = (
    select(outbox.c.chat)
    .select_from(outbox.outerjoin(leases, or_(lease.held("outbox", outbox.c.chat), _PACED)))
    .where(leases.c.chat.is_(None), *_first_and_due())
    .order_by(outbox.c.id)
    .limit(_COUNT)
    .with_for_update(of=outbox, skip_locked=True)
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
    .select_from(outbox.join(leases, _MINE))
    .where(
        outbox.c.chat.in_(_CHATS),
        or_(leases.c.free_at <= NOW, leases.c.free_at > NOW + _SLOWEST, outbox.c.method.in_(_EXEMPT)),
        *_first_and_due(),
    )
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


_NEXT_DUE = (
    select(
        func.min(
            case(
                (
                    and_(leases.c.free_at > outbox.c.not_before, leases.c.free_at <= NOW + _SLOWEST),
                    leases.c.free_at,
                ),
                else_=outbox.c.not_before,
            )
        )
    )
    .select_from(outbox.outerjoin(leases, _MINE))
    .where(
        outbox.c.state == WAITING,
        ~_BEFORE,
        or_(
            leases.c.chat.is_(None),
            ~and_(leases.c.until > NOW, leases.c.until <= NOW + 2 * lease.LEASE_SECONDS),
        ),
    )
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
