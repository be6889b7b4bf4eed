"""Working through the inbox, one update after the other."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.telegram.handler import Handler
from bot.log import safe
from bot.storage import MAX_ATTEMPTS, Received, Store

log = logging.getLogger(__name__)

IDLE_SECONDS = 5.0
"""How often the inbox is looked at when nobody says that something has arrived."""


class Worker:
    """Takes the oldest waiting update, handles it, stores all that follows from it in one transaction.

    Args:
        store: inbox, conversations and outbox.
        handler: what to do with an update.
        arrived: set when something new is in the inbox.
        ready: set by the worker when something new is in the outbox.
    """

    def __init__(self, store: Store, handler: Handler, arrived: asyncio.Event, ready: asyncio.Event) -> None:
        self._store = store
        self._handler = handler
        self._arrived = arrived
        self._ready = ready

    async def run(self, stopped: asyncio.Event) -> None:
        """Work until `stopped` is set; what is in hand then is finished."""
        while not stopped.is_set():
            self._arrived.clear()
            try:
                while not stopped.is_set() and await self.step():
                    self._ready.set()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the database does not answer (%s): trying again", error)
                await asyncio.sleep(1)
                continue
            try:
                await asyncio.wait_for(self._arrived.wait(), IDLE_SECONDS)
            except TimeoutError:
                continue

    async def step(self) -> bool:
        """Handle one update; False where none waits."""
        received = await self._store.next()
        if received is None:
            return False
        try:
            async with self._store.handling(received) as unit:
                await self._handler.handle(received, unit)
        except (SQLAlchemyError, OSError):
            raise
        except Exception as error:
            log.exception("update %d could not be handled", received.update_id)
            await self._failed(received, f"{type(error).__name__}: {error}")
        return True

    async def _failed(self, received: Received, error: str) -> None:
        """Try again later; after some tries set the update aside and tell the person, so that their chat goes on."""
        if received.attempts + 1 < MAX_ATTEMPTS:
            await self._store.try_later(received, safe(error))
            return
        log.error("update %d is set aside", received.update_id)
        async with self._store.handling(received, safe(error)) as unit:
            await unit.send(self._handler.trouble(received))
