"""Working through the inbox: in order within a chat, side by side across chats."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.channels.telegram.facts import Facts
from bot.channels.telegram.handler import Handler
from bot.channels.telegram.scene import NOTHING
from bot.log import Trouble, about, safe
from bot.storage import MAX_ATTEMPTS, LeaseLostError, Received, Store

log = logging.getLogger(__name__)

IDLE_SECONDS = 2.0
"""How often the inbox is looked at when nobody says that something has arrived: a dead replica's work says nothing."""
TOGETHER = 16
"""Updates in one transaction: a commit costs as much as handling a few."""


class Worker:
    """Takes the oldest waiting updates of idle chats, handles them, stores all that follows in one transaction.

    Any number may run, in one process and in many.

    Args:
        store: inbox, conversations and outbox.
        handler: what to do with an update, asked for anew each time.
        arrived: set when something new is in the inbox.
        ready: set by the worker when something new is in the outbox.
        trouble: says that the database does not answer.
        facts: finds out what must be known about an update first; None: nothing is asked.
    """

    def __init__(  # noqa: PLR0917 -- all that it works between
        self,
        store: Store,
        handler: Callable[[], Handler],
        arrived: asyncio.Event,
        ready: asyncio.Event,
        trouble: Trouble,
        facts: Facts | None = None,
    ) -> None:
        self._store = store
        self._handler = handler
        self._arrived = arrived
        self._ready = ready
        self._trouble = trouble
        self._facts = facts

    async def run(self, stopped: asyncio.Event) -> None:
        """Work until `stopped` is set; what is in hand then is finished."""
        while not stopped.is_set():
            self._arrived.clear()
            try:
                while not stopped.is_set() and await self.step():
                    self._ready.set()
            except (SQLAlchemyError, OSError) as error:
                self._trouble.met(error)
                await asyncio.sleep(1)
                continue
            try:
                await asyncio.wait_for(self._arrived.wait(), IDLE_SECONDS)
            except TimeoutError:
                continue

    async def step(self) -> bool:
        """Handle a few updates; False where none waits."""
        async with self._store.claim(TOGETHER) as batch:
            self._trouble.over()
            if not batch:
                return False
            try:
                await self._handle(batch)
            except (SQLAlchemyError, OSError):
                raise
            except Exception as error:  # noqa: BLE001 -- whatever an update brings about; it is set aside with it
                await self._one_by_one(batch, error)
        return True

    async def _handle(self, batch: Sequence[Received]) -> None:
        known = [await self._facts.about(received) if self._facts else NOTHING for received in batch]
        async with self._store.handling(batch) as units:
            for received, unit, facts in zip(batch, units, known, strict=True):
                with about(received.update_id):
                    await self._handler().handle(received, unit, facts)
        for received in batch:
            metrics.STORED.observe(max(0.0, self._store.now() - received.received_at))
            with about(received.update_id):
                log.debug("handled")

    async def _one_by_one(self, batch: Sequence[Received], error: Exception) -> None:
        """One of them failed (or was taken over by others), and took the others with it: find out which."""
        for received in batch:
            with about(received.update_id):
                try:
                    if len(batch) == 1:
                        raise error
                    await self._handle([received])
                except (SQLAlchemyError, OSError):
                    raise
                except LeaseLostError:
                    log.info("others have taken over what took too long")
                except Exception as failure:
                    log.exception("update %d could not be handled", received.update_id)
                    await self._failed(received, f"{type(failure).__name__}: {failure}")

    async def _failed(self, received: Received, error: str) -> None:
        """Try again later; after some tries set the update aside and tell the person, so that their chat goes on."""
        if received.attempts + 1 < MAX_ATTEMPTS:
            await self._store.try_later(received, safe(error))
            return
        log.error("update %d is set aside", received.update_id)
        async with self._store.handling([received], safe(error)) as units:
            await units[0].send(self._handler().trouble(received))
        metrics.POISON.inc()
