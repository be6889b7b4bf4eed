"""Errands: what an admin asked for, which is done beside the handling of updates, and by every process if it concerns all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.records import Outgoing, Received
from bot.storage.tables import errands, outbox

KEEP_SECONDS = 3600.0
"""A process that has not looked for so long starts anew anyway."""

_NOTE = insert(errands)
_ALL = select(errands).order_by(errands.c.update_id)
_DONE = update(errands).where(errands.c.update_id == bindparam("number")).values(owner="")
_SEND = insert(outbox)
_FORGET = delete(errands).where(errands.c.asked_at < bindparam("before"))
_FORGET_CHAT = delete(errands).where(errands.c.chat == bindparam("of"))


@dataclass(frozen=True)
class Errand:
    """Something that an admin asked for.

    Attributes:
        update_id: of the command, which the answer goes under.
        chat: the admin's.
        command: its name.
        argument: what stood behind it.
        language: to answer in.
        asked_at: seconds since 1970, UTC.
        mine: whether this process is to answer it.
    """

    update_id: int
    chat: str
    command: str
    argument: str
    language: str
    asked_at: float
    mine: bool


async def note(connection: AsyncConnection, received: Received, command: str, argument: str, language: str) -> None:
    """Keep an errand of the process that has the update in hand."""
    values = {
        "update_id": received.update_id,
        "chat": received.chat,
        "owner": received.lease.partition("/")[0],
        "command": command,
        "argument": argument,
        "language": language,
        "asked_at": received.received_at,
    }
    await connection.execute(_NOTE, values)


async def every(connection: AsyncConnection, owner: str) -> list[Errand]:
    """All that are known, done or not.

    Args:
        owner: who looks.
    """
    return [
        Errand(row.update_id, row.chat, row.command, row.argument, row.language, row.asked_at, row.owner == owner)
        for row in await connection.execute(_ALL)
    ]


async def finish(connection: AsyncConnection, errand: Errand, messages: Sequence[Outgoing], now: float) -> None:
    """Answer an errand: put messages into the outbox. The errand itself stays a while, for the processes that have yet to see it."""
    await connection.execute(_DONE, {"number": errand.update_id})
    if messages:
        await connection.execute(_SEND, [_row(errand, message, now) for message in messages])


async def forget(connection: AsyncConnection, now: float) -> None:
    """Drop what every process has seen."""
    await connection.execute(_FORGET, {"before": now - KEEP_SECONDS})


async def forget_chat(connection: AsyncConnection, chat: str) -> None:
    """Drop what a chat asked for."""
    await connection.execute(_FORGET_CHAT, {"of": chat})


def _row(errand: Errand, message: Outgoing, now: float) -> Mapping[str, object]:
    return {
        "chat": errand.chat,
        "update_id": errand.update_id,
        "method": message.method,
        "parameters": json.dumps(dict(message.parameters), ensure_ascii=False),
        "created_at": now,
        "not_before": 0.0,
        "state": "waiting",
        "attempts": 0,
    }
