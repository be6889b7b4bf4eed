"""The queue of updates: filtering, confirming, long polling and its conflicts."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from .errors import JsonObject, Rejection

# Kinds a bot has to ask for by name.
_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_TAKEN_OVER = "terminated by other getUpdates request; make sure that only one bot instance is running"
MAX_TIMEOUT = 50


@dataclass
class Item:
    """An update in the queue; `key` names the conversation whose updates must stay in order."""

    number: int
    body: JsonObject
    key: object
    # Offsets cannot confirm an update that does not show its number: it is handed out once.
    once: bool


class UpdateQueue:
    """Updates on their way to the bot; filled from any thread, read in the server's."""

    def __init__(self, lock: threading.RLock, first: int = 1) -> None:
        self._lock = lock
        self._items: dict[int, Item] = {}
        self._next = first
        self._generation = 0
        self._polling = 0
        self._conflicts = 0
        self._closed = False
        self._wakeups: set[Callable[[], None]] = set()
        self.allowed: list[str] = []
        self.filtered: list[JsonObject] = []

    def __len__(self) -> int:
        return len(self._items)

    def put(self, kind: str, body: object, key: object) -> int | None:
        """Queues an update; None where the bot has not subscribed to its kind."""
        with self._lock:
            wanted = kind in self.allowed if self.allowed else kind not in _ON_REQUEST
            if not wanted:
                self.filtered.append({kind: body})
                return None
            return self._add({"update_id": self._next, kind: body}, key)

    def put_raw(self, body: JsonObject, *, assign_id: bool) -> int:
        """Queues any object as it is; it gets the next update_id unless it has one or may not."""
        with self._lock:
            if assign_id and "update_id" not in body:
                body = {"update_id": self._next, **body}
            shown = body.get("update_id")
            if isinstance(shown, int) and not isinstance(shown, bool) and shown > self._next:
                self._next = shown
            return self._add(body, None)

    def _add(self, body: JsonObject, key: object) -> int:
        number = self._next
        self._next += 1
        self._items[number] = Item(number, body, key, body.get("update_id") != number)
        self._wake()
        return number

    def clear(self) -> None:
        """Forgets everything that waits."""
        with self._lock:
            self._items.clear()

    def conflict(self, times: int) -> None:
        """Plays a second poller: the poll under way is thrown out, or else the next ones are."""
        with self._lock:
            if self._polling:
                self._generation += 1
                times -= 1
                self._wake()
            self._conflicts += times

    def close(self) -> None:
        """Lets all polls end, because the server stops."""
        with self._lock:
            self._closed = True
            self._wake()

    def _wake(self) -> None:
        for wakeup in list(self._wakeups):
            wakeup()

    def listen(self, event: asyncio.Event) -> Callable[[], None]:
        """Sets the event of the running loop at every change, until the result is called."""
        loop = asyncio.get_running_loop()

        def wakeup() -> None:
            # One call for a burst of updates: the event is checked only after it was cleared.
            if not event.is_set() and not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

        with self._lock:
            self._wakeups.add(wakeup)
        return lambda: self._wakeups.discard(wakeup)

    async def poll(self, offset: int, limit: int, timeout: float) -> list[JsonObject]:
        """What getUpdates gives; a later poll ends this one with a conflict."""
        event = asyncio.Event()
        with self._lock:
            if self._conflicts:
                self._conflicts -= 1
                raise Rejection(_TAKEN_OVER, code=409)
            self._generation += 1
            mine = self._generation
            self._polling += 1
            self._wake()
            self._confirm(offset)
        stop = self.listen(event)
        deadline = time.monotonic() + min(timeout, MAX_TIMEOUT)
        try:
            while True:
                event.clear()
                with self._lock:
                    if mine != self._generation:
                        raise Rejection(_TAKEN_OVER, code=409)
                    batch = self._take(offset, limit)
                remaining = deadline - time.monotonic()
                if batch or self._closed or remaining <= 0:
                    return batch
                try:
                    await asyncio.wait_for(event.wait(), remaining)
                except TimeoutError:
                    continue
        finally:
            stop()
            with self._lock:
                self._polling -= 1

    def _confirm(self, offset: int) -> None:
        """Drops what an offset confirms; a negative one keeps only the last updates."""
        if offset < 0:
            surplus = max(len(self._items) + offset, 0)
            gone = list(islice(self._items, surplus))
        else:
            # Numbers only grow, so the confirmed ones are at the front.
            gone = []
            for number in self._items:
                if number >= offset:
                    break
                gone.append(number)
        for number in gone:
            del self._items[number]

    def _take(self, offset: int, limit: int) -> list[JsonObject]:
        items = list(islice(self._items.values(), limit))
        for item in items:
            if item.once:
                del self._items[item.number]
        return [item.body for item in items]

    def next_for(self, busy: set[object]) -> Item | None:
        """The first update whose conversation is not being served; for webhooks."""
        with self._lock:
            for item in self._items.values():
                if item.key not in busy:
                    return item
            return None

    def done(self, item: Item) -> None:
        """Drops an update that a webhook has taken."""
        with self._lock:
            self._items.pop(item.number, None)
