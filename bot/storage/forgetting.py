"""Erasing what is kept of somebody, at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import errands
from bot.storage.records import Received
from bot.storage.tables import WAITING, conversations, feedback, inbox, members, outbox, questions

_EMPTIED = {"payload": "{}", "error": None}


async def forget(connection: AsyncConnection, received: Received, user: int | None) -> None:
    """Erase what is kept of a chat, or of a person everywhere, up to an update of theirs.

    Of what came in, the bare numbers stay, so that an update which Telegram gives out twice is not taken for a new one.

    Args:
        connection: within the update's transaction.
        received: the update that asks for it; what came in after it is still to be answered.
        user: Telegram's number of the person; None: the chat that the update is of.
    """
    mine = received.chat if user is None else _private(user)
    if user is not None:
        await _forget_in_groups(connection, received, user)
    await _erase(connection, questions.c.chat == mine)
    await connection.execute(delete(conversations).where(conversations.c.chat == mine))
    for state in (outbox.c.state == WAITING, outbox.c.state != WAITING):  # each has an index of its own
        await connection.execute(delete(outbox).where(outbox.c.chat == mine, state))
    await errands.forget_chat(connection, mine)
    earlier = (inbox.c.chat == mine, inbox.c.update_id < received.update_id)
    await connection.execute(update(inbox).where(*earlier).values(chat="", sender=None, **_EMPTIED))
    this = inbox.c.update_id == received.update_id
    await connection.execute(update(inbox).where(this).values(sender=None, **_EMPTIED))


async def _forget_in_groups(connection: AsyncConnection, received: Received, user: int) -> None:
    theirs = select(questions.c.id).where(questions.c.asker == user)
    chats = list((await connection.execute(select(members.c.chat).where(members.c.user_id == user))).scalars())
    numbers = list((await connection.execute(theirs)).scalars())
    if numbers:
        waiting = (outbox.c.state == WAITING, outbox.c.question_id.in_(numbers))
        await connection.execute(delete(outbox).where(*waiting))
        await _erase(connection, questions.c.id.in_(numbers))
    for chat in chats:
        earlier = (inbox.c.chat == chat, inbox.c.sender == user, inbox.c.update_id < received.update_id)
        await connection.execute(update(inbox).where(*earlier).values(sender=None, **_EMPTIED))
    await connection.execute(delete(members).where(members.c.user_id == user))


async def _erase(connection: AsyncConnection, which: ColumnElement[bool]) -> None:
    asked = select(questions.c.id).where(which)
    await connection.execute(delete(feedback).where(feedback.c.question_id.in_(asked)))
    await connection.execute(delete(questions).where(which))


def _private(user: int) -> str:
    return f"telegram:{user}"
