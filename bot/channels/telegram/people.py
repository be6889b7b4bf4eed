"""Who is an admin of which group: asked of Telegram, and believed for a minute."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.channels.telegram.transport import call

log = logging.getLogger(__name__)

BELIEVED_SECONDS = 60.0
ANSWER_SECONDS = 4.0
MOST = 4096
SHOWN_AT_ONCE = 4
SHOW_GAP = 0.2
"""Seconds. Where many wait there is better to do than to tell each of them."""
_ADMINS = frozenset({"creator", "administrator"})


class People:
    """Asks Telegram about members of groups.

    Args:
        bot: talks to Telegram.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}
        self._showing: set[asyncio.Task[None]] = set()
        self._show_next = 0.0

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Whether somebody is an admin of a group; False also where Telegram does not say."""
        key, now = (chat_id, user_id), time.monotonic()
        if (known := self._known.get(key)) and known[0] > now:
            return known[1]
        found = await self._ask("getChatMember", {"chat_id": chat_id, "user_id": user_id})
        if found is None:
            return False
        if len(self._known) >= MOST:
            self._known.clear()
        admin = found.get("status") in _ADMINS
        self._known[key] = (now + BELIEVED_SECONDS, admin)
        return admin

    async def title(self, chat_id: int) -> str:
        """A group's name; "" where Telegram does not say."""
        found = await self._ask("getChat", {"chat_id": chat_id}) or {}
        title = found.get("title")
        return title if isinstance(title, str) else ""

    def say_that_it_takes_time(self, chat_id: int, thread_id: int | None) -> None:
        """Show in a chat that an answer is being written; nobody waits for it, and of many at once only some are shown."""
        if len(self._showing) >= SHOWN_AT_ONCE or (now := time.monotonic()) < self._show_next:
            return
        self._show_next = now + SHOW_GAP
        known = {"chat_id": chat_id, "action": "typing", **({"message_thread_id": thread_id} if thread_id else {})}
        task = asyncio.create_task(self._show(known))
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)

    async def _show(self, parameters: dict[str, Any]) -> None:
        with contextlib.suppress(TelegramError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await call(self._bot, "sendChatAction", parameters, ANSWER_SECONDS)

    async def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await call(self._bot, method, parameters, ANSWER_SECONDS)
        except (TelegramError, TimeoutError) as error:
            log.info("%s was not answered (%s)", method, type(error).__name__)
            return None
        return found if isinstance(found, dict) else None
