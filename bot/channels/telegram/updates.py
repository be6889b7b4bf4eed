"""Reading updates: what a person did, in the words of the rest of the bot. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.language import Language

Kind = Literal["text", "command", "press", "not-text", "ignore"]

_LARGEST = 2**63
"""Telegram's numbers have fewer bits; what has more is none of its, and no database takes it."""
_ATTACHMENTS = frozenset(
    {
        "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice", "live_photo", "location",
        "paid_media", "passport_data", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice",
    }
)  # fmt: skip
"""What a person sends without words; Telegram's own messages (a pinned message, a new member) have none of these."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Incoming:
    """What a person did.

    Attributes:
        kind: a text, a command, a press on a button, something without words, or nothing to react to.
        chat_id: where; 0 where there is nothing to react to.
        text: the text, the caption, or what stands behind a command.
        command: its name in lower case.
        data: what the pressed button carries.
        callback_id: Telegram's number of the press.
        language: of the person's device.
    """

    kind: Kind
    chat_id: int = 0
    text: str = ""
    command: str = ""
    data: str = ""
    callback_id: str = ""
    language: Language | None = None


IGNORE = Incoming("ignore")


def chat_key(payload: Mapping[str, Any]) -> str:
    """The key of the chat that a raw update belongs to; "" where it names none. Trusts nothing about its shape."""
    for name in ("message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "chat_member"):
        part = payload.get(name)
        if isinstance(part, dict) and isinstance(chat := part.get("chat"), dict):
            return _key(chat.get("id"))
    press = payload.get("callback_query")
    if isinstance(press, dict):
        message = press.get("message")
        if isinstance(message, dict) and isinstance(chat := message.get("chat"), dict):
            return _key(chat.get("id"))
    return ""


def _key(chat_id: object) -> str:
    return f"telegram:{chat_id}" if isinstance(chat_id, int) and abs(chat_id) < _LARGEST else ""


def read(payload: Mapping[str, Any]) -> Incoming:
    """What an update says.

    Read by hand: python-telegram-bot makes objects of all that it knows of an update, which takes forty times as long.

    Raises:
        TypeError: where a part that is needed is not of the type that Telegram gives it.
    """
    press = _part(payload, "callback_query")
    if press is not None:
        chat = _part(_part(press, "message") or {}, "chat")
        if not _private(chat):
            return IGNORE
        data, callback_id = press.get("data") or "", press.get("id")
        if not isinstance(data, str) or not isinstance(callback_id, str):
            raise TypeError("what the pressed button carries is no text")
        return Incoming("press", _id(chat), data=data, callback_id=callback_id, language=_language(press))
    message = _part(payload, "message")
    chat = _part(message or {}, "chat")
    if message is None or not _private(chat):
        return IGNORE
    language = _language(message)
    text = message.get("text") or message.get("caption")
    if text is None:
        kind: Kind = "not-text" if not _ATTACHMENTS.isdisjoint(message) else "ignore"
        return Incoming(kind, _id(chat), language=language)
    if not isinstance(text, str):
        raise TypeError("the text of the message is no text")
    command = _COMMAND.fullmatch(text.strip()) if message.get("text") else None
    if command:
        name, rest = command.group(1).lower(), (command.group(2) or "").strip()
        return Incoming("command", _id(chat), rest, name, language=language)
    return Incoming("text", _id(chat), text, language=language)


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    part = whole.get(name)
    if part is not None and not isinstance(part, dict):
        raise TypeError(f"{name} is no object")
    return part


def _private(chat: Mapping[str, Any] | None) -> bool:
    return chat is not None and chat.get("type") == "private"


def _id(chat: Mapping[str, Any] | None) -> int:
    number = (chat or {}).get("id")
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= _LARGEST:
        raise TypeError("the chat has no number")
    return number


def _language(part: Mapping[str, Any]) -> Language | None:
    code = (_part(part, "from") or {}).get("language_code")
    if not isinstance(code, str) or not code:
        return None
    return "zh" if code.lower().startswith("zh") else "en"
