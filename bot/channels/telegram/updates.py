"""Reading updates: what a person did, in the words of the rest of the bot. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from telegram import Chat, Message, Update

from bot.language import Language

Kind = Literal["text", "command", "press", "not-text", "ignore"]

_LARGEST = 2**63
"""Telegram's numbers have fewer bits; what has more is none of its, and no database takes it."""
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

    Raises:
        Exception: of any kind that python-telegram-bot raises on an update of the wrong shape.
    """
    update = Update.de_json(dict(payload), None)
    if update.effective_chat is not None and chat_key(payload) != f"telegram:{update.effective_chat.id}":
        return IGNORE
    press = update.callback_query
    if press is not None:
        chat = press.message.chat if press.message else None
        if not _private(chat) or chat is None:
            return IGNORE
        if not isinstance(press.data, str | None) or not isinstance(press.id, str):
            raise TypeError("what the pressed button carries is no text")
        return Incoming(
            "press",
            chat.id,
            data=press.data or "",
            callback_id=press.id,
            language=_language(press.from_user.language_code),
        )
    message = update.message
    if message is None or not _private(message.chat):
        return IGNORE
    language = _language(message.from_user.language_code) if message.from_user else None
    text = message.text or message.caption
    if not isinstance(text, str | None):
        raise TypeError("the text of the message is no text")
    if text is None:
        kind: Kind = "not-text" if _says_something(message) else "ignore"
        return Incoming(kind, message.chat.id, language=language)
    command = _COMMAND.fullmatch(text.strip()) if message.text else None
    if command:
        name, rest = command.group(1).lower(), (command.group(2) or "").strip()
        return Incoming("command", message.chat.id, rest, name, language=language)
    return Incoming("text", message.chat.id, text, language=language)


def _private(chat: Chat | None) -> bool:
    return chat is not None and chat.type == Chat.PRIVATE


def _says_something(message: Message) -> bool:
    """Whether a person sent this (a photo, a sticker, a voice message …), and not Telegram itself (a pinned message …)."""
    return message.effective_attachment is not None or bool(message.poll or message.dice)


def _language(code: str | None) -> Language | None:
    if not code:
        return None
    return "zh" if code.lower().startswith("zh") else "en"
