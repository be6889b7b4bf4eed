"""Reading updates: what a person did, in the words of the rest of the bot. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.channels.telegram.incoming import IGNORE, Incoming, Kind, Me, Origin, Replied
from bot.language import Language, named

_LARGEST = 2**63
"""Telegram's numbers have fewer bits; what has more is none of its, and no database takes it."""
_ATTACHMENTS = frozenset(
    {
        "animation", "audio", "checklist", "contact", "dice", "document", "game", "invoice", "live_photo", "location",
        "paid_media", "passport_data", "photo", "poll", "sticker", "story", "venue", "video", "video_note", "voice",
    }
)  # fmt: skip
"""What a person sends without words; Telegram's own messages (a pinned message, a new member) have none of these."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_GROUPS = frozenset({"group", "supergroup"})
_THERE = frozenset({"creator", "administrator", "member", "restricted"})
_MESSAGES = ("message", "edited_message")


def chat_key(payload: Mapping[str, Any]) -> str:
    """The key of the chat that a raw update belongs to; "" where it names none. Trusts nothing about its shape."""
    for name in (*_MESSAGES, "channel_post", "edited_channel_post", "my_chat_member", "chat_member"):
        part = payload.get(name)
        if isinstance(part, dict) and isinstance(chat := part.get("chat"), dict):
            return key_of(chat.get("id"))
    press = payload.get("callback_query")
    if isinstance(press, dict):
        message = press.get("message")
        if isinstance(message, dict) and isinstance(chat := message.get("chat"), dict):
            return key_of(chat.get("id"))
    return ""


def key_of(chat_id: object) -> str:
    """A chat's key in the store; "" where this is no chat's number."""
    return f"telegram:{chat_id}" if isinstance(chat_id, int) and abs(chat_id) < _LARGEST else ""


def sender_of(payload: Mapping[str, Any]) -> int | None:
    """Telegram's number of who did it; None where the update names nobody. Trusts nothing about its shape."""
    for name in (*_MESSAGES, "callback_query"):
        part = payload.get(name)
        if isinstance(part, dict):
            for who in ("sender_chat", "from"):
                person = part.get(who)
                number = person.get("id") if isinstance(person, dict) else None
                if isinstance(number, int) and not isinstance(number, bool) and abs(number) < _LARGEST:
                    return number
    return None


def concerns(payload: Mapping[str, Any], me: Me) -> bool:
    """Whether an update is worth storing: what members of a group say to each other is not. Trusts nothing about its shape."""
    if not me.id:
        return True  # not known yet; whoever handles it will know
    for name in _MESSAGES:
        part = payload.get(name)
        chat = part.get("chat") if isinstance(part, dict) else None
        if isinstance(chat, dict) and _type(chat) in _GROUPS:
            try:
                return read(payload, me).kind != "ignore"
            except (TypeError, ValueError):
                return False
    return True


def read(payload: Mapping[str, Any], me: Me) -> Incoming:
    """What an update says.

    Read by hand: python-telegram-bot makes objects of all that it knows of an update, which takes forty times as long.

    Raises:
        TypeError: where a part that is needed is not of the type that Telegram gives it.
    """
    press = _part(payload, "callback_query")
    if press is not None:
        return _press(press)
    for name in _MESSAGES:
        message = _part(payload, name)
        if message is None:
            continue
        chat = _part(message, "chat") or {}
        edited = name == "edited_message"
        if _part(message, "via_bot") and _number(_part(message, "via_bot")) == me.id:
            return IGNORE  # our own answer, sent by somebody from an inline query
        if _type(chat) == "private":
            return _private(message, chat, me, edited)
        return _group(message, chat, me, edited) if _type(chat) in _GROUPS else IGNORE
    membership = _part(payload, "my_chat_member")
    return _membership(membership) if membership is not None else IGNORE


def _press(press: Mapping[str, Any]) -> Incoming:
    message = _part(press, "message") or {}
    chat = _part(message, "chat") or {}
    if _type(chat) not in {"private", *_GROUPS}:
        return IGNORE
    data, callback_id = press.get("data") or "", press.get("id")
    if not isinstance(data, str) or not isinstance(callback_id, str):
        raise TypeError("what the pressed button carries is no text")
    return Incoming(
        "press",
        _id(chat),
        data=data,
        callback_id=callback_id,
        language=device_language(press),
        group=_type(chat) in _GROUPS,
        title=_title(chat),
        user_id=_number(_part(press, "from")),
        message_id=_message_id(message),
        thread_id=_thread(message),
    )


def _private(message: Mapping[str, Any], chat: Mapping[str, Any], me: Me, edited: bool) -> Incoming:
    language, number = device_language(message), _message_id(message)
    text, origin = _text(message), _part(message, "forward_origin")
    if text is not None and "@" in text:
        text = _without_name(text, me) or text
    known: dict[str, Any] = {"language": language, "message_id": number, "user_id": _id(chat), "edited": edited}
    if origin is not None:
        return Incoming("forward", _id(chat), text or "", origin=_origin(origin), **known)
    if text is None:
        kind: Kind = "not-text" if not _ATTACHMENTS.isdisjoint(message) else "ignore"
        return Incoming(kind, _id(chat), **known)
    command = _COMMAND.fullmatch(text.strip()) if message.get("text") else None
    if command:
        name, rest = command.group(1).lower(), (command.group(3) or "").strip()
        return Incoming("command", _id(chat), rest, name, **known)
    return Incoming("text", _id(chat), text, **known)


