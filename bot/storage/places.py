"""The groups that the bot is in, and who spoke to it there: so that an admin can be asked where to post an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import leases
from bot.storage.tables import WAITING, conversations, groups, members, outbox, questions


class Places:
    """Groups and their members, within a transaction.

    Args:
        connection: the transaction's.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def seen(self, chat: str, user: int | None, now: float) -> None:
        """Somebody spoke to the bot in a group, or brought it there."""
        engine = self._connection.dialect.name
        await self._connection.execute(_GROUP[engine], {"chat": chat, "moved_to": None})
        if user is not None:
            await self._connection.execute(_MEMBER[engine], {"chat": chat, "user_id": user, "seen_at": now})

    async def left(self, chat: str) -> None:
        """The bot is no longer in a group: what waits to be said there never will be."""
        for table in (groups, members):
            await self._connection.execute(delete(table).where(table.c.chat == chat))
        await self._connection.execute(delete(outbox).where(outbox.c.state == WAITING, outbox.c.chat == chat))

    async def moved_to(self, chat: str) -> str | None:
        """The key that a chat has since it became a supergroup; None where it did not."""
        found = await self._connection.scalar(select(groups.c.moved_to).where(groups.c.chat == chat))
        return str(found) if found is not None else None

    async def move(self, old: str, new: str) -> None:
        """A group became a supergroup, with another number: what is kept of it goes along."""
        engine = self._connection.dialect.name
        for key, moved in ((new, None), (old, new)):
            await self._connection.execute(_MOVED[engine], {"chat": key, "moved_to": moved})
        await self._connection.execute(update(questions).where(questions.c.chat == old).values(chat=new))
        # The new number may have a language or members already; those are the later.
        known = select(members.c.user_id).where(members.c.chat == new)
        await self._connection.execute(delete(members).where(members.c.chat == old, members.c.user_id.in_(known)))
        if await self._connection.scalar(select(conversations.c.chat).where(conversations.c.chat == new)):
            await self._connection.execute(delete(conversations).where(conversations.c.chat == old))
        for table in (members, conversations):
            await self._connection.execute(update(table).where(table.c.chat == old).values(chat=new))
        # What came in under the old number after this is answered under the new one: see `Cards`.
        waiting = select(outbox.c.id, outbox.c.method, outbox.c.parameters).where(
            outbox.c.state == WAITING, outbox.c.chat == old
        )
        number = int(new.partition(":")[2])
        for row in (await self._connection.execute(waiting)).all():
            method, parameters = moved_call(row.method, json.loads(row.parameters), number)
            await self._connection.execute(
                update(outbox)
                .where(outbox.c.id == row.id)
                .values(chat=new, method=method, parameters=json.dumps(parameters, ensure_ascii=False))
            )


def moved_call(method: str, parameters: Mapping[str, Any], chat_id: int) -> tuple[str, dict[str, Any]]:
    """A call of the Bot API for the supergroup that a group became: its method and parameters.

    Messages have other numbers there: none can be replied to, and one that was to be changed is said anew.
    """
    dropped = {"reply_parameters", "message_id"} if method == "editMessageText" else {"reply_parameters"}
    known = {name: value for name, value in parameters.items() if name not in dropped}
    return "sendMessage" if method == "editMessageText" else method, {**known, "chat_id": chat_id}


_GROUP = leases.per_engine(groups, lambda statement: statement.on_conflict_do_nothing())
_MOVED = leases.per_engine(
    groups,
    lambda statement: statement.on_conflict_do_update(
        index_elements=[groups.c.chat], set_={"moved_to": statement.excluded.moved_to}
    ),
)
_MEMBER = leases.per_engine(
    members,
    lambda statement: statement.on_conflict_do_update(
        index_elements=[members.c.chat, members.c.user_id], set_={"seen_at": statement.excluded.seen_at}
    ),
)


async def groups_of(engine: AsyncEngine, user: int, limit: int) -> Sequence[str]:
    """The keys of the groups in which somebody spoke to the bot last."""
    query = (
        select(groups.c.chat)
        .join(members, members.c.chat == groups.c.chat)
        .where(members.c.user_id == user, groups.c.moved_to.is_(None))
        .order_by(members.c.seen_at.desc())
        .limit(limit)
    )
    async with engine.connect() as connection:
        return list((await connection.execute(query)).scalars())


async def asker_of(engine: AsyncEngine, number: int) -> int | None:
    """Who asked a question in a group."""
    async with engine.connect() as connection:
        found = await connection.scalar(select(questions.c.asker).where(questions.c.id == number))
        return int(found) if found is not None else None
