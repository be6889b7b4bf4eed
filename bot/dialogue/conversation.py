"""The state of a conversation, what comes in and what goes out. All immutable; the state is also what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.answers import Answer, Quote
from bot.knowledge import Aspect
from bot.language import Language

Phase = Literal["idle", "asking", "clarifying", "answered"]
State = Literal["asking", "answered", "clarify", "none"]

LET_GO_AFTER = timedelta(minutes=30)
"""A question left alone for so long is not gone on with."""
REMEMBERED_STEPS = 12


class Step(BaseModel):
    """Where the conversation stands.

    Attributes:
        phase: what is awaited: nothing, a detail, a choice between entries, or nothing after an answer.
        entry_id: the entry in question.
        details: detail id to option id (or "unknown"), as far as known.
        asking: the detail that was asked for last.
        offered: entry ids to choose from.
        aspect: the part of the answer that was asked for.
        question: the question's text, which is read again once the entry is chosen.
        also: ids of the entries that the same text asked for besides.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    phase: Phase = "idle"
    entry_id: str | None = None
    details: Mapping[str, str] = {}
    asking: str | None = None
    offered: tuple[str, ...] = ()
    aspect: Aspect | None = None
    question: str = ""
    also: tuple[str, ...] = ()


class Conversation(Step):
    """The whole state of one conversation.

    Attributes:
        language: of the question in hand.
        preferred: what the user chose for the interface, if anything.
        past: earlier steps, for "back"; the newest last.
        touched: when it was last heard of.
    """

    language: Language = "zh"
    preferred: Language | None = None
    past: tuple[Step, ...] = ()
    touched: datetime | None = None

    def step(self) -> Step:
        """The present step alone."""
        return Step(**{name: getattr(self, name) for name in Step.model_fields})

    def move(self, step: Step, keep: bool = True) -> Conversation:
        """The conversation at another step, the present one remembered if `keep`."""
        past = (*self.past, self.step())[-REMEMBERED_STEPS:] if keep else self.past
        return self.model_copy(update={**{name: getattr(step, name) for name in Step.model_fields}, "past": past})

    def fresh(self) -> Conversation:
        """The same user's conversation with no question in hand."""
        return Conversation(language=self.language, preferred=self.preferred, touched=self.touched)


@dataclass(frozen=True)
class Utterance:
    """What a person said or pressed.

    Attributes:
        text: as typed.
        choice: the id of a pressed choice, see `Choice`.
        language: the language of the person's device, where the channel knows it.
    """

    text: str = ""
    choice: str | None = None
    language: Language | None = None


@dataclass(frozen=True)
class Choice:
    """Something to press.

    Attributes:
        id: an option id, an entry id, "unknown" or "none-of-these".
        label: what is written on it.
        path: the same with its place (`entry/detail/option`), which is understood at any time, long after too.
    """

    id: str
    label: str
    path: str


@dataclass(frozen=True)
class Reply:
    """One thing to say: a text, an answer, or an article.

    Attributes:
        text: what is said; with an answer or article, a line before it, mostly empty.
        choices: what may be pressed or replied.
        answer, quote: the answer or the article, as data; channels render it.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    answer: Answer | None = None
    quote: Quote | None = None


def state_of(conversation: Conversation, replies: tuple[Reply, ...]) -> State:
    """What a turn came to, in the words of the machine interfaces."""
    if any(reply.answer or reply.quote for reply in replies):
        return "answered"
    if conversation.phase == "asking":
        return "asking"
    return "clarify" if conversation.phase == "clarifying" else "none"