def _group(message: Mapping[str, Any], chat: Mapping[str, Any], me: Me, edited: bool) -> Incoming:
    """What is said to the bot in a group; the rest is ignored."""
    moved = message.get("migrate_to_chat_id")
    if moved is not None:
        return Incoming("moved", _id(chat), moved_to=_id({"id": moved}), group=True, title=_title(chat))
    speaker, behalf = _part(message, "from") or {}, _part(message, "sender_chat")
    if speaker.get("is_bot") and behalf is None:
        return IGNORE
    replied = _replied(message, me)
    text = _text(message)
    name, rest = "", text or ""
    command = _COMMAND.fullmatch(rest.strip())
    if command and (command.group(2) or me.username).casefold() == me.username.casefold():
        name, rest = command.group(1).lower(), command.group(3) or ""
    elif command:
        return IGNORE  # another bot's
    words = _without_name(rest, me)
    mentioned = words != rest.strip()
    if not (name or mentioned or (replied and replied.ours)):
        return IGNORE
    kind: Kind = "command" if name else "text" if text is not None else "not-text"
    if kind == "not-text" and _ATTACHMENTS.isdisjoint(message):
        return IGNORE
    return Incoming(
        kind,
        _id(chat),
        words.strip(),
        name,
        language=device_language(message),
        group=True,
        title=_title(chat),
        user_id=_number(behalf or speaker),
        is_admin=behalf is not None and _number(behalf) == _id(chat),
        message_id=_message_id(message),
        thread_id=_thread(message),
        mentioned=mentioned,
        replied=replied,
        edited=edited,
    )


def _replied(message: Mapping[str, Any], me: Me) -> Replied | None:
    """The message that this one replies to; in a topic, messages that reply to none name the topic's first."""
    part = _part(message, "reply_to_message")
    if part is None or "forum_topic_created" in part:
        return None
    number = _message_id(part)
    if message.get("is_topic_message") and number == message.get("message_thread_id"):
        return None
    quote = _part(message, "quote") or {}
    quoted = quote.get("text") if quote.get("is_manual") else None
    text = quoted if isinstance(quoted, str) and quoted else _text(part)
    who = _part(part, "from") or {}
    author = _number(_part(part, "sender_chat") or who)
    return Replied(number, author, text or "", ours=_number(who) == me.id, language=device_language(part))


def _membership(change: Mapping[str, Any]) -> Incoming:
    """The bot was let into a group, or thrown out of it."""
    chat = _part(change, "chat") or {}
    if _type(chat) not in _GROUPS:
        return IGNORE
    before, after = (_part(change, name) or {} for name in ("old_chat_member", "new_chat_member"))
    was, stays = (
        str(state.get("status")) in _THERE and state.get("is_member") is not False for state in (before, after)
    )
    if was == stays:
        return IGNORE
    kind: Kind = "joined" if stays else "left"
    who = _number(_part(change, "from"))
    return Incoming(kind, _id(chat), group=True, title=_title(chat), user_id=who, language=device_language(change))


def _origin(origin: Mapping[str, Any]) -> Origin:
    """Where a forwarded message comes from, as far as it says."""
    place = _part(origin, "chat") or _part(origin, "sender_chat")
    number = origin.get("message_id")
    return Origin(
        user_id=_number(_part(origin, "sender_user")),
        chat_id=_number(place),
        message_id=number
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number < _LARGEST
        else None,
    )


def _without_name(text: str, me: Me) -> str:
    """A text without the bot's name, which asks for nothing."""
    return re.sub(rf"@{re.escape(me.username)}\b", " ", text, flags=re.IGNORECASE).strip() if me.username else text


def _text(message: Mapping[str, Any]) -> str | None:
    text = message.get("text") or message.get("caption")
    if text is not None and not isinstance(text, str):
        raise TypeError("the text of the message is no text")
    return text


def _part(whole: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    part = (whole or {}).get(name)
    if part is not None and not isinstance(part, dict):
        raise TypeError(f"{name} is no object")
    return part


def _id(chat: Mapping[str, Any] | None) -> int:
    number = _number(chat)
    if number is None:
        raise TypeError("the chat has no number")
    return number


def _number(part: Mapping[str, Any] | None) -> int | None:
    number = (part or {}).get("id")
    if not isinstance(number, int) or isinstance(number, bool) or abs(number) >= _LARGEST:
        return None
    return number


def _message_id(message: Mapping[str, Any]) -> int:
    number = message.get("message_id")
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _LARGEST else 0


def _thread(message: Mapping[str, Any]) -> int | None:
    number = message.get("message_thread_id")
    there = message.get("is_topic_message") is True and isinstance(number, int) and not isinstance(number, bool)
    return number if there else None


def _type(chat: Mapping[str, Any]) -> str:
    said = chat.get("type")
    return said if isinstance(said, str) else ""


def _title(chat: Mapping[str, Any]) -> str:
    title = chat.get("title")
    return title if isinstance(title, str) else ""


def device_language(part: Mapping[str, Any]) -> Language | None:
    """The language of the device of whoever a part of an update is from."""
    code = (_part(part, "from") or {}).get("language_code")
    if not isinstance(code, str) or not code:
        return None
    return named(code) or "en"
