"""Questions that can be gone on with, and the messages of ours that stand in a chat as their answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.records import Kept, Question, Shown
from bot.storage.tables import WAITING, leases, outbox, questions

_KEPT = (
    questions.c.id,
    questions.c.chat,
    questions.c.asked_at,
    questions.c.text,
    questions.c.asker,
    questions.c.asked_in,
    questions.c.context,
)
_LATELY = 50
"""So many questions of a chat are looked through for the latest of somebody."""


class Cards:
    """The questions of one chat, within a transaction.

    Args:
        connection: the transaction's.
        chat: the chat's key.
    """

    def __init__(self, connection: AsyncConnection, chat: str) -> None:
        self._connection = connection
        self._chat = chat

    async def card(self, number: int) -> Kept | None:
        """A question by its number, of whichever chat: who asks must look at that."""
        return await self._one(select(*_KEPT).where(questions.c.id == number))

    async def asked_in(self, message_id: int) -> Kept | None:
        """The question that a message of this chat asked; the latest, where there are several."""
        here = (questions.c.chat == self._chat, questions.c.asked_in == message_id)
        return await self._one(select(*_KEPT).where(*here).order_by(questions.c.id.desc()))

    async def answered_by(self, message_id: int) -> Kept | None:
        """The question that a message of ours in this chat answers."""
        found = await self._connection.scalar(
            select(outbox.c.question_id).where(
                outbox.c.state != WAITING, outbox.c.chat == self._chat, outbox.c.message_id == message_id
            )
        )
        return await self.card(int(found)) if found is not None else None

    async def latest(self, asker: int | None = None) -> Kept | None:
        """The question that the last message of this chat asked, or somebody's last in it."""
        here = (questions.c.chat == self._chat, questions.c.asked_in.is_not(None))
        by_message = select(questions.c.id, questions.c.asker).where(*here).order_by(questions.c.asked_in.desc())
        rows = await self._connection.execute(by_message.limit(1 if asker is None else _LATELY))
        number = next((row.id for row in rows if asker is None or row.asker == asker), None)
        return await self.card(number) if number is not None else None

    async def keep(self, number: int, question: Question) -> None:
        """Store where a question stands now."""
        await self._connection.execute(
            update(questions)
            .where(questions.c.id == number)
            .values(
                text=question.text,
                language=question.language,
                outcome=question.outcome,
                entry_id=question.entry_id,
                details=json.dumps(dict(question.details)),
                context=question.context,
            )
        )

    async def shown(self, number: int) -> Sequence[Shown]:
        """The messages that answer a question of this chat, as they stand there, in order."""
        found = await self._connection.execute(
            select(outbox.c.id, outbox.c.method, outbox.c.message_id, outbox.c.parameters)
            .where(outbox.c.state != WAITING, outbox.c.chat == self._chat, outbox.c.question_id == number)
            .order_by(outbox.c.id)
        )
        there: dict[int, Shown] = {}
        for row in found:
            parameters = json.loads(row.parameters)
            message_id = row.message_id or parameters.get("message_id")
            if row.method == "deleteMessage":
                there.pop(message_id, None)
            elif isinstance(message_id, int):
                there[message_id] = Shown(message_id, parameters)
        return list(there.values())

    async def withdraw(self, number: int) -> bool:
        """Take back the messages that answer a question and are not on their way yet; False where there were none."""
        in_hand = select(leases.c.chat).where(
            leases.c.queue == "outbox", leases.c.chat == outbox.c.chat, leases.c.owner != ""
        )
        gone = await self._connection.execute(
            delete(outbox).where(
                outbox.c.state == WAITING,
                outbox.c.chat == self._chat,
                outbox.c.question_id == number,
                ~in_hand.exists(),
            )
        )
        return gone.rowcount > 0

    async def _one(self, query: Select[Any]) -> Kept | None:
        row = (await self._connection.execute(query.limit(1))).first()
        return Kept(*row) if row is not None else None
