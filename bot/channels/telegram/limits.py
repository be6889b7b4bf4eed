"""Telegram's sending limits, kept so that one busy chat delays no other."""

from __future__ import annotations

from dataclasses import dataclass

_FORGET = 1000


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


class Pacer:
    """Says when a message may go. Time is any clock's seconds, the same clock's in all calls.

    Args:
        limits: what to keep.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall: list[float] = []
        self._chats: dict[str, float] = {}
        self._groups: dict[str, list[float]] = {}
        self._paused: dict[str, float] = {}

    def allowed_at(self, chat: str, now: float) -> float:
        """The earliest time, not before `now`, at which a message to `chat` keeps every limit."""
        at = max(now, self._paused.get(chat, now))
        limits = self._limits
        if limits.per_second:
            at = max(at, _next(self._overall, limits.per_second, 1.0, now))
        if limits.per_chat_per_second and chat in self._chats:
            at = max(at, self._chats[chat] + 1 / limits.per_chat_per_second)
        if limits.per_group_per_minute and is_group(chat):
            at = max(at, _next(self._groups.get(chat, []), limits.per_group_per_minute, 60.0, now))
        return at

    def sent(self, chat: str, now: float) -> None:
        """Count a message that goes now."""
        if self._limits.per_second:
            self._overall.append(now)
        if self._limits.per_chat_per_second:
            self._chats[chat] = now
        if self._limits.per_group_per_minute and is_group(chat):
            self._groups.setdefault(chat, []).append(now)
        if len(self._chats) > _FORGET:
            self._tidy(now)

    def pause(self, chat: str, until: float) -> None:
        """Send nothing to a chat before a time: Telegram asked for that."""
        self._paused[chat] = until

    def _tidy(self, now: float) -> None:
        """Forget what no longer limits anything, so that a million chats take no memory."""
        gap = 1 / self._limits.per_chat_per_second if self._limits.per_chat_per_second else 0.0
        self._chats = {chat: at for chat, at in self._chats.items() if now - at < gap}
        self._groups = {chat: times for chat, times in self._groups.items() if times and now - times[-1] < 60}
        self._paused = {chat: at for chat, at in self._paused.items() if at > now}


def is_group(chat: str) -> bool:
    """Whether a chat's key is a group's or channel's: Telegram gives those negative numbers."""
    return chat.partition(":")[2].startswith("-")


def _next(times: list[float], count: float, window: float, now: float) -> float:
    """When one more fits, so that no window holds more than `count`; forgets what lies before the window."""
    while times and times[0] <= now - window:
        times.pop(0)
    whole = max(int(count), 1)
    span = window if count >= 1 else window / count
    return times[-whole] + span if len(times) >= whole else now
