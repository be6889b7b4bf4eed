"""What to send instead, where Telegram refuses a message as it stands. Pure."""

from __future__ import annotations

from dataclasses import replace

from telegram.error import TelegramError

from bot.channels.telegram.updates import key_of
from bot.storage import Outgoing, moved_call

_NOT_MODIFIED = "message is not modified"
_NOT_EDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_NO_REPLY = (
    "message to be replied not found",
    "replied message not found",
    "chat not found",
    "reply_message_id_invalid",
)


def is_done(error: TelegramError) -> bool:
    """Whether an edit was refused because the message says just that already."""
    return _NOT_MODIFIED in error.message.casefold()


def otherwise(message: Outgoing, error: TelegramError) -> Outgoing | None:
    """Another way to say it; None where there is none."""
    said = error.message.casefold()
    if message.method == "editMessageText" and any(reason in said for reason in _NOT_EDITABLE):
        known = {name: value for name, value in message.parameters.items() if name != "message_id"}
        return replace(message, method="sendMessage", parameters=known)
    if "reply_parameters" in message.parameters and any(reason in said for reason in _NO_REPLY):
        known = {name: value for name, value in message.parameters.items() if name != "reply_parameters"}
        return replace(message, parameters=known)
    return None


def moved(message: Outgoing, chat_id: int) -> Outgoing:
    """The same for the supergroup that the group became."""
    method, known = moved_call(message.method, message.parameters, chat_id)
    return replace(message, method=method, parameters=known, chat=key_of(chat_id))
