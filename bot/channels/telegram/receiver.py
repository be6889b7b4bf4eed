"""Taking updates from Telegram: stored first, confirmed afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot
from telegram.error import Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.channels.telegram.incoming import Me
from bot.channels.telegram.inline_queue import InlineQueries
from bot.channels.telegram.transport import call
from bot.channels.telegram.updates import chat_key, concerns, sender_of
from bot.errors import ChannelError
from bot.log import Trouble
from bot.privacy import scrub
from bot.storage import Received, Store

log = logging.getLogger(__name__)

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member", "inline_query"]
POLL_SECONDS = 25
BATCH = 100
MAX_WAIT = 30.0
RIVAL_SECONDS = 2.0


class Receiver:
    """Long polling. `getUpdates` with the next offset confirms the batch before, which is in the store by then.

    Args:
        bot: talks to Telegram.
        store: keeps what comes in.
        arrived: set whenever something new is stored.
        me: the bot itself.
        inline: answers inline queries, which are never stored.

    Attributes:
        connected: whether Telegram took the last call.
    """

    def __init__(self, bot: Bot, store: Store, arrived: asyncio.Event, me: Me, inline: InlineQueries) -> None:
        self.connected = True  # Telegram has just said hello, and an idle poll takes its time
        self._bot = bot
        self._store = store
        self._arrived = arrived
        self._me = me
        self._inline = inline
        self._trouble, self._rival = Trouble(log, "receiving"), Trouble(log, "receiving")

    async def run(self) -> None:
        """Receive until cancelled.

        Raises:
            ChannelError: where Telegram refuses the token.
        """
        # Without an offset at first: Telegram gives the oldest that is not confirmed, and the store drops what it has. An
        # offset remembered from before could skip updates, since Telegram begins anew at a random number after a quiet week.
        offset: int | None = None
        failures, alone = 0, False
        while True:
            try:
                if not alone:
                    # While a webhook is registered, Telegram refuses to be polled.
                    await self._bot.delete_webhook()
                    alone = True
                updates = await self._fetch(offset)
                if updates:
                    offset = await self._keep(updates, offset)
                failures = 0
                self.connected = True
                self._trouble.over()
                self._rival.over()
            except (InvalidToken, Forbidden):
                raise refused_token() from None
            except RetryAfter as error:
                self._trouble.met(error)
                await asyncio.sleep(retry_seconds(error))
            except Conflict:
                self.connected = False
                self._rival.met("another program polls with this token: stop it")
                failures += 1
                await asyncio.sleep(min(MAX_WAIT, RIVAL_SECONDS * failures))
            except (TelegramError, SQLAlchemyError, OSError) as error:
                self.connected = False
                self._trouble.met(error)
                failures += 1
                await asyncio.sleep(min(MAX_WAIT, 0.5 * 2 ** min(failures, 6)))

    async def _fetch(self, offset: int | None) -> Sequence[Any]:
        parameters: dict[str, Any] = {"timeout": POLL_SECONDS, "limit": BATCH, "allowed_updates": ALLOWED_UPDATES}
        if offset is not None:
            parameters["offset"] = offset
        # Raw, because one update of a wrong shape must not hide the others of its batch.
        found = await call(self._bot, "getUpdates", parameters, POLL_SECONDS + 10)
        return found if isinstance(found, list) else []

    async def _keep(self, updates: Sequence[Any], offset: int | None) -> int | None:
        now = self._store.now()
        rows = [row for update in updates if (row := received(update, now, self._me)) is not None]
        numbers = [number for update in updates if (number := number_of(update)) is not None]
        kept = [row for row in rows if not self._inline.take(row)]
        if kept:
            await self._store.receive(kept)
            metrics.UPDATES.labels("polling").inc(len(kept))
            self._arrived.set()
        if not numbers:
            await asyncio.sleep(1)  # nothing that could be confirmed: it would come again at once
            return offset
        return max(numbers) + 1


def number_of(update: Any) -> int | None:
    """A raw update's number; None where it has none that fits, and so cannot be told from another."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    fits = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63 - 1
    return number if fits else None


def received(update: Any, now: float, me: Me) -> Received | None:
    """A raw update as it is stored; None where it has no number, or is nothing that is said to the bot."""
    number = number_of(update)
    if number is None or not concerns(update, me):
        return None
    return Received(number, chat_key(update), scrub(dict(update)), now, sender=sender_of(update))


def refused_token() -> ChannelError:
    """What to tell whoever started the bot."""
    return ChannelError("Telegram refuses the bot token: copy it from @BotFather again into TELEGRAM_BOT_TOKEN")


def retry_seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
