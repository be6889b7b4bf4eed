"""Who is an admin of which group: asked of Telegram, and believed for a minute."""

from __future__ import annotations

import asyncio
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
_ADMINS = frozenset({"creator", "administrator"})


class People:
    """Asks Telegram about members of groups.

    Args:
        bot: talks to Telegram.
    """

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._known: dict[tuple[int, int], tuple[float, bool]] = {}

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

    async def _ask(self, method: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                found = await call(self._bot, method, parameters, ANSWER_SECONDS)
        except (TelegramError, TimeoutError) as error:
            log.info("%s was not answered (%s)", method, type(error).__name__)
            return None
        return found if isinstance(found, dict) else None
