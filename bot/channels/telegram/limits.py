"""Telegram's sending limits, as gaps between messages. The store keeps them, for all replicas together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.storage import Pace

UNLIMITED = frozenset({"answerCallbackQuery"})
"""Calls that Telegram's sending limits do not count."""


@dataclass(frozen=True)
class Limits:
    """How much may be sent; 0 is no limit.

    Attributes:
        per_second: messages to all chats together.
        per_chat_per_second: to one chat.
        per_group_per_minute: to one group.
    """

    per_second: float = 30
    per_chat_per_second: float = 1
    per_group_per_minute: float = 20

    def chat_gap(self, chat: str) -> float:
        """Seconds between two messages to a chat."""
        gap = _gap(self.per_chat_per_second, 1.0)
        return max(gap, _gap(self.per_group_per_minute, 60.0)) if is_group(chat) else gap

    @property
    def pace(self) -> Pace:
        """What the store needs to know of them."""
        longest = max(_gap(self.per_chat_per_second, 1.0), _gap(self.per_group_per_minute, 60.0))
        return Pace(_gap(self.per_second, 1.0), longest, UNLIMITED)

    @property
    def ahead(self) -> int:
        """For how many messages a place may be reserved at a time: what goes within half a second."""
        return max(1, int(self.per_second / 2)) if self.per_second else 1_000_000


def is_group(chat: str) -> bool:
    """Whether a chat's key is a group's or channel's: Telegram gives those negative numbers."""
    return chat.partition(":")[2].startswith("-")


def _gap(count: float, window: float) -> float:
    return window / count if count else 0.0
