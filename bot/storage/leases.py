"""Leases: who has a chat in hand. One statement takes one, on both engines; what is not renewed is anybody's again.

A lease names its owner, so that an owner who slept over its end finds out before it commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, delete, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import leases

Queue = Literal["inbox", "outbox"]

LEASE_SECONDS = 12.0
"""A dead replica's work is anybody's after this."""


def insert_into(connection: AsyncConnection, table: Any) -> Any:
    """An INSERT that can say what to do on a conflict, which both engines spell alike."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def held(queue: Queue, chat: ColumnElement[str], now: float) -> ColumnElement[bool]:
    """That somebody has the chat in hand; to be the condition of an outer join with `leases`.

    A lease that ends later than any can is of a time before the clock was set back.
    """
    alive = and_(leases.c.until > now, leases.c.until <= now + 2 * LEASE_SECONDS)
    return and_(leases.c.queue == literal_column(f"'{queue}'"), leases.c.chat == chat, alive)


async def take(connection: AsyncConnection, queue: Queue, chats: Iterable[str], owner: str, now: float) -> list[str]:
    """Take the chats that nobody has in hand; returns those. Waits for whoever is about to let one go."""
    # In one order everywhere, so that two who want the same chats never wait for each other.
    rows = [
        {"queue": queue, "chat": chat, "owner": owner, "until": now + LEASE_SECONDS, "free_at": 0.0}
        for chat in sorted(set(chats))
    ]
    if not rows:
        return []
    statement = insert_into(connection, leases)
    # By the new row's values alone, so that the statement is compiled once for all times and numbers of chats.
    fresh = statement.excluded
    began = fresh.until - LEASE_SECONDS
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.queue, leases.c.chat],
        set_={"owner": fresh.owner, "until": fresh.until},
        where=or_(leases.c.until <= began, leases.c.until > began + 2 * LEASE_SECONDS),
    )
    return list((await connection.execute(statement.returning(leases.c.chat), rows)).scalars())


async def let_go(connection: AsyncConnection, queue: Queue, chats: Sequence[str], owner: str) -> int:
    """Give chats back; returns how many were still the owner's."""
    result = await connection.execute(
        delete(leases).where(leases.c.queue == queue, leases.c.chat.in_(chats), leases.c.owner == owner)
    )
    return result.rowcount


async def let_all_go(connection: AsyncConnection, owners: Sequence[str]) -> None:
    """Give back whatever the owners have in hand; the sending limits stay known."""
    await connection.execute(update(leases).where(leases.c.owner.in_(owners)).values(owner="", until=0.0))


async def let_go_until(connection: AsyncConnection, free_at: Sequence[tuple[str, str, float]]) -> None:
    """Give chats of the outbox back, each (chat, owner) to be sent to again from a time on (or a later one known before)."""
    later = case((leases.c.free_at > bindparam("at"), leases.c.free_at), else_=bindparam("at"))
    statement = (
        update(leases)
        .where(leases.c.queue == "outbox", leases.c.chat == bindparam("of"), leases.c.owner == bindparam("by"))
        .values(owner="", until=0.0, free_at=later)
    )
    rows = [{"of": chat, "by": owner, "at": at} for chat, owner, at in sorted(free_at)]
    await connection.execute(statement, rows)


async def renew(connection: AsyncConnection, owners: Sequence[str], now: float) -> None:
    """Keep what the owners have in hand for another while."""
    mine: Select[tuple[str, str]] = (
        select(leases.c.queue, leases.c.chat)
        .where(leases.c.owner.in_(owners))
        .order_by(leases.c.queue, leases.c.chat)
        .with_for_update()
    )
    await connection.execute(mine)
    await connection.execute(update(leases).where(leases.c.owner.in_(owners)).values(until=now + LEASE_SECONDS))


async def forget(connection: AsyncConnection, before: float) -> None:
    """Drop the leases that ended long ago and hold nobody back."""
    await connection.execute(delete(leases).where(leases.c.until < before, leases.c.free_at < before))


async def forget_all(connection: AsyncConnection) -> None:
    """Drop every lease, where it is sure that nobody else works on the database."""
    await connection.execute(delete(leases))
