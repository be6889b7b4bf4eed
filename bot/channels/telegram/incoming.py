"""What a person did, as `updates` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.language import Language

Kind = Literal["text", "command", "press", "not-text", "forward", "joined", "left", "moved", "ignore"]


class Me(NamedTuple):
    """The bot itself.

    Attributes:
        id: Telegram's number of it.
        username: without @; "" where it is not known.
    """

    id: int
    username: str


NOBODY = Me(0, "")


@dataclass(frozen=True)
class Replied:
    """The message that a message replies to.

    Attributes:
        message_id: its number in the chat.
        author: Telegram's number of who wrote it, or of the chat in whose name they did.
        text: its text or caption, or the part of it that the reply quotes; "" where it has none.
        ours: whether the bot wrote it.
        language: of its author's device.
    """

    message_id: int
    author: int | None
    text: str
    ours: bool
    language: Language | None


@dataclass(frozen=True)
class Origin:
    """Where a forwarded message comes from; each None where the message does not say.

    Attributes:
        user_id: who wrote it.
        chat_id: the group or channel in whose name it was written.
        message_id: its number there.
    """

    user_id: int | None = None
    chat_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True)
class Incoming:
    """What a person did.

    Attributes:
        kind: a text, a command, a press on a button, something without words, a forwarded message; the bot let into a group,
            thrown out of it, the group with a new number; or nothing to react to.
        chat_id: where; 0 where there is nothing to react to.
        text: the text, the caption, or what stands behind a command; in a group without the bot's name.
        command: its name in lower case.
        data: what the pressed button carries.
        callback_id: Telegram's number of the press.
        language: of the person's device.
        user_id: Telegram's number of the person, or of the chat in whose name they speak.
        message_id: of the message, or of the one under which the button is.
        edited: whether this is a message changed afterwards.
        group: whether this is a group.
        title: of the group.
        thread_id: of the topic in a forum.
        is_admin: whether it is sure by itself that an admin speaks: in the name of the group.
        mentioned: whether the text names the bot.
        replied: the message that it replies to.
        origin: where it was forwarded from.
        moved_to: the group's new number.
    """

    kind: Kind
    chat_id: int = 0
    text: str = ""
    command: str = ""
    data: str = ""
    callback_id: str = ""
    language: Language | None = None
    user_id: int | None = None
    message_id: int = 0
    edited: bool = False
    group: bool = False
    title: str = ""
    thread_id: int | None = None
    is_admin: bool = False
    mentioned: bool = False
    replied: Replied | None = None
    origin: Origin | None = None
    moved_to: int = 0


IGNORE = Incoming("ignore")
