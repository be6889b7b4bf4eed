"""Erasing what is kept of somebody, at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import errands
from bot.storage.records import Received
from bot.storage.tables import WAITING, conversations, feedback, inbox, members, outbox, questions

_EMPTIED = {"payload": "{}", "error": None}
_STATES = (outbox.c.state == WAITING, outbox.c.state != WAITING)
"""Each has an index of its own."""


async def forget(connection: AsyncConnection, received: Received, user: int) -> None:
    """Erase what is kept of a person, up to an update of theirs: their private chat, and what they asked in groups.

    Of what came in, the bare numbers stay, so that an update which Telegram gives out twice is not taken for a new one.

    Args:
        connection: within the update's transaction.
        received: the update that asks for it; what came in after it is still to be answered.
        user: Telegram's number of the person, or of the group or channel in whose name they speak: what its members
            asked is theirs, and stays.
    """
    await _forget_in_groups(connection, received, user)
    if user > 0:  # a private chat has the number of its user, and no other chat has one above 0
        await _forget_chat(connection, received, f"telegram:{user}")
    this = inbox.c.update_id == received.update_id
    await connection.execute(update(inbox).where(this).values(sender=None, **_EMPTIED))


async def _forget_chat(connection: AsyncConnection, received: Received, chat: str) -> None:
    await _erase(connection, questions.c.chat == chat)
    await connection.execute(delete(conversations).where(conversations.c.chat == chat))
    for state in _STATES:
        await connection.execute(delete(outbox).where(outbox.c.chat == chat, state))
    await errands.forget_chat(connection, chat)
    earlier = (inbox.c.chat == chat, inbox.c.update_id < received.update_id)
    await connection.execute(update(inbox).where(*earlier).values(chat="", sender=None, **_EMPTIED))


async def _forget_in_groups(connection: AsyncConnection, received: Received, user: int) -> None:
    asked = await connection.execute(select(questions.c.id, questions.c.chat).where(questions.c.asker == user))
    numbers: dict[str, list[int]] = {}
    for row in asked:
        numbers.setdefault(row.chat, []).append(row.id)
    for chat, theirs in numbers.items():
        for state in _STATES:
            await connection.execute(
                delete(outbox).where(outbox.c.chat == chat, state, outbox.c.question_id.in_(theirs))
            )
        await _erase(connection, questions.c.id.in_(theirs))
    spoke = await connection.execute(select(members.c.chat).where(members.c.user_id == user))
    for chat in set(spoke.scalars()) | set(numbers):
        earlier = (inbox.c.chat == chat, inbox.c.sender == user, inbox.c.update_id < received.update_id)
        await connection.execute(update(inbox).where(*earlier).values(sender=None, **_EMPTIED))
    await connection.execute(delete(members).where(members.c.user_id == user))


async def _erase(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    asked = select(questions.c.id).where(which)
    await connection.execute(delete(feedback).where(feedback.c.question_id.in_(asked)))
    await connection.execute(delete(questions).where(which))
