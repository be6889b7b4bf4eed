"""Handling one update: from what a person did to the conversation moved and the messages put into the outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import metrics, wording
from bot.channels.telegram import admins
from bot.channels.telegram.buttons import Buttons
from bot.channels.telegram.cards import Card, Cards, card_in
from bot.channels.telegram.checklists import Checklists
from bot.channels.telegram.edits import changes
from bot.channels.telegram.forwards import Forwards
from bot.channels.telegram.groups import Groups
from bot.channels.telegram.incoming import NOBODY, Me
from bot.channels.telegram.inline import ASK
from bot.channels.telegram.messages import Messages, answer_press, start_of
from bot.channels.telegram.scene import NOTHING, Known, Scene
from bot.channels.telegram.updates import read
from bot.dialogue import Assistant, Conversation, Reply, Speaker, Utterance, article_requests, state_of
from bot.knowledge import Entry
from bot.language import Language, Text, named
from bot.privacy import blank
from bot.storage import Outgoing, Question, Received, Unit

MINUTE = 60.0


class Handler:
    """Handles updates.

    Args:
        assistant: answers.
        me: the bot itself.
        ask_per_minute: how many messages a minute one person may send; 0: any number.
        ask_per_group: how many all members of a group together may; 0: any number.
        admins: the numbers of the users who may send admins' commands.
        checklists: papers as pictures.
    """

    def __init__(
        self,
        assistant: Assistant,
        me: Me = NOBODY,
        *,
        ask_per_minute: float = 0,
        ask_per_group: float = 0,
        admins: frozenset[int] = frozenset(),
        checklists: Checklists | None = None,
    ) -> None:
        self._assistant = assistant
        self._me = me
        self._speaker = Speaker(assistant.knowledge)
        self._ask_per_minute = ask_per_minute
        self._admins = admins
        self._buttons = Buttons(assistant.knowledge)
        self._checklists = checklists or Checklists(lambda: assistant.knowledge, None)
        self._messages = Messages(self._buttons, pictures=self._checklists.offered)
        cards = Cards(assistant, self._buttons, self._messages, me.username)
        self._groups = Groups(
            cards,
            self._buttons,
            self._speaker,
            me,
            ask_per_minute=ask_per_minute,
            ask_per_group=ask_per_group,
        )
        self._forwards = Forwards(cards)

    async def handle(self, received: Received, unit: Unit, known: Known = NOTHING) -> None:
        """Handle one update within its transaction."""
        incoming = read(received.payload, self._me)
        if incoming.kind == "ignore":
            return
        scene = Scene(incoming, await unit.conversation(), received, unit, known)
        if incoming.group:
            await self._groups.handle(scene)
            return
        if incoming.kind == "command" and incoming.command == "forget":
            # Before the limit: whoever has asked too much may still have it erased.
            await unit.forget(incoming.chat_id)  # which is the number of its user
            await unit.send(self._say(scene, wording.FORGOTTEN))
            return
        if self._ask_per_minute and (asked := await unit.asked_within(MINUTE)) > self._ask_per_minute:
            calls = [answer_press(incoming.callback_id)] if incoming.kind == "press" else []
            if asked - 1 <= self._ask_per_minute:  # said once, not to every message of a flood
                calls += self._say(scene, wording.SLOW_DOWN)
            await unit.send(calls)
            return
        match incoming.kind:
            case "command" if not incoming.edited:
                await self._command(scene)
            case "press":
                await self._press(scene)
            case "text" if incoming.edited:
                await self._changed(scene)
            case "text":
                await self._utter(scene, Utterance(incoming.text, language=incoming.language))
            case "forward" if not incoming.edited:
                await self._forwards.take(scene)
            case "not-text" if not incoming.edited:
                await unit.send(self._say(scene, wording.ONLY_TEXT))

    def trouble(self, received: Received) -> list[Outgoing]:
        """What to say where an update could not be handled; nothing where nobody waits for a word."""
        try:
            incoming = read(received.payload, self._me)
        except Exception:  # noqa: BLE001 -- an update of the wrong shape; whatever python-telegram-bot makes of it
            return []
        if incoming.kind in {"ignore", "joined", "left", "moved"}:
            return []
        calls = [answer_press(incoming.callback_id)] if incoming.kind == "press" else []
        return [*calls, *self._messages.text(incoming.chat_id, wording.TROUBLE.of(incoming.language or "zh"))]

    async def _utter(self, scene: Scene, utterance: Utterance, first: Sequence[Outgoing] = ()) -> None:
        # What stands in a mask was not said: it must neither ask for anything nor state a detail.
        heard = replace(utterance, text=blank(utterance.text))
        after, replies = self._assistant.respond(scene.conversation, heard, scene.now)
        await scene.unit.move(after)
        question = self._question(scene, utterance, scene.conversation, after, replies)
        number = await scene.unit.record(question) if question else 0
        if question:
            metrics.DECISIONS.labels(question.outcome).inc()
        judged = any(reply.answer for reply in replies)
        said = self._messages.of(scene.incoming.chat_id, replies, after.language, number, judged=judged)
        await scene.unit.send([*first, *said])

    def _question(
        self,
        scene: Scene,
        utterance: Utterance,
        before: Conversation,
        after: Conversation,
        replies: tuple[Reply, ...],
    ) -> Question | None:
        """What was asked, for the record and for being edited; None where nothing was."""
        if not utterance.text and not any(reply.answer for reply in replies):
            return None
        outcome = state_of(after, replies)
        entry = after.entry_id if outcome in {"asking", "answered"} else None
        text = utterance.text or after.question
        asked_in = scene.incoming.message_id if utterance.text else None
        open_ = utterance.text and before.phase != "idle"
        context = Card(kind="private", conversation=before).model_dump_json() if open_ else None
        return Question(text, after.language, outcome, entry, after.details, asked_in=asked_in, context=context)

    async def _changed(self, scene: Scene) -> None:
        """A message changed afterwards: what was said to it is changed too, as if it had been written so."""
        cards = scene.unit.cards
        kept = await cards.asked_in(scene.incoming.message_id)
        latest = await cards.latest()
        if kept is None or latest is None or kept.text == scene.incoming.text:
            return
        card = card_in(kept)
        before = card.conversation if card else scene.fresh()
        utterance = Utterance(scene.incoming.text, language=scene.incoming.language)
        heard = replace(utterance, text=blank(utterance.text))
        after, replies = self._assistant.respond(before, heard, scene.now)
        question = self._question(scene, utterance, before, after, replies)
        if question is None:
            return
        await cards.keep(kept.number, question)
        if kept.number == latest.number:  # whatever was said later stays what is talked about
            await scene.unit.move(after)
        judged = any(reply.answer for reply in replies)
        said = self._messages.of(scene.incoming.chat_id, replies, after.language, kept.number, judged=judged)
        there = await cards.shown(kept.number)
        await cards.withdraw(kept.number)
        await scene.unit.send(changes(there, said))

    async def _command(self, scene: Scene) -> None:
        incoming, language = scene.incoming, scene.language
        argument = incoming.text
        match incoming.command:
            case "start":
                await self._started(scene, argument)
            case "ask":
                await self._utter(scene, Utterance(argument, language=incoming.language))
            case "help":
                await scene.unit.send(self._say(scene, wording.HELP))
            case "topics":
                await scene.unit.send(self._messages.of(incoming.chat_id, [self._speaker.topics(language)], language))
            case "law" if requests := article_requests(argument, bare=True):
                replies = [self._speaker.article(request, language) for request in requests]
                await scene.unit.send(self._messages.of(incoming.chat_id, replies, language))
            case "law":
                await scene.unit.send(self._say(scene, wording.ASK_LAW))
            case "lang" if chosen := named(argument):
                await self._set_language(scene, chosen)
            case "lang":
                rows = self._messages.language_rows()
                await scene.unit.send(self._messages.text(incoming.chat_id, wording.CHOOSE_LANGUAGE.of(language), rows))
            case "cancel":
                await self._utter(scene, Utterance(choice="cancel", language=language))
            # A private chat has the number of its user.
            case name if name in wording.ADMIN_COMMANDS and incoming.chat_id in self._admins:
                if said := await admins.take(scene.unit, name, argument, language):
                    await scene.unit.send(self._say(scene, said))
            case _:
                await scene.unit.send(self._say(scene, wording.UNKNOWN_COMMAND))

    async def _started(self, scene: Scene, argument: str) -> None:
        """The first command of all, or a link that led here."""
        if found := start_of(argument, self._assistant.knowledge):
            await self._begin(scene, *found)
        else:
            more = wording.ASK_HERE if argument == ASK else wording.HELP
            await scene.unit.send(self._say(scene, wording.GREETING, more))

    async def _begin(self, scene: Scene, entry: Entry, details: Mapping[str, str]) -> None:
        """A link led here: to an entry, and perhaps to a case of it."""
        known = scene.conversation if scene.conversation.touched else scene.fresh()
        if details:
            last = list(details)[-1]
            known = known.fresh().model_copy(update={"entry_id": entry.id, "details": details, "touched": scene.now})
            choice = f"{entry.id}/{last}/{details[last]}"
        else:
            choice = entry.id
        await self._utter(replace(scene, conversation=known), Utterance(choice=choice, language=scene.language))

    async def _press(self, scene: Scene) -> None:
        incoming, language = scene.incoming, scene.language
        press = self._buttons.read(incoming.data)
        if press is None:
            await scene.unit.send([answer_press(incoming.callback_id, wording.OLD_CHOICE.of(language))])
        elif press.action == "card":
            await self._forwards.press(scene, press)
        elif press.action == "feedback":
            verdict, _, number = press.value.partition("/")
            known = verdict in {"up", "down"} and number.isdecimal()
            kept = known and await scene.unit.judge(int(number[:18]), verdict)
            said = wording.FEEDBACK_THANKS if kept else wording.OLD_CHOICE
            await scene.unit.send([answer_press(incoming.callback_id, said.of(language))])
        elif press.action == "picture":
            # In the language of what the button stands below, which the chosen one need not be.
            language = scene.conversation.language if scene.conversation.touched else language
            calls = self._checklists.calls(press.value, incoming.chat_id, language)
            old = "" if calls else wording.OLD_CHOICE.of(language)
            await scene.unit.send([answer_press(incoming.callback_id, old), *calls])
        elif press.action == "language":
            await self._set_language(scene, named(press.value) or language, [answer_press(incoming.callback_id)])
        else:
            path = press.value if press.action == "choice" else f"article/{press.value}"
            utterance = Utterance(choice=path, language=incoming.language)
            await self._utter(scene, utterance, [answer_press(incoming.callback_id)])

    async def _set_language(self, scene: Scene, language: Language, first: Sequence[Outgoing] = ()) -> None:
        after = scene.conversation.model_copy(update={"preferred": language, "language": language})
        await scene.unit.move(after)
        await scene.unit.send([*first, *self._say(replace(scene, conversation=after), wording.LANGUAGE_SET)])

    def _say(self, scene: Scene, *texts: Text) -> list[Outgoing]:
        said = "\n\n".join(text.of(scene.language) for text in texts)
        return self._messages.text(scene.incoming.chat_id, said)
