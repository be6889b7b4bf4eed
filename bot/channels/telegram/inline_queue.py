"""Answering inline queries beside everything else: at once, never stored, and only the newest of each person."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from functools import partial

from telegram import Bot
from telegram.error import TelegramError

from bot import metrics
from bot.channels.telegram.inline import InlineQuery, InlineResults, is_inline, read_inline
from bot.channels.telegram.transport import call
from bot.log import about, cause
from bot.storage import Received

log = logging.getLogger(__name__)

AT_ONCE = 8
MOST_WAITING = 500
"""People who wait; of more the oldest go. Telegram takes no answer after some seconds anyway."""
REMEMBERED = 1000
"""Queries that may come again: with a batch that could not be stored, or by a webhook whose answer was lost."""
ANSWER_SECONDS = 10.0
STOP_SECONDS = 1.0


class InlineQueries:
    """Answers inline queries, some at a time, one of each person at a time.

    Whoever types on while an earlier query waits has only the newest answered. What cannot be answered is logged and
    forgotten: the person types on.

    Args:
        bot: talks to Telegram.
        results: gives what answers them, asked anew each time.
    """

    def __init__(self, bot: Bot, results: Callable[[], InlineResults]) -> None:
        self._results = results
        self._bot = bot
        self._waiting: dict[int, tuple[int, InlineQuery]] = {}
        self._working: dict[int, asyncio.Task[None]] = {}
        self._seen: deque[str] = deque(maxlen=REMEMBERED)

    def take(self, received: Received) -> bool:
        """Take an update that is an inline query, to be answered soon; False where it is anything else."""
        if not is_inline(received.payload):
            return False
        query = read_inline(received.payload)
        if query is None:
            log.debug("an inline query of the wrong shape")
        elif query.id not in self._seen:
            self._seen.append(query.id)
            if self._waiting.pop(query.user, None):
                metrics.INLINE.labels("dropped").inc()
            self._waiting[query.user] = (received.update_id, query)
            if len(self._waiting) > MOST_WAITING:
                del self._waiting[next(iter(self._waiting))]
                metrics.INLINE.labels("dropped").inc()
            self._go_on()
        return True

    async def close(self) -> None:
        """Take no more; what is on its way has a moment."""
        self._waiting.clear()
        if working := list(self._working.values()):
            await asyncio.wait(working, timeout=STOP_SECONDS)
        for task in working:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _go_on(self) -> None:
        for user in [user for user in self._waiting if user not in self._working]:
            if len(self._working) >= AT_ONCE:
                return
            task = asyncio.create_task(self._answer(*self._waiting.pop(user)))
            self._working[user] = task
            task.add_done_callback(partial(self._done, user))

    def _done(self, user: int, _: asyncio.Task[None]) -> None:
        del self._working[user]
        self._go_on()

    async def _answer(self, update_id: int, query: InlineQuery) -> None:
        with about(update_id):
            try:
                parameters = self._results().answer(query)
                await call(self._bot, "answerInlineQuery", parameters, ANSWER_SECONDS)
            except TelegramError as error:
                # Mostly too old by now.
                log.info("an inline query was not answered (%s)", cause(error))
                metrics.INLINE.labels("error").inc()
            except Exception as error:  # noqa: BLE001 -- nobody waits for it; its words may quote the query
                log.error("an inline query could not be answered (%s)", type(error).__name__)  # noqa: TRY400
                metrics.INLINE.labels("error").inc()
            else:
                metrics.INLINE.labels("found" if parameters["results"] else "nothing").inc()
