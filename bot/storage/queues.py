"""Taking work from the inbox and the outbox: the oldest of each chat that nobody has in hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import leases as lease
from bot.storage.records import Outgoing, Received, Settled
from bot.storage.tables import WAITING, inbox, leases, outbox, pace

ERROR_LENGTH = 2000


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


async def claim(connection: AsyncConnection, owner: str, limit: int, now: float) -> list[Received]:
    """Take the oldest waiting updates of different chats."""
    free = (
        select(inbox.c.chat)
        .select_from(inbox.outerjoin(leases, lease.held("inbox", inbox.c.chat, now)))
        .where(inbox.c.state == WAITING, leases.c.chat.is_(None))
        .order_by(inbox.c.update_id)
        .limit(limit)
    )
    chats = await lease.take(connection, "inbox", (await connection.execute(free)).scalars(), owner, now)
    if not chats:
        return []
    # Looked up only now that the chats are ours: whoever had one before may just have finished the update we saw.
    earlier = inbox.alias()
    before = exists().where(
        earlier.c.state == WAITING, earlier.c.chat == inbox.c.chat, earlier.c.update_id < inbox.c.update_id
    )
    heads = select(inbox).where(inbox.c.state == WAITING, inbox.c.chat.in_(chats), ~before).order_by(inbox.c.update_id)
    found = [
        Received(row.update_id, row.chat, json.loads(row.payload), row.received_at, row.attempts, owner)
        for row in await connection.execute(heads)
    ]
    if idle := set(chats) - {received.chat for received in found}:
        await lease.let_go(connection, "inbox", sorted(idle), owner)
    return found


async def take(connection: AsyncConnection, owner: str, limit: int, limits: Pace, now: float) -> list[Outgoing]:
    """Take the first waiting messages of different chats, each with the time at which it may go."""
    paced = and_(
        leases.c.queue == "outbox",
        leases.c.chat == outbox.c.chat,
        leases.c.free_at > now,
        leases.c.free_at <= now + limits.longest_chat_gap,
        outbox.c.method.not_in(limits.exempt),
    )
    busy = or_(lease.held("outbox", outbox.c.chat, now), paced)
    free = (
        select(outbox.c.chat)
        .select_from(outbox.outerjoin(leases, busy))
        .where(leases.c.chat.is_(None), *_first_and_due(now))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    chats = await lease.take(connection, "outbox", (await connection.execute(free)).scalars(), owner, now)
    if not chats:
        return []
    rows = await _heads(connection, chats, limits, now)
    if idle := set(chats) - {row.chat for row in rows}:
        kept = select(leases.c.chat, leases.c.free_at).where(leases.c.queue == "outbox", leases.c.chat.in_(idle))
        back = [(row.chat, owner, row.free_at) for row in await connection.execute(kept)]
        await lease.let_go_until(connection, back)
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
            )
        )
        at += 0.0 if exempt else limits.gap
    return taken


async def _heads(
    connection: AsyncConnection, chats: Sequence[str], limits: Pace, now: float
) -> Sequence[Row[tuple[object, ...]]]:
    """The first messages of chats that are ours now; the limits are looked at again, as somebody may just have sent."""
    mine = and_(leases.c.queue == "outbox", leases.c.chat == outbox.c.chat)
    allowed = or_(
        leases.c.free_at <= now,
        leases.c.free_at > now + limits.longest_chat_gap,
        outbox.c.method.in_(limits.exempt),
    )
    query = (
        select(outbox)
        .select_from(outbox.join(leases, mine))
        .where(outbox.c.chat.in_(chats), allowed, *_first_and_due(now))
        .order_by(outbox.c.id)
    )
    return (await connection.execute(query)).all()


def _first_and_due(now: float) -> tuple[ColumnElement[bool], ...]:
    earlier = outbox.alias()
    before = exists().where(earlier.c.state == WAITING, earlier.c.chat == outbox.c.chat, earlier.c.id < outbox.c.id)
    return outbox.c.state == WAITING, outbox.c.not_before <= now, ~before


async def _book(connection: AsyncConnection, count: int, gap: float, now: float) -> float:
    """Reserve places for so many messages among those of all replicas; returns the first one's time."""
    span = count * gap
    # A place far ahead is of a time before the clock was set back.
    start = case((and_(pace.c.free_at > now, pace.c.free_at <= now + 60 + 100 * gap), pace.c.free_at), else_=now)
    statement = lease.insert_into(connection, pace).values(bucket="all", free_at=now + span)
    statement = statement.on_conflict_do_update(index_elements=[pace.c.bucket], set_={"free_at": start + span})
    end = (await connection.execute(statement.returning(pace.c.free_at))).scalar_one()
    return float(end) - span


async def settle(connection: AsyncConnection, results: Sequence[Settled]) -> None:
    """Note what became of messages, and give their chats back."""
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("number"), outbox.c.state == WAITING)
        .values(
            state=bindparam("became"),
            attempts=outbox.c.attempts + bindparam("failures"),
            not_before=bindparam("later"),
            error=bindparam("said"),
        )
    )
    rows = [
        {
            "number": result.message.id,
            "became": result.state,
            "failures": 0 if result.state == "sent" else 1,
            "later": result.not_before,
            "said": result.error[:ERROR_LENGTH] if result.error else None,
        }
        for result in sorted(results, key=lambda result: result.message.id)
    ]
    await connection.execute(statement, rows)
    back = [(result.message.chat, result.message.lease, result.free_at) for result in results]
    await lease.let_go_until(connection, back)


async def next_due(connection: AsyncConnection, limits: Pace, now: float) -> float | None:
    """When the earliest message that waits for its time may go; None where none does."""
    earlier = outbox.alias()
    before = exists().where(earlier.c.state == WAITING, earlier.c.chat == outbox.c.chat, earlier.c.id < outbox.c.id)
    mine = and_(leases.c.queue == "outbox", leases.c.chat == outbox.c.chat)
    paced = and_(leases.c.free_at > outbox.c.not_before, leases.c.free_at <= now + limits.longest_chat_gap)
    at = func.min(case((paced, leases.c.free_at), else_=outbox.c.not_before))
    in_hand = and_(leases.c.until > now, leases.c.until <= now + 2 * lease.LEASE_SECONDS)
    query = (
        select(at)
        .select_from(outbox.outerjoin(leases, mine))
        .where(outbox.c.state == WAITING, ~before, or_(leases.c.chat.is_(None), ~in_hand))
    )
    found = await connection.scalar(query)
    return float(found) if found is not None else None
