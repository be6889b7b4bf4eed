"""Handling one update: from what a person did to the conversation moved and the messages put into the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot import metrics, wording
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.messages import Messages, answer_press
from bot.channels.telegram.updates import Incoming, read
from bot.dialogue import Assistant, Conversation, Reply, Speaker, Utterance, article_requests, state_of
from bot.language import LANGUAGES, Language, Text
from bot.privacy import blank
from bot.storage import Outgoing, Question, Received, Unit

MINUTE = 60.0


class Handler:
    """Handles updates of private chats.

    Args:
        assistant: answers.
        ask_per_minute: how many messages a minute one chat may send; 0: any number.
    """

    def __init__(self, assistant: Assistant, ask_per_minute: float = 0) -> None:
        self._assistant = assistant
        self._speaker = Speaker(assistant.knowledge)
        self._ask_per_minute = ask_per_minute
        self._buttons = Buttons(assistant.knowledge)
        self._messages = Messages(self._buttons)

    async def handle(self, received: Received, unit: Unit) -> None:
        """Handle one update within its transaction."""
        incoming = read(received.payload)
        if incoming.kind == "ignore":
            return
        scene = _Scene(incoming, await unit.conversation(), received, unit)
        if incoming.kind == "command" and incoming.command == "forget":
            # Before the limit: whoever has asked too much may still have it erased.
            await unit.forget()
            await unit.send(self._say(scene, wording.FORGOTTEN))
            return
        if self._ask_per_minute and (asked := await unit.asked_within(MINUTE)) > self._ask_per_minute:
            calls = [answer_press(incoming.callback_id)] if incoming.kind == "press" else []
            if asked - 1 <= self._ask_per_minute:  # said once, not to every message of a flood
                calls += self._say(scene, wording.SLOW_DOWN)
            await unit.send(calls)
            return
        match incoming.kind:
            case "command":
                await self._command(scene)
            case "press":
                await self._press(scene)
            case "text":
                await self._utter(scene, Utterance(incoming.text, language=incoming.language))
            case _:
                await unit.send(self._say(scene, wording.ONLY_TEXT))

    def trouble(self, received: Received) -> list[Outgoing]:
        """What to say where an update could not be handled; nothing where nobody waits for a word."""
        try:
            incoming = read(received.payload)
        except Exception:  # noqa: BLE001 -- an update of the wrong shape; whatever python-telegram-bot makes of it
            return []
        if incoming.kind == "ignore":
            return []
        calls = [answer_press(incoming.callback_id)] if incoming.kind == "press" else []
        return [*calls, *self._messages.text(incoming.chat_id, wording.TROUBLE.of(incoming.language or "zh"))]

    async def _utter(self, scene: _Scene, utterance: Utterance, first: Sequence[Outgoing] = ()) -> None:
        # What stands in a mask was not said: it must neither ask for anything nor state a detail.
        heard = replace(utterance, text=blank(utterance.text))
        after, replies = self._assistant.respond(scene.conversation, heard, scene.now)
        await scene.unit.move(after)
        question = await self._record(utterance, after, replies, scene.unit)
        said = self._messages.of(scene.incoming.chat_id, replies, after.language, question)
        await scene.unit.send([*first, *said])

    async def _record(self, utterance: Utterance, after: Conversation, replies: tuple[Reply, ...], unit: Unit) -> int:
        """Keep what was asked; returns the number that 👍 and 👎 refer to, 0 where there is no answer to judge."""
        answered = any(reply.answer for reply in replies)
        if not utterance.text and not answered:
            return 0
        outcome = state_of(after, replies)
        metrics.DECISIONS.labels(outcome).inc()
        entry = after.entry_id if outcome in {"asking", "answered"} else None
        text = utterance.text or after.question
        number = await unit.record(Question(text, after.language, outcome, entry, after.details))
        return number if answered else 0

    async def _command(self, scene: _Scene) -> None:
        incoming, conversation, language = scene.incoming, scene.conversation, scene.language
        argument = incoming.text
        match incoming.command:
            case "start" if argument in self._assistant.knowledge.entries:
                known = conversation if conversation.touched else conversation.model_copy(update={"language": language})
                await self._utter(replace(scene, conversation=known), Utterance(choice=argument, language=language))
            case "start":
                await scene.unit.send(self._say(scene, wording.GREETING, wording.HELP))
            case "help":
                await scene.unit.send(self._say(scene, wording.HELP))
            case "topics":
                await scene.unit.send(self._messages.of(incoming.chat_id, [self._speaker.topics(language)], language))
            case "law" if requests := article_requests(argument if "条" in argument else f"第{argument}条"):
                replies = [self._speaker.article(request, language) for request in requests]
                await scene.unit.send(self._messages.of(incoming.chat_id, replies, language))
            case "law":
                await scene.unit.send(self._say(scene, wording.ASK_LAW))
            case "lang" if argument.lower()[:2] in LANGUAGES:
                await self._set_language(scene, argument.lower()[:2])
            case "lang":
                rows = self._messages.language_rows()
                await scene.unit.send(self._messages.text(incoming.chat_id, wording.CHOOSE_LANGUAGE.of(language), rows))
            case "cancel":
                await self._utter(scene, Utterance(choice="cancel", language=language))
            case _:
                await scene.unit.send(self._say(scene, wording.UNKNOWN_COMMAND))

    async def _press(self, scene: _Scene) -> None:
        incoming, language = scene.incoming, scene.language
        press = self._buttons.read(incoming.data)
        if press is None:
            await scene.unit.send([answer_press(incoming.callback_id, wording.OLD_CHOICE.of(language))])
        elif press.action == "feedback":
            verdict, _, number = press.value.partition("/")
            known = verdict in {"up", "down"} and number.isdecimal()
            kept = known and await scene.unit.judge(int(number[:18]), verdict)
            said = wording.FEEDBACK_THANKS if kept else wording.OLD_CHOICE
            await scene.unit.send([answer_press(incoming.callback_id, said.of(language))])
        elif press.action == "language":
            await self._set_language(scene, press.value, [answer_press(incoming.callback_id)])
        else:
            path = press.value if press.action == "choice" else f"article/{press.value}"
            utterance = Utterance(choice=path, language=incoming.language)
            await self._utter(scene, utterance, [answer_press(incoming.callback_id)])

    async def _set_language(self, scene: _Scene, chosen: str, first: Sequence[Outgoing] = ()) -> None:
        language: Language = "en" if chosen == "en" else "zh"
        after = scene.conversation.model_copy(update={"preferred": language, "language": language})
        await scene.unit.move(after)
        await scene.unit.send([*first, *self._say(replace(scene, conversation=after), wording.LANGUAGE_SET)])

    def _say(self, scene: _Scene, *texts: Text) -> list[Outgoing]:
        said = "\n\n".join(text.of(scene.language) for text in texts)
        return self._messages.text(scene.incoming.chat_id, said)


@dataclass(frozen=True)
class _Scene:
    """An update with all that its handling needs."""

    incoming: Incoming
    conversation: Conversation
    received: Received
    unit: Unit

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
