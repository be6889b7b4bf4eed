"""Questions that are forwarded to the bot: answered in a form to be passed on, several at once as one."""

from __future__ import annotations

from dataclasses import replace

from bot import metrics, wording
from bot.channels.telegram.buttons import Press
from bot.channels.telegram.cards import MOST_TEXTS, POST, Card, Cards, card_in
from bot.channels.telegram.incoming import Origin
from bot.channels.telegram.messages import answer_press
from bot.channels.telegram.scene import Scene
from bot.channels.telegram.updates import key_of
from bot.dialogue import Reply
from bot.language import Text
from bot.storage import Kept, Outgoing, Question

TOGETHER_SECONDS = 2.0
"""What is forwarded within this time of the first belongs together; Telegram brings each message by itself."""
WAIT_SECONDS = 0.8
"""So long the answer waits for more of them."""


class Forwards:
    """Handles what is forwarded to the bot in private chats.

    Args:
        cards: shows questions and moves them on.
    """

    def __init__(self, cards: Cards) -> None:
        self._cards = cards

    async def take(self, scene: Scene) -> None:
        """Answer a forwarded message, together with those forwarded just before."""
        text = scene.incoming.text
        kept = await scene.unit.cards.latest()
        card = card_in(kept)
        lately = kept is not None and scene.received.received_at - kept.asked_at < TOGETHER_SECONDS
        if kept is None or card is None or card.kind != "forward" or not lately:
            origin = scene.incoming.origin or Origin()
            card = self._read(
                scene, (text,) if text.strip() else (), (origin.user_id, origin.chat_id, origin.message_id)
            )
            await self._say(scene, card, await scene.unit.record(self._question(scene, card)))
        elif text.strip() and len(card.texts) < MOST_TEXTS:
            # Of several the origin of one says nothing about the others, so that their answer replies to none.
            card = self._read(scene, (*card.texts, text), (None, None, None))
            await scene.unit.cards.keep(kept.number, self._question(scene, card))
            sent = await scene.unit.cards.shown(kept.number)
            await scene.unit.cards.withdraw(kept.number)
            await self._say(scene, card, kept.number, sent[-1].message_id if sent else None)

    async def press(self, scene: Scene, press: Press) -> None:
        """A button under such an answer: it narrows it down, or posts it in a group."""
        incoming = scene.incoming
        kept = await scene.unit.cards.card(press.question)
        card = card_in(kept)
        if kept is None or card is None or card.kind != "forward" or kept.chat != scene.received.chat:
            return await self._toast(scene, wording.OLD_CHOICE)
        if press.value.startswith(POST):
            return await self._post(scene, kept, card, press.value.removeprefix(POST))
        after = self._cards.choose(card, press.value)
        await scene.send([answer_press(incoming.callback_id)])
        shown = self._cards.show(after, kept.number, scene.known.groups)
        if shown == self._cards.show(card, kept.number, scene.known.groups):
            return None
        await scene.unit.cards.keep(kept.number, self._cards.question(after, self._question(scene, after)))
        known = {"chat_id": incoming.chat_id, "message_id": incoming.message_id, **shown}
        await scene.send([Outgoing("editMessageText", known, question=kept.number)])
        return None

    def _read(self, scene: Scene, texts: tuple[str, ...], origin: tuple[int | None, int | None, int | None]) -> Card:
        start = Card(kind="forward", conversation=scene.fresh(), texts=texts, origin=origin)
        card, _ = self._cards.ask(start, scene.now, start.text, scene.incoming.language)
        return card

    def _question(self, scene: Scene, card: Card) -> Question:
        question = Question(card.text, "", "", None, {}, asked_in=scene.incoming.message_id)
        return self._cards.question(card, question)

    async def _say(self, scene: Scene, card: Card, number: int, message: int | None = None) -> None:
        incoming = scene.incoming
        _, replies = self._cards.ask(
            card.model_copy(update={"conversation": scene.fresh()}), scene.now, card.text, incoming.language
        )
        said = "" if card.texts else wording.ONLY_TEXT.of(scene.language)
        shown = self._cards.show(card, number, scene.known.groups, said=said or _text(replies))
        if message is not None:
            known = {"chat_id": incoming.chat_id, "message_id": message, **shown}
            await scene.send([Outgoing("editMessageText", known, question=number)])
            return
        metrics.DECISIONS.labels(self._question(scene, card).outcome).inc()
        reply = {"message_id": incoming.message_id, "allow_sending_without_reply": True}
        later = scene.received.received_at + WAIT_SECONDS
        known = {"chat_id": incoming.chat_id, **shown, "reply_parameters": reply}
        await scene.send([Outgoing("sendMessage", known, question=number, not_before=later)])

    async def _post(self, scene: Scene, kept: Kept, card: Card, said: str) -> None:
        """Put the answer into a group: under the message that asks it, where its origin tells which that is."""
        chat_id = int(said) if said.removeprefix("-").isdecimal() and len(said) < 20 else 0
        if chat_id not in {number for number, _ in scene.known.groups}:
            return await self._toast(scene, wording.NOT_POSTED)
        user, chat, message = card.origin
        key = key_of(chat_id)
        place = scene.unit.cards_of(key)
        before = await place.latest(user) if user is not None else None
        reply: dict[str, object] | None = None
        if chat is not None and message is not None:
            reply = {"chat_id": chat, "message_id": message} if chat != chat_id else {"message_id": message}
        elif before is not None and before.text == card.text and before.asked_in:
            reply = {"message_id": before.asked_in}
        there = card.model_copy(update={"kind": "group", "texts": ()})
        asker = user if user is not None else scene.incoming.user_id
        question = replace(self._cards.question(there, Question(card.text, "", "", None, {})), asker=asker, chat=key)
        number = await scene.unit.record(replace(question, asked_in=before.asked_in if before and reply else None))
        known = {"chat_id": chat_id, **self._cards.show(there, number, above=card.text)}
        if reply:
            known["reply_parameters"] = {**reply, "allow_sending_without_reply": True}
        await scene.send([Outgoing("sendMessage", known, chat=key, question=number)])
        return await self._toast(scene, wording.POSTED)

    async def _toast(self, scene: Scene, text: Text) -> None:
        await scene.send([answer_press(scene.incoming.callback_id, text.of(scene.language))])


def _text(replies: tuple[Reply, ...]) -> str:
    return next((reply.text for reply in replies if reply.text), "")
