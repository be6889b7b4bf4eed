"""The store: what came in, where each conversation stands, what is to be sent."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Self
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage import errands, judgements, leases, places, queues, retention
from bot.storage.clock import STEP_SECONDS, Clock
from bot.storage.engine import engine_to_look, open_engine
from bot.storage.errands import Errand
from bot.storage.queues import ERROR_LENGTH, Pace
from bot.storage.records import Outgoing, Question, Received, Settled, Verdict
from bot.storage.sqlite import FileLock
from bot.storage.tables import inbox
from bot.storage.unit import Handling

AWAY = (SQLAlchemyError, OSError)
"""What a database that does not answer raises; leases that could not be given back end by themselves."""

MAX_ATTEMPTS = 3
"""An update whose handling failed so often is set aside."""

_RECEIVE = leases.per_engine(inbox, lambda statement: statement.on_conflict_do_nothing())


class Store:
    """Everything that outlives the process. Any number of stores, in any number of processes, share a database.

    Args:
        engine: see `open_engine`.
        lock: held as long as the store is open, where its database is a file.
    """

    def __init__(self, engine: AsyncEngine, lock: FileLock | None = None) -> None:
        self._engine = engine
        self._lock = lock
        self._name = uuid4().hex
        self._numbers = itertools.count(1)
        self._in_hand: Counter[str] = Counter()
        self._clock = Clock(shared=engine.dialect.name != "sqlite")

    @classmethod
    async def open(cls, url: str) -> Self:
        """The store at a database address: SQLite's schema brought up to date, PostgreSQL's looked at.

        Raises:
            StorageError: where it cannot be opened.
        """
        engine = await open_engine(url)
        store = cls(engine, FileLock.of(engine))
        await store.keep_hold()
        if store._lock and store._lock.alone:
            # Nobody else has the file open: what a killed process had in hand need not wait for its lease to end.
            async with engine.begin() as connection:
                await leases.forget_all(connection)
        return store

    @property
    def engine(self) -> AsyncEngine:
        """The database, for whoever looks at it from outside; see `bot.storage.inspection`."""
        return self._engine

    async def close(self) -> None:
        """Let the database go, and what is still in hand to whoever comes next."""
        with contextlib.suppress(*AWAY):
            async with self._engine.begin() as connection:
                await leases.let_all_go(connection, sorted(self._in_hand))
        await self._engine.dispose()
        if self._lock:
            self._lock.release()

    def now(self) -> float:
        """Seconds since 1970, UTC: by the database's clock where replicas share one; see `Clock` on how it jumps."""
        return self._clock.now()

    async def keep_hold(self) -> None:
        """Renew what is in hand, and set the clock by the database's. To be called every few seconds."""
        async with self._engine.begin() as connection:
            asked, shown = time.monotonic(), time.time()
            if connection.dialect.name != "sqlite":
                told = select(func.extract("epoch", func.clock_timestamp()))
                shown = float((await connection.execute(told)).scalar_one())
            step = self._clock.look(shown, asked)
            now = self.now() + step
            if step < -STEP_SECONDS:
                await queues.set_back(connection, self.now(), now)
            if owners := sorted(self._in_hand):
                await leases.renew(connection, owners, now)
        self._clock.set(step)

    @property
    def workers(self) -> int:
        """How many transactions at once are of use here."""
        return 1 if self._engine.dialect.name == "sqlite" else 2

    def _owner(self) -> str:
        return f"{self._name}/{next(self._numbers)}"

    def _drop(self, owner: str) -> None:
        self._in_hand[owner] -= 1
        if self._in_hand[owner] <= 0:
            del self._in_hand[owner]

    # ------------------------------------------------------------------ in

    async def receive(self, updates: Sequence[Received]) -> None:
        """Store updates; those already there are dropped. When this returns they outlive the process."""
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
                "sender": received.sender,
            }
            for received in sorted(updates, key=lambda received: received.update_id)
        ]
        async with self._engine.begin() as connection:
            await connection.execute(_RECEIVE[connection.dialect.name], rows)

    @contextlib.asynccontextmanager
    async def claim(self, limit: int = 1) -> AsyncIterator[list[Received]]:
        """The oldest waiting updates of different chats, which are in nobody else's hand while the block runs.

        What the block has not handled is anybody's again at its end.
        """
        owner = self._owner()
        self._in_hand[owner] = 1
        try:
            claimed: list[Received] = []
            if not self._clock.settling:
                async with self._engine.begin() as connection:
                    claimed = await queues.claim(connection, owner, limit, self.now())
            handled = not claimed
            try:
                yield claimed
                handled = True
            finally:
                if not handled:
                    await self._let_go("inbox", [received.chat for received in claimed], owner)
        finally:
            self._drop(owner)

    def handling(self, batch: Sequence[Received], error: str | None = None) -> Handling:
        """A transaction that marks claimed updates done (failed, if there is an `error`) and stores all that its block does.

        An exception in the block leaves everything as it was. All are of one claim.

        Raises:
            LeaseLostError: at the end of the block, where somebody else has taken one over; nothing is stored then.
        """
        return Handling(self._engine, batch, error)

    async def try_later(self, received: Received, error: str) -> None:
        """Note that handling failed and is to be tried again."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(inbox)
                .where(inbox.c.update_id == received.update_id)
                .values(attempts=inbox.c.attempts + 1, error=error[:ERROR_LENGTH])
            )
            await leases.let_go(connection, "inbox", [received.chat], received.lease)

    async def _let_go(self, queue: leases.Queue, chats: Sequence[str], owner: str) -> None:
        with contextlib.suppress(*AWAY):
            async with self._engine.begin() as connection:
                await leases.let_go(connection, queue, chats, owner)

    # ------------------------------------------------------------------ out

    async def turn(self, results: Sequence[Settled], limit: int, limits: Pace) -> list[Outgoing]:
        """Note what became of messages taken before, and take up to `limit` more, each the first of its chat."""
        owner = self._owner()
        taken: list[Outgoing] = []
        async with self._engine.begin() as connection:
            if results:
                await queues.settle(connection, results)
            if limit > 0 and not self._clock.settling:
                taken = await queues.take(connection, owner, limit, limits, self.now())
        if taken:
            self._in_hand[owner] = len(taken)
        for result in results:
            self._drop(result.message.lease)
        return taken

    async def next_due(self, limits: Pace) -> float | None:
        """When the earliest message that nobody has in hand may be sent, by `now`; None where none waits or may be taken."""
        if self._clock.settling:
            return None
        async with self._engine.connect() as connection:
            return await queues.next_due(connection, limits, self.now())

    # ------------------------------------------------------------------ groups

    async def groups_of(self, user: int, limit: int) -> Sequence[str]:
        """The keys of the groups in which somebody spoke to the bot last."""
        return await places.groups_of(self._engine, user, limit)

    async def asker_of(self, number: int) -> int | None:
        """Who asked a question in a group."""
        return await places.asker_of(self._engine, number)

    # ------------------------------------------------------------------ from the desk

    async def report(self, question: Question, verdict: Verdict, note: str, revision: str) -> int:
        """Keep for the editor what somebody at the desk thinks of an answer; returns its number.

        Args:
            question: what was asked and answered; like the note, redacted.
            revision: of the knowledge.
        """
        async with self._engine.begin() as connection:
            return await judgements.report(connection, question, verdict, note=note, revision=revision, now=self.now())

    # ------------------------------------------------------------------ for admins

    async def errands(self) -> list[Errand]:
        """What admins asked for of late, of all processes; done or not."""
        async with self._engine.connect() as connection:
            return await errands.every(connection, self._name)

    async def finish(self, errand: Errand, messages: Sequence[Outgoing]) -> None:
        """Answer an errand: put messages to whoever asked into the outbox."""
        async with self._engine.begin() as connection:
            await errands.finish(connection, errand, messages, self.now())

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[AsyncConnection]:
        """A connection for what takes long to read; nobody else waits for it meanwhile."""
        # SQLite's one connection would stand still for everybody, and so would the process.
        url = self._engine.url.render_as_string(hide_password=False)
        aside = engine_to_look(url) if self._lock else None
        try:
            async with (aside or self._engine).connect() as connection:
                yield connection
        finally:
            if aside:
                await aside.dispose()

    # ------------------------------------------------------------------ forgetting

    async def prune(self, batch: int = retention.BATCH) -> bool:
        """Delete a batch of what is to be forgotten; True where more may be left."""
        async with self._engine.begin() as connection:
            return await retention.prune(connection, self.now(), batch)
