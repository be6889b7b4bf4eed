"""What must be asked of Telegram before an update is handled: handling itself is one transaction, in which nobody waits."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.channels.telegram.buttons import card_of
from bot.channels.telegram.cards import POST
from bot.channels.telegram.incoming import Incoming, Me
from bot.channels.telegram.people import People
from bot.channels.telegram.scene import NOTHING, Known
from bot.channels.telegram.updates import read
from bot.storage import Received, Store

GROUPS = 3
"""So many groups are offered to post in."""
LATE_SECONDS = 1.5
"""Where a question has waited so long, its chat shows that it is being answered."""


class Facts:
    """Finds out who is an admin, where that decides.

    Args:
        store: knows who asked, and who was seen where.
        people: asks Telegram.
        me: the bot itself.
    """

    def __init__(self, store: Store, people: People, me: Me) -> None:
        self._store = store
        self._people = people
        self._me = me

    async def about(self, received: Received) -> Known:
        """What is to be known for an update; mostly nothing."""
        try:
            incoming = read(received.payload, self._me)
        except Exception:  # noqa: BLE001 -- of the wrong shape: its handling will say so
            return NOTHING
        if incoming.user_id is None:
            return NOTHING
        if incoming.kind in {"text", "forward"} and self._store.now() - received.received_at > LATE_SECONDS:
            self._people.say_that_it_takes_time(incoming.chat_id, incoming.thread_id)
        if incoming.group:
            return Known(is_admin=await self._is_admin(incoming, incoming.user_id))
        press = card_of(incoming.data) if incoming.kind == "press" else None
        if incoming.kind == "forward" or (press and press.value.startswith(POST)):
            return Known(groups=[found async for found in self._groups(incoming.user_id)])
        return NOTHING

    async def _is_admin(self, incoming: Incoming, user: int) -> bool:
        if incoming.is_admin:
            return True
        if incoming.kind == "press":
            press = card_of(incoming.data)
            decides = press is not None and await self._store.asker_of(press.question) != user
        else:
            decides = incoming.command == "lang" or (incoming.replied is not None and incoming.replied.ours)
        return decides and await self._people.is_admin(incoming.chat_id, user)

    async def _groups(self, user: int) -> AsyncIterator[tuple[int, str]]:
        for key in await self._store.groups_of(user, GROUPS):
            chat_id = int(key.partition(":")[2])
            if await self._people.is_admin(chat_id, user):
                yield chat_id, await self._people.title(chat_id)
