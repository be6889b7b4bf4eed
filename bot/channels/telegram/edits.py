"""From what stands in a chat to what shall stand there: messages changed, added, taken away. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from bot.storage import Outgoing, Shown

_CONTENT = ("text", "reply_markup")


def changes(there: Sequence[Shown], wanted: Sequence[Outgoing]) -> list[Outgoing]:
    """The calls that turn the messages that are there into the wanted ones; what is alike already is left alone."""
    calls = []
    for old, new in zip_longest(there, wanted):
        if new is None:
            known = {"chat_id": old.parameters["chat_id"], "message_id": old.message_id}
            calls.append(Outgoing("deleteMessage", known, question=wanted[0].question if wanted else None))
        elif old is None:
            calls.append(new)
        elif any(old.parameters.get(name) != new.parameters.get(name) for name in _CONTENT):
            known = {**new.parameters, "message_id": old.message_id}
            calls.append(Outgoing("editMessageText", known, question=new.question))
    return calls
