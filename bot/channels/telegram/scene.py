"""An update with all that its handling needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.channels.telegram.incoming import Incoming
from bot.dialogue import Conversation
from bot.language import Language
from bot.storage import Outgoing, Received, Unit


@dataclass(frozen=True)
class Known:
    """What had to be asked of Telegram before an update is handled.

    Attributes:
        is_admin: whether who did it is an admin of the group.
        groups: the groups of which they are one, with the bot in it: number and name.
    """

    is_admin: bool = False
    groups: Sequence[tuple[int, str]] = ()


NOTHING = Known()


@dataclass(frozen=True)
class Scene:
    """An update with all that its handling needs.

    Attributes:
        incoming: what was done.
        conversation: of the chat, as it was.
        received: the update.
        unit: its transaction.
        known: what Telegram said about who did it.
    """

    incoming: Incoming
    conversation: Conversation
    received: Received
    unit: Unit
    known: Known = NOTHING

    @property
    def now(self) -> datetime:
        """When it came in."""
        return datetime.fromtimestamp(self.received.received_at, UTC)

    @property
    def language(self) -> Language:
        """For what is no answer to a question: the chosen one, that of the last question, that of the device."""
        if self.conversation.preferred:
            return self.conversation.preferred
        return self.conversation.language if self.conversation.touched else self.incoming.language or "zh"

    def fresh(self) -> Conversation:
        """A conversation about nothing yet, in the language that was chosen here."""
        return Conversation(language=self.language, preferred=self.conversation.preferred)

    async def send(self, calls: Sequence[Outgoing]) -> None:
        """Put calls into the outbox, to be made in this order."""
        await self.unit.send(calls)
