"""Emptying the outbox: in order within a chat, side by side across chats, within Telegram's limits."""

from __future__ import annotations

import asyncio
import logging
import time

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.limits import Pacer
from bot.channels.telegram.receiver import refused_token, retry_seconds
from bot.log import safe
from bot.storage import Outgoing, Store

log = logging.getLogger(__name__)

AT_ONCE = 24
IDLE_SECONDS = 5.0
MAX_BACKOFF = 60.0
UNLIMITED = frozenset({"answerCallbackQuery"})
"""Calls that Telegram's sending limits do not count."""


class Sender:
    """Delivers what is in the outbox.

    Args:
        bot: talks to Telegram.
        store: the outbox.
        pacer: keeps the sending limits.
        ready: set when something new is in the outbox.
    """

    def __init__(self, bot: Bot, store: Store, pacer: Pacer, ready: asyncio.Event) -> None:
        self._bot = bot
        self._store = store
        self._pacer = pacer
        self._ready = ready

    async def run(self, stopped: asyncio.Event) -> None:
        """Deliver until `stopped` is set; what is on its way then is finished.

        Raises:
            ChannelError: where Telegram refuses the token.
        """
        while not stopped.is_set():
            self._ready.clear()
            try:
                wait = await self.step()
            except (SQLAlchemyError, OSError) as error:
                log.warning("the database does not answer (%s): trying again", error)
                wait = 1.0
            if wait > 0:
                try:
                    await asyncio.wait_for(self._ready.wait(), wait)
                except TimeoutError:
                    continue

    async def drain(self, seconds: float) -> None:
        """Deliver what can go within a time, then stop."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            wait = await self.step()
            if wait >= IDLE_SECONDS or wait > left:
                return
            await asyncio.sleep(wait)

    async def step(self) -> float:
        """Send the first message of every chat that may go now; returns for how many seconds nothing more can go."""
        now = time.time()
        due = await self._store.due(now)
        going: list[Outgoing] = []
        earliest = now + IDLE_SECONDS
        for message in due:
            at = now if message.method in UNLIMITED else self._pacer.allowed_at(message.chat, now)
            if at > now or len(going) >= AT_ONCE:
                earliest = min(earliest, at)
                continue
            if message.method not in UNLIMITED:
                self._pacer.sent(message.chat, now)
            going.append(message)
        if going:
            await asyncio.gather(*(self._deliver(message) for message in going))
            return 0.0
        waiting = await self._store.next_due()
        if waiting is not None and waiting > now:
            earliest = min(earliest, waiting)
        return max(earliest - now, 0.01)

    async def _deliver(self, message: Outgoing) -> None:
        try:
            await self._bot.do_api_request(message.method, api_kwargs=dict(message.parameters))
        except RetryAfter as error:
            until = time.time() + retry_seconds(error)
            self._pacer.pause(message.chat, until)
            await self._store.postponed(message, until, safe(str(error)))
        except InvalidToken:
            raise refused_token() from None
        except (BadRequest, Forbidden) as error:
            # Will never work: the person has blocked the bot, the button's press is too old, …
            log.info("%s to a chat was refused: %s", message.method, error)
            await self._store.dropped(message, safe(str(error)))
        except (NetworkError, TelegramError) as error:
            if message.attempts == 0:
                log.warning("sending does not work (%s): trying again", error)
            wait = min(MAX_BACKOFF, 0.5 * 2 ** min(message.attempts, 7))
            await self._store.postponed(message, time.time() + wait, safe(str(error)))
        else:
            await self._store.sent(message)
