"""Forgetting: what is done after a day, conversations after thirty; in small batches, so that nobody waits."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, and_, delete, literal_column, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import errands, leases
from bot.storage.tables import WAITING, conversations, inbox, members, outbox, questions

DAY = 86_400.0
KEEP_DONE = DAY
"""Longer than Telegram keeps an update that nobody fetched, so that a repeated one is still known."""
KEEP_FAILED = 30 * DAY
KEEP_CONVERSATIONS = 30 * DAY
KEEP_LEASES = 60.0
BATCH = 500


async def prune(connection: AsyncConnection, now: float, batch: int = BATCH) -> bool:
    """Delete up to a batch of each kind; True where more may be left."""
    full = False
    for key, time, state, good in (
        (inbox.c.update_id, inbox.c.received_at, inbox.c.state, "done"),
        (outbox.c.id, outbox.c.created_at, outbox.c.state, "sent"),
    ):
        old = or_(
            and_(state == literal_column(f"'{good}'"), time < now - KEEP_DONE),
            and_(state == literal_column("'failed'"), time < now - KEEP_FAILED),
        )
        condition = and_(state != WAITING, time < now - KEEP_DONE, old)
        full |= await _delete(connection, key, time, condition, batch)
    forgotten = conversations.c.updated_at < now - KEEP_CONVERSATIONS
    full |= await _delete(connection, conversations.c.chat, conversations.c.updated_at, forgotten, batch)
    full |= await _delete_members(connection, now, batch)
    full |= await _forget_contexts(connection, now, batch)
    await leases.forget(connection, now - KEEP_LEASES)
    await errands.forget(connection, now)
    return full


async def _forget_contexts(connection: AsyncConnection, now: float, batch: int) -> bool:
    """A question stays, redacted; who asked it and how it went on does not."""
    old = (
        select(questions.c.id)
        .where(questions.c.context.is_not(None), questions.c.asked_at < now - KEEP_CONVERSATIONS)
        .order_by(questions.c.asked_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    numbers = list((await connection.execute(old)).scalars())
    if numbers:
        values = {"context": None, "asker": None, "asked_in": None}
        await connection.execute(update(questions).where(questions.c.id.in_(numbers)).values(values))
    return len(numbers) == batch


async def _delete_members(connection: AsyncConnection, now: float, batch: int) -> bool:
    key = tuple_(members.c.chat, members.c.user_id)
    old = (
        select(members.c.chat, members.c.user_id)
        .where(members.c.seen_at < now - KEEP_CONVERSATIONS)
        .order_by(members.c.seen_at)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    rows = [(row.chat, row.user_id) for row in await connection.execute(old)]
    if rows:
        await connection.execute(delete(members).where(key.in_(rows)))
    return len(rows) == batch


async def _delete(
    connection: AsyncConnection,
    key: Column[object],
    time: Column[float],
    condition: ColumnElement[bool],
    batch: int,
) -> bool:
    # Replicas prune at the same time: each takes rows that no other is deleting.
    old = select(key).where(condition).order_by(time).limit(batch).with_for_update(skip_locked=True)
    keys = list((await connection.execute(old)).scalars())
    if keys:
        await connection.execute(delete(key.table).where(key.in_(keys)))
    return len(keys) == batch
