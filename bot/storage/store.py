"""The store: what came in, where each conversation stands, what is to be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.dialogue import Conversation
from bot.storage.engine import open_engine
from bot.storage.tables import conversations, feedback, inbox, outbox, questions

MAX_ATTEMPTS = 3
"""An update whose handling failed so often is set aside."""


@dataclass(frozen=True)
class Received:
    """An update as it came in.

    Attributes:
        update_id: Telegram's number for it.
        chat: key of the chat it belongs to; "" where it belongs to none.
        payload: the update, scrubbed.
        received_at: seconds since 1970, UTC.
        attempts: how often its handling has failed.
    """

    update_id: int
    chat: str
    payload: Mapping[str, Any]
    received_at: float
    attempts: int = 0


@dataclass(frozen=True)
class Outgoing:
    """A call of the Bot API to be made.

    Attributes:
        method: its name.
        parameters: what goes with it.
        id: its number in the outbox; 0 before it is there.
        chat: key of the chat it goes to.
        attempts: how often it has failed.
    """

    method: str
    parameters: Mapping[str, Any]
    id: int = 0
    chat: str = ""
    attempts: int = 0


@dataclass(frozen=True)
class Question:
    """A question for the record; its text is redacted."""

    text: str
    language: str
    outcome: str
    entry_id: str | None
    details: Mapping[str, str]


class Unit:
    """One transaction in which an update is handled: all of it is stored, or nothing."""

    def __init__(self, connection: AsyncConnection, received: Received) -> None:
        self._connection = connection
        self._received = received

    async def conversation(self) -> Conversation:
        """The chat's conversation; a new one where there is none, or where the stored one can no longer be read."""
        query = select(conversations.c.state).where(conversations.c.chat == self._received.chat)
        state = (await self._connection.execute(query)).scalar_one_or_none()
        try:
            return Conversation.model_validate_json(state) if state else Conversation()
        except ValidationError:
            return Conversation()

    async def asked_within(self, seconds: float) -> int:
        """How many updates this chat sent in the seconds before this one, this one included."""
        since = self._received.received_at - seconds
        query = select(func.count()).where(
            inbox.c.chat == self._received.chat,
            inbox.c.received_at > since,
            inbox.c.update_id <= self._received.update_id,
        )
        return int((await self._connection.execute(query)).scalar_one())

    async def move(self, conversation: Conversation) -> None:
        """Store where the conversation stands now."""
        values = {"state": conversation.model_dump_json(), "updated_at": self._received.received_at}
        changed = await self._connection.execute(
            update(conversations).where(conversations.c.chat == self._received.chat).values(**values)
        )
        if not changed.rowcount:
            await self._connection.execute(insert(conversations).values(chat=self._received.chat, **values))

    async def record(self, question: Question) -> int:
        """Keep a question for the editor; returns its number."""
        result = await self._connection.execute(
            insert(questions).values(
                chat=self._received.chat,
                asked_at=self._received.received_at,
                text=question.text,
                language=question.language,
                outcome=question.outcome,
                entry_id=question.entry_id,
                details=json.dumps(dict(question.details)),
            )
        )
        key = result.inserted_primary_key
        return int(key[0]) if key else 0

    async def judge(self, question_id: int, verdict: str) -> bool:
        """Keep what this chat thinks of the answer to its own question; False where there is no such question."""
        query = select(questions.c.id).where(questions.c.id == question_id, questions.c.chat == self._received.chat)
        if (await self._connection.execute(query)).scalar_one_or_none() is None:
            return False
        await self._connection.execute(delete(feedback).where(feedback.c.question_id == question_id))
        values = {"question_id": question_id, "verdict": verdict, "given_at": self._received.received_at}
        await self._connection.execute(insert(feedback).values(**values))
        return True

    async def forget(self) -> None:
        """Erase all that is kept of this chat up to this update: conversation, questions, feedback, what came in, what went out.

        Of what came in, the bare numbers stay, so that an update which Telegram gives out twice is not taken for a new one.
        """
        mine = self._received.chat
        asked = select(questions.c.id).where(questions.c.chat == mine)
        await self._connection.execute(delete(feedback).where(feedback.c.question_id.in_(asked)))
        for table in (questions, conversations, outbox):
            await self._connection.execute(delete(table).where(table.c.chat == mine))
        emptied = {"payload": "{}", "error": None}
        earlier = (inbox.c.chat == mine, inbox.c.update_id < self._received.update_id)
        await self._connection.execute(update(inbox).where(*earlier).values(chat="", **emptied))
        this = inbox.c.update_id == self._received.update_id
        await self._connection.execute(update(inbox).where(this).values(**emptied))

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Put messages into the outbox, to be sent in this order."""
        for message in messages:
            await self._connection.execute(
                insert(outbox).values(
                    chat=self._received.chat,
                    method=message.method,
                    parameters=json.dumps(dict(message.parameters), ensure_ascii=False),
                    created_at=self._received.received_at,
                    not_before=0.0,
                    state="waiting",
                    attempts=0,
                )
            )


class Store:
    """Everything that outlives the process.

    Args:
        engine: see `open_engine`.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    async def open(cls, url: str) -> Self:
        """The store at a database address, its schema brought up to date.

        Raises:
            StorageError: where it cannot be opened.
        """
        return cls(await open_engine(url))

    async def close(self) -> None:
        """Let the database go."""
        await self._engine.dispose()

    # ------------------------------------------------------------------ in

    async def receive(self, updates: Sequence[Received]) -> None:
        """Store updates; those already there are dropped."""
        if not updates:
            return
        rows = [
            {
                "update_id": received.update_id,
                "chat": received.chat,
                "received_at": received.received_at,
                "payload": json.dumps(received.payload, ensure_ascii=False),
                "state": "waiting",
                "attempts": 0,
            }
            for received in updates
        ]
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(inbox).on_conflict_do_nothing()
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)

    async def next(self) -> Received | None:
        """The oldest update that waits to be handled."""
        query = select(inbox).where(inbox.c.state == "waiting").order_by(inbox.c.update_id).limit(1)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Received(row.update_id, row.chat, json.loads(row.payload), row.received_at, row.attempts)

    def handling(self, received: Received, error: str | None = None) -> Handling:
        """A transaction that marks the update done (failed, if there is an `error`) and stores all that its block does.

        An exception in the block leaves everything as it was.
        """
        return Handling(self._engine, received, error)

    async def try_later(self, received: Received, error: str) -> None:
        """Note that handling failed and is to be tried again."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(inbox)
                .where(inbox.c.update_id == received.update_id)
                .values(attempts=received.attempts + 1, error=error[:2000])
            )

    # ------------------------------------------------------------------ out

    async def due(self, now: float, limit: int = 100) -> list[Outgoing]:
        """The first waiting message of each chat, oldest first, as far as it may be sent at `now`."""
        heads = select(func.min(outbox.c.id)).where(outbox.c.state == "waiting").group_by(outbox.c.chat)
        query = (
            select(outbox).where(outbox.c.id.in_(heads), outbox.c.not_before <= now).order_by(outbox.c.id).limit(limit)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [Outgoing(row.method, json.loads(row.parameters), row.id, row.chat, row.attempts) for row in rows]

    async def next_due(self) -> float | None:
        """When the earliest first message of any chat may be sent; None where nothing waits."""
        heads = select(func.min(outbox.c.id)).where(outbox.c.state == "waiting").group_by(outbox.c.chat)
        async with self._engine.connect() as connection:
            found = await connection.scalar(select(func.min(outbox.c.not_before)).where(outbox.c.id.in_(heads)))
        return float(found) if found is not None else None

    async def sent(self, message: Outgoing) -> None:
        """Note that a message is out."""
        await self._note(message, state="sent")

    async def dropped(self, message: Outgoing, error: str) -> None:
        """Note that a message can never be delivered."""
        await self._note(message, state="failed", attempts=message.attempts + 1, error=error[:2000])

    async def postponed(self, message: Outgoing, not_before: float, error: str) -> None:
        """Note that a message has to be tried again, not before a time."""
        await self._note(message, attempts=message.attempts + 1, not_before=not_before, error=error[:2000])

    async def _note(self, message: Outgoing, **values: Any) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(update(outbox).where(outbox.c.id == message.id).values(**values))


class Handling:
    """See `Store.handling`."""

    def __init__(self, engine: AsyncEngine, received: Received, error: str | None) -> None:
        self._begin = engine.begin()
        self._received = received
        self._error = error

    async def __aenter__(self) -> Unit:
        """Begin."""
        self._connection = await self._begin.__aenter__()
        return Unit(self._connection, self._received)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back on an exception."""
        if kind is None:
            state, attempts = ("done", 0) if self._error is None else ("failed", 1)
            await self._connection.execute(
                update(inbox)
                .where(inbox.c.update_id == self._received.update_id)
                .values(state=state, attempts=self._received.attempts + attempts, error=self._error)
            )
        await self._begin.__aexit__(kind, error, trace)
