"""Handling updates: what one of them reads and changes, and the transaction around a few of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Executable, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.dialogue import Conversation
from bot.storage import errands, forgetting, leases
from bot.storage.cards import Cards
from bot.storage.places import Places
from bot.storage.records import Outgoing, Question, Received
from bot.storage.tables import conversations, feedback, inbox, outbox, questions

_ASKED = select(func.count()).where(
    inbox.c.chat == bindparam("of"),
    inbox.c.received_at > bindparam("since"),
    inbox.c.received_at <= bindparam("at"),  # later ones are of before the clock went back
    inbox.c.update_id <= bindparam("number"),
)
_ASKED_BY = _ASKED.where(inbox.c.sender == bindparam("by"))
_RECORD = insert(questions)
_STATES = select(conversations.c.chat, conversations.c.state).where(
    conversations.c.chat.in_(bindparam("chats", expanding=True))
)
_SEND = insert(outbox)
_DONE = (
    update(inbox)
    .where(inbox.c.update_id.in_(bindparam("numbers", expanding=True)))
    .values(state=bindparam("became"), attempts=inbox.c.attempts + bindparam("failures"), error=bindparam("said"))
)


def _move(statement: Any) -> Executable:
    fresh = {name: statement.excluded[name] for name in ("state", "updated_at")}
    moved: Executable = statement.on_conflict_do_update(index_elements=[conversations.c.chat], set_=fresh)
    return moved


_MOVE = leases.per_engine(conversations, _move)


class LeaseLostError(Exception):
    """What was in hand took so long that somebody else has taken it over; nothing of it is stored."""


class Unit:
    """One update in its transaction: all that it changes is stored, or nothing."""

    def __init__(self, connection: AsyncConnection, received: Received, state: str | None) -> None:
        self._connection = connection
        self._received = received
        self._state = state
        self.moved: Conversation | None = None
        self.messages: list[Outgoing] = []

    async def conversation(self) -> Conversation:
        """The chat's conversation; a new one where there is none, or where the stored one can no longer be read."""
        if self.moved is not None:
            return self.moved
        try:
            return Conversation.model_validate_json(self._state) if self._state else Conversation()
        except ValidationError:
            return Conversation()

    async def asked_within(self, seconds: float, sender: int | None = None) -> int:
        """How many updates of this chat came in the seconds before this one, this one included.

        Args:
            seconds: how far back.
            sender: count theirs only.
        """
        received = self._received
        at = received.received_at
        known = {"of": received.chat, "since": at - seconds, "at": at, "number": received.update_id}
        if sender is None:
            return int((await self._connection.execute(_ASKED, known)).scalar_one())
        return int((await self._connection.execute(_ASKED_BY, {**known, "by": sender})).scalar_one())

    async def move(self, conversation: Conversation) -> None:
        """Store where the conversation stands now."""
        self.moved = conversation

    async def record(self, question: Question) -> int:
        """Keep a question for the editor; returns its number."""
        values = {
            "chat": question.chat or self._received.chat,
            "asked_at": self._received.received_at,
            "text": question.text,
            "language": question.language,
            "outcome": question.outcome,
            "entry_id": question.entry_id,
            "details": json.dumps(dict(question.details)),
            "asker": question.asker,
            "asked_in": question.asked_in,
            "context": question.context,
        }
        result = await self._connection.execute(_RECORD, values)
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

    async def note_errand(self, command: str, argument: str, language: str) -> None:
        """Keep what an admin asked for; it is done beside, once this transaction stands."""
        await errands.note(self._connection, self._received, command, argument, language)

    @property
    def cards(self) -> Cards:
        """The questions of this chat that can be gone on with, and the messages that answer them."""
        return self.cards_of(self._received.chat)

    def cards_of(self, chat: str) -> Cards:
        """The same of another chat, by its key."""
        return Cards(self._connection, chat)

    @property
    def places(self) -> Places:
        """The groups, and who speaks to the bot there."""
        return Places(self._connection)

    async def forget(self, user: int) -> None:
        """Erase what is kept of a person up to this update, in private and in groups; see `forgetting.forget`."""
        await forgetting.forget(self._connection, self._received, user)
        self._state = self.moved = None
        self.messages.clear()

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Put messages into the outbox, to be sent in this order."""
        self.messages += messages


class Handling:
    """A transaction that handles updates of different chats: see `Store.handling`."""

    def __init__(self, engine: AsyncEngine, batch: Sequence[Received], error: str | None) -> None:
        self._begin = engine.begin()
        self._batch = batch
        self._error = error
        self._units: list[Unit] = []

    async def __aenter__(self) -> list[Unit]:
        """Begin."""
        self._connection = await self._begin.__aenter__()
        try:
            chats = {"chats": [received.chat for received in self._batch]}
            found = {row.chat: row.state for row in await self._connection.execute(_STATES, chats)}
        except BaseException as error:
            await self._begin.__aexit__(type(error), error, error.__traceback__)
            raise
        self._units = [Unit(self._connection, received, found.get(received.chat)) for received in self._batch]
        return self._units

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back on an exception."""
        if kind is None:
            try:
                await self._finish()
            except BaseException as failure:
                await self._begin.__aexit__(type(failure), failure, failure.__traceback__)
                raise
        await self._begin.__aexit__(kind, error, trace)

    async def _finish(self) -> None:
        pairs = list(zip(self._batch, self._units, strict=True))
        moved = [
            {"chat": received.chat, "state": unit.moved.model_dump_json(), "updated_at": received.received_at}
            for received, unit in sorted(pairs, key=lambda pair: pair[0].chat)
            if unit.moved is not None
        ]
        if moved:
            await self._connection.execute(_MOVE[self._connection.dialect.name], moved)
        messages = [_row(received, message) for received, unit in pairs for message in unit.messages]
        if messages:
            await self._connection.execute(_SEND, messages)
        numbers = [received.update_id for received in self._batch]
        became, failures = ("done", 0) if self._error is None else ("failed", 1)
        await self._connection.execute(
            _DONE, {"numbers": numbers, "became": became, "failures": failures, "said": self._error}
        )
        # Last, so that who renews the leases need not wait for us; an owner of before finds nothing to give back.
        chats, owner = [received.chat for received in self._batch], self._batch[0].lease
        if await leases.let_go(self._connection, "inbox", chats, owner) != len(chats):
            raise LeaseLostError


def _row(received: Received, message: Outgoing) -> dict[str, object]:
    return {
        "chat": message.chat or received.chat,
        "update_id": received.update_id,
        "method": message.method,
        "parameters": json.dumps(dict(message.parameters), ensure_ascii=False),
        "created_at": received.received_at,
        "not_before": message.not_before,
        "state": "waiting",
        "attempts": 0,
        "question_id": message.question,
    }
