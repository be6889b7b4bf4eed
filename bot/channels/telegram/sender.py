"""Emptying the outbox: in order within a chat, side by side across chats, within Telegram's limits."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot import metrics
from bot.channels.telegram import fallbacks
from bot.channels.telegram.limits import UNLIMITED, Limits
from bot.channels.telegram.receiver import refused_token, retry_seconds
from bot.channels.telegram.transport import call
from bot.errors import ChannelError
from bot.log import Trouble, about, safe
from bot.storage import Outgoing, Settled, Store

log = logging.getLogger(__name__)

AT_ONCE = 24
UNAUTHORIZED = "Unauthorized"
IDLE_SECONDS = 2.0
MAX_BACKOFF = 60.0
ANSWER_SECONDS = 30.0
"""How long Telegram may take over a call: to give up early is to send twice."""
TURN_SECONDS = 0.02
"""What comes about within this time goes into one transaction."""
LAST_SECONDS = 1.5
"""Of a drain, for what Telegram has in hand by then: cut off, it would be sent again."""
PATIENCE = 8.0
LEAST_PATIENCE = 1.0
"""For how many messages' time, and for how many seconds at least, one that is not yet noted as sent holds up the next. A kill
repeats what is on its way, so that shall be one message; but a slow call must not stop everybody."""

Call = Callable[[Bot, str, Mapping[str, Any], float], Awaitable[Any]]
"""Makes a call of the Bot API: its method, its parameters as they stand in the outbox, and how long the answer may take."""


class Sender:
    """Delivers what is in the outbox.

    Args:
        bot: talks to Telegram.
        store: the outbox.
        limits: how much may be sent.
        ready: set when something new is in the outbox.
        trouble: says that the database does not answer.
        make: makes the calls; what is stored may stand for something that it makes first.
    """

    def __init__(
        self, bot: Bot, store: Store, limits: Limits, ready: asyncio.Event, trouble: Trouble, *, make: Call = call
    ) -> None:
        self._bot = bot
        self._make = make
        self._store = store
        self._limits = limits
        self._ready = ready
        self._gate = Gate(limits.pace.gap)
        self._under_way: set[asyncio.Task[None]] = set()
        self._calling: set[asyncio.Task[None] | None] = set()
        self._results: list[Settled] = []
        self._refused: ChannelError | None = None
        self._turned = 0.0
        self._trouble = trouble
        self._sending = Trouble(log, "sending")

    async def run(self, stopped: asyncio.Event) -> None:
        """Deliver until `stopped` is set; what is on its way then is left to `drain`.

        Raises:
            ChannelError: where Telegram refuses the token.
        """
        while not stopped.is_set():
            await self._wait(await self._turn())

    async def drain(self, seconds: float) -> None:
        """Deliver what can go within a time, then stop. What is cut off is sent again by whoever comes next."""
        end = time.monotonic() + seconds
        while (left := end - LAST_SECONDS - time.monotonic()) > 0:
            wait = await self._turn()
            if not self._under_way and not self._results and (wait >= IDLE_SECONDS or wait > left):
                return
            await self._wait(min(wait, left))
        for task in self._under_way - self._calling:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=max(0.0, end - time.monotonic()))
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._store.turn(self._results, 0, self._limits.pace)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ready.wait(), seconds)
        # Where only what is noted lets the next one out, it is noted at once.
        if not self._limits.pace.gap and (early := self._turned + TURN_SECONDS - time.monotonic()) > 0:
            await asyncio.sleep(early)

    async def _turn(self) -> float:
        """Note what is done, begin what may go; returns for how many seconds nothing more can, if nothing happens."""
        self._ready.clear()
        self._turned = time.monotonic()
        if self._refused:
            raise self._refused
        results = list(self._results)
        room = min(AT_ONCE, self._limits.ahead) - len(self._under_way)
        try:
            taken = await self._store.turn(results, room, self._limits.pace)
            # Only now: what could not be noted is noted with the next turn. More may have come in the meantime.
            del self._results[: len(results)]
            self._gate.leave(result.message.id for result in results)
            for message in taken:
                task = asyncio.create_task(self._deliver(message))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            wait = 0.0 if taken else await self._until_next(room)
        except (SQLAlchemyError, OSError) as error:
            self._trouble.met(error)
            return 1.0
        self._trouble.over()
        return wait

    async def _until_next(self, room: int) -> float:
        if room <= 0 or self._results:
            return 0.0 if self._results else IDLE_SECONDS
        due = await self._store.next_due(self._limits.pace)
        if due is None:
            return IDLE_SECONDS
        return max(0.005, min(IDLE_SECONDS, due - self._store.now()))

    async def _deliver(self, message: Outgoing) -> None:
        if (early := message.send_at - self._store.now()) > 0:
            await asyncio.sleep(early)
        if message.method not in UNLIMITED:
            await self._gate.enter(message.id)
        with about(message.update_id):
            if message.attempts:
                metrics.RETRIES.inc()
            task = asyncio.current_task()
            self._calling.add(task)
            try:
                result = await self._call(message)
            finally:
                self._calling.discard(task)
        if result is not None:
            self._results.append(result)
        self._ready.set()

    async def _call(self, message: Outgoing) -> Settled | None:
        now = self._store.now
        try:
            result = await self._make(self._bot, message.method, message.parameters, ANSWER_SECONDS)
        except RetryAfter as error:
            self._sending.met(error, message.id)
            _count(message, "limited")
            until = now() + retry_seconds(error)
            return Settled(message, "waiting", until, error=safe(str(error)))
        except InvalidToken as error:
            if error.message != UNAUTHORIZED:
                return self._again(message, error)  # "Not Found", which a proxy on the way may say too
            self._refused = refused_token()
            return None
        except ChatMigrated as error:
            return self._elsewise(message, fallbacks.moved(message, error.new_chat_id))
        except (BadRequest, Forbidden) as error:
            self._sending.over(message.id)
            if fallbacks.is_done(error):
                return Settled(message)
            if other := fallbacks.otherwise(message, error):
                return self._elsewise(message, other)
            # Will never work: the person has blocked the bot, the button's press is too old, …
            log.info("%s to a chat was refused: %s", message.method, error)
            _count(message, "refused")
            return Settled(message, "failed", error=safe(str(error)))
        except (NetworkError, TelegramError) as error:
            return self._again(message, error)
        except Exception as error:  # a message that nobody can make sense of must not hold its chat for ever
            self._sending.over(message.id)
            log.exception("message %d could not be sent", message.id)
            _count(message, "error")
            return Settled(message, "failed", error=safe(f"{type(error).__name__}: {error}"))
        self._sending.over(message.id)
        _count(message, "ok")
        metrics.SENT.observe(max(0.0, now() - message.created_at))
        gap = 0.0 if message.method in UNLIMITED else self._limits.chat_gap(message.chat)
        shown = result.get("message_id") if isinstance(result, dict) else None
        return Settled(
            message, free_at=now() + gap if gap else 0.0, message_id=shown if isinstance(shown, int) else None
        )

    def _elsewise(self, message: Outgoing, other: Outgoing) -> Settled:
        """It is to be sent in another way at once."""
        self._sending.over(message.id)
        _count(message, "changed")
        return Settled(message, "waiting", instead=other)

    def _again(self, message: Outgoing, error: TelegramError) -> Settled:
        self._sending.met(error, message.id)
        _count(message, "error")
        until = self._store.now() + min(MAX_BACKOFF, 0.5 * 2 ** min(message.attempts, 7))
        return Settled(message, "waiting", until, error=safe(str(error)))


def _count(message: Outgoing, result: str) -> None:
    metrics.SENDS.labels(message.method, result).inc()
    log.debug("%s: %s", message.method, result)


class Gate:
    """Lets messages out one by one: the next when the one before is noted as sent, or has taken too long.

    Args:
        gap: seconds between two messages; 0: all may go at once.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._free = asyncio.Semaphore(1)
        self._out: dict[int, asyncio.TimerHandle] = {}
        self._last = 0.0

    async def enter(self, number: int) -> None:
        """Wait for one's turn."""
        if not self._gap:
            return
        await self._free.acquire()
        loop = asyncio.get_running_loop()
        self._out[number] = loop.call_later(max(self._gap * PATIENCE, LEAST_PATIENCE), self._release, number)
        # Those that were held up must not catch up all at once.
        if (early := self._last + self._gap - loop.time()) > 0:
            await asyncio.sleep(early)
        self._last = loop.time()

    def leave(self, numbers: Iterable[int]) -> None:
        """These messages are noted."""
        for number in numbers:
            self._release(number)

    def _release(self, number: int) -> None:
        if timer := self._out.pop(number, None):
            timer.cancel()
            self._free.release()
