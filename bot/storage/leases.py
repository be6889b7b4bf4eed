"""Leases: who has a chat in hand. One statement takes one, on both engines; what is not renewed is anybody's again.

A lease names its owner, so that an owner who slept over its end finds out before it commits.

Statements are put together once, when this is imported: to do so takes SQLAlchemy many times as long as to run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Table,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import leases

Queue = Literal["inbox", "outbox"]

LEASE_SECONDS = 12.0
"""A dead replica's work is anybody's after this."""

NOW = bindparam("now", type_=Float)
"""Seconds since 1970, as `Store.now` tells them."""


def per_engine(table: Table, statement: Callable[[Any], Executable]) -> Mapping[str, Executable]:
    """An INSERT that says what to do on a conflict, by the name of the engine: both spell it alike."""
    return {"sqlite": statement(sqlite.insert(table)), "postgresql": statement(postgresql.insert(table))}


_ALIVE = and_(leases.c.until > NOW, leases.c.until <= NOW + 2 * LEASE_SECONDS)
"""A lease that ends later than any can is of a time before the clock was set back."""


def of(queue: Queue, chat: ColumnElement[str], what: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is said of the chat's lease; NULL where it has none."""
    mine = (leases.c.queue == literal_column(f"'{queue}'"), leases.c.chat == chat)
    # What `what` says of other tables is of the row that asks.
    return select(what).select_from(leases).where(*mine).scalar_subquery()


def found(queue: Queue, chat: ColumnElement[str], what: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the chat has a lease of which this is so."""
    return func.coalesce(of(queue, chat, what), false())


def held(queue: Queue, chat: ColumnElement[str], or_else: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """That somebody has the chat in hand `NOW`, or that something else is so of its lease."""
    return found(queue, chat, _ALIVE if or_else is None else or_(_ALIVE, or_else))


def _take(statement: Any) -> Executable:
    fresh = statement.excluded
    began = fresh.until - LEASE_SECONDS
    taken = statement.on_conflict_do_update(
        index_elements=[leases.c.queue, leases.c.chat],
        set_={"owner": fresh.owner, "until": fresh.until},
        where=or_(leases.c.until <= began, leases.c.until > began + 2 * LEASE_SECONDS),
    )
    executable: Executable = taken.returning(leases.c.chat)
    return executable


_TAKE = per_engine(leases, _take)
_LET_GO = delete(leases).where(
    leases.c.queue == bindparam("of"),
    leases.c.chat.in_(bindparam("chats", expanding=True)),
    leases.c.owner == bindparam("by"),
)
_OWNERS = leases.c.owner.in_(bindparam("owners", expanding=True))
_LET_ALL_GO = update(leases).where(_OWNERS).values(owner="", until=0.0)
_LET_GO_UNTIL = (
    update(leases)
    .where(
        leases.c.queue == literal_column("'outbox'"),
        leases.c.chat == bindparam("of"),
        leases.c.owner == bindparam("by"),
    )
    .values(
        owner="",
        until=0.0,
        free_at=case((leases.c.free_at > bindparam("at"), leases.c.free_at), else_=bindparam("at")),
    )
)
_MINE = select(leases.c.queue, leases.c.chat).where(_OWNERS).order_by(leases.c.queue, leases.c.chat).with_for_update()
_RENEW = update(leases).where(_OWNERS).values(until=bindparam("end"))
_FORGET = delete(leases).where(leases.c.until < NOW, leases.c.free_at < NOW)


async def take(connection: AsyncConnection, queue: Queue, chats: Iterable[str], owner: str, now: float) -> list[str]:
    """Take the chats that nobody has in hand; returns those. Waits for whoever is about to let one go."""
    # In one order everywhere, so that two who want the same chats never wait for each other.
    rows = [
        {"queue": queue, "chat": chat, "owner": owner, "until": now + LEASE_SECONDS, "free_at": 0.0}
        for chat in sorted(set(chats))
    ]
    if not rows:
        return []
    return list((await connection.execute(_TAKE[connection.dialect.name], rows)).scalars())


async def let_go(connection: AsyncConnection, queue: Queue, chats: Sequence[str], owner: str) -> int:
    """Give chats back; returns how many were still the owner's."""
    result = await connection.execute(_LET_GO, {"of": queue, "chats": list(chats), "by": owner})
    return result.rowcount


async def let_all_go(connection: AsyncConnection, owners: Sequence[str]) -> None:
    """Give back whatever the owners have in hand; the sending limits stay known."""
    await connection.execute(_LET_ALL_GO, {"owners": list(owners)})


async def let_go_until(connection: AsyncConnection, free_at: Sequence[tuple[str, str, float]]) -> None:
    """Give chats of the outbox back, each (chat, owner) to be sent to again from a time on (or a later one known before)."""
    await connection.execute(
        _LET_GO_UNTIL, [{"of": chat, "by": owner, "at": at} for chat, owner, at in sorted(free_at)]
    )


async def renew(connection: AsyncConnection, owners: Sequence[str], now: float) -> None:
    """Keep what the owners have in hand for another while."""
    await connection.execute(_MINE, {"owners": list(owners)})
    await connection.execute(_RENEW, {"owners": list(owners), "end": now + LEASE_SECONDS})


async def forget(connection: AsyncConnection, before: float) -> None:
    """Drop the leases that ended long ago and hold nobody back."""
    await connection.execute(_FORGET, {"now": before})


async def forget_all(connection: AsyncConnection) -> None:
    """Drop every lease, where it is sure that nobody else works on the database."""
    await connection.execute(delete(leases))
