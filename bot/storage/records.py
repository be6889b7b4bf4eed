"""What the store keeps, as its users see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["up", "down", "none", "bad"]
"""What somebody thinks of an answer: 👍, 👎; at the desk: not answered, wrong or outdated."""

PRESSES = "/press"
"""Behind a chat's key: what answers the presses of buttons there, in an order of its own."""


@dataclass(frozen=True)
class Received:
    """An update as it came in.

    Attributes:
        update_id: Telegram's number for it.
        chat: key of the chat it belongs to; "" where it belongs to none.
        payload: the update, scrubbed.
        received_at: seconds since 1970, UTC.
        attempts: how often its handling has failed.
        lease: who has it in hand; "" before it was claimed.
        sender: Telegram's number of who did it, where it says so.
    """

    update_id: int
    chat: str
    payload: Mapping[str, Any]
    received_at: float
    attempts: int = 0
    lease: str = ""
    sender: int | None = None


@dataclass(frozen=True)
class Outgoing:
    """A call of the Bot API to be made.

    Attributes:
        method: its name.
        parameters: what goes with it.
        id: its number in the outbox; 0 before it is there.
        chat: key of the chat it goes to; "": that of the update that it answers.
        attempts: how often it has failed.
        lease: who has it in hand; "" before it was taken.
        send_at: when it may go, by `Store.now`.
        update_id: the update that it answers.
        created_at: when that update came in; seconds since 1970, UTC.
        question: number of the question that it answers, if it does.
        not_before: when it may go at the earliest, by `Store.now`.
    """

    method: str
    parameters: Mapping[str, Any]
    id: int = 0
    chat: str = ""
    attempts: int = 0
    lease: str = ""
    send_at: float = 0.0
    update_id: int | None = None
    created_at: float = 0.0
    question: int | None = None
    not_before: float = 0.0


@dataclass(frozen=True)
class Settled:
    """What became of a message that was taken from the outbox.

    Attributes:
        message: which.
        state: `sent`; `failed`, where it can never be delivered; `waiting`, where it is to be tried again.
        not_before: when it may be tried again, by `Store.now`.
        free_at: from when on the chat may be sent to again, by `Store.now`.
        error: what went wrong.
        message_id: Telegram's number of it in its chat, once sent.
        instead: what is to be sent in its place, where it can no longer go as it stands.
    """

    message: Outgoing
    state: str = "sent"
    not_before: float = 0.0
    free_at: float = 0.0
    error: str | None = None
    message_id: int | None = None
    instead: Outgoing | None = None


@dataclass(frozen=True)
class Question:
    """A question for the record; its text is redacted.

    Attributes:
        asker: in a group Telegram's number of who asked.
        asked_in: Telegram's number of the message that asks.
        context: what is needed to go on from here, as JSON.
        chat: key of the chat in which it is answered; "": that of the update.
    """

    text: str
    language: str
    outcome: str
    entry_id: str | None
    details: Mapping[str, str]
    asker: int | None = None
    asked_in: int | None = None
    context: str | None = None
    chat: str = ""


@dataclass(frozen=True)
class Kept:
    """A question as it is kept, to go on with.

    Attributes:
        number: of the question.
        chat: key of the chat in which it is answered.
        asked_at: seconds since 1970, UTC.
        text: redacted.
        asker, asked_in, context: see `Question`.
    """

    number: int
    chat: str
    asked_at: float
    text: str
    asker: int | None
    asked_in: int | None
    context: str | None


@dataclass(frozen=True)
class Shown:
    """A message of ours in a chat.

    Attributes:
        message_id: Telegram's number of it.
        parameters: of the call that gave it its present form.
    """

    message_id: int
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What somebody thought of an answer, with the question it was given to, for the editor.

    Attributes:
        number: of the feedback, growing.
        given_at: seconds since 1970, UTC.
        verdict: see `Verdict`.
        by: "telegram" or "desk".
        question: redacted.
        entry_id: the entry that answered, if one did.
        details: the case that was answered.
        note: what was written beside it, redacted.
        revision: of the knowledge that was judged, where it is known.
    """

    number: int
    given_at: float
    verdict: str
    by: str
    question: str
    entry_id: str | None
    details: Mapping[str, str]
    note: str
    revision: str
