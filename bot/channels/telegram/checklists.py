"""Papers as pictures: the calls that a pressed button brings about, and what becomes of them when they are sent.

The outbox holds which picture is meant, in words; it is drawn, or taken from where it is kept, at the moment of sending.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot import kept, wording
from bot.answers import Answer, compose, picture, plain, telegram
from bot.channels.telegram.buttons import case_of
from bot.channels.telegram.transport import Upload, call
from bot.knowledge import Knowledge
from bot.language import Language
from bot.storage import Outgoing

log = logging.getLogger(__name__)

FILES = 400
"""Pictures that are kept, of some 70 kB each."""
REMEMBERED = 1000
"""Pictures whose name at Telegram is remembered."""
CAPTION_LIMIT = 1024
ACTION_SECONDS = 2.0
_CHECKLIST = "checklist"


@dataclass(frozen=True)
class _Wanted:
    """A picture.

    Attributes:
        name: what it is kept as: all that it is made of, the code that draws it among that.
    """

    answer: Answer
    language: Language
    font: Path
    name: str


class Checklists:
    """Sends the papers of an answer as a picture.

    Args:
        knowledge: gives what the pictures are made of, asked anew each time.
        font: what they are written in; None: there are none, and the button of an earlier time brings the papers as a text.
        cache: folder where drawn pictures are kept; None: none is.

    """

    def __init__(self, knowledge: Callable[[], Knowledge], font: Path | None, cache: Path | None = None) -> None:
        self._knowledge = knowledge
        self._font = font
        self._cache = cache
        self._sent: OrderedDict[str, str] = OrderedDict()

    @property
    def offered(self) -> bool:
        """Whether there can be pictures."""
        return self._font is not None

    def calls(self, value: str, chat_id: int, language: Language, thread_id: int | None = None) -> list[Outgoing]:
        """What a pressed button brings; nothing where what it carries is not understood any more.

        Args:
            value: see `buttons.case_value`.
            thread_id: the topic of a forum to send it to.
        """
        answer = self._answer(*case_of(value))
        if answer is None:
            return []
        place: dict[str, Any] = {"chat_id": chat_id}
        if thread_id is not None:
            place["message_thread_id"] = thread_id
        if self._font is None:
            return [Outgoing("sendMessage", {**place, **text}) for text in _texts(answer, language)]
        details = {stated.detail: stated.option for stated in answer.case}
        photo = {_CHECKLIST: {"entry": answer.entry_id, "details": details, "language": language}}
        return [Outgoing("sendPhoto", {**place, "photo": photo, "caption": _caption(answer, language)})]

    async def call(self, bot: Bot, method: str, parameters: Mapping[str, Any], seconds: float) -> Any:
        """Make a call of the outbox, whatever it is; a checklist becomes a picture, and a text where it cannot be drawn.

        Raises:
            TelegramError: as `transport.call` does.
        """
        photo = parameters.get("photo")
        if method != "sendPhoto" or not isinstance(photo, Mapping):
            return await call(bot, method, parameters, seconds)
        asked = photo[_CHECKLIST]
        language: Language = asked["language"]
        place = {name: parameters[name] for name in ("chat_id", "message_thread_id") if name in parameters}
        answer = self._answer(asked["entry"], asked["details"])
        if answer is None:  # the knowledge was changed in between
            return await call(bot, "sendMessage", {**place, "text": wording.OLD_CHOICE.of(language)}, seconds)
        try:
            wanted = self._wanted(answer, language)
            if (result := await self._again(bot, wanted.name, parameters, seconds)) is not None:
                return result
            png = await self._png(bot, place, wanted)
        except OSError as error:
            log.warning("papers were sent as a text, since their picture could not be drawn: %s", error)
            for text in _texts(answer, language):
                result = await call(bot, "sendMessage", {**place, **text}, seconds)
            return result
        upload = Upload("photo", f"{answer.entry_id}.png", "image/png", png)
        result = await call(bot, method, parameters, seconds, upload)
        self._remember(wanted.name, result)
        return result

    async def _again(self, bot: Bot, name: str, parameters: Mapping[str, Any], seconds: float) -> Any:
        """Send what Telegram has already; None where it has not, or not any more."""
        file_id = self._sent.get(name)
        if file_id is None:
            return None
        self._sent.move_to_end(name)
        try:
            return await call(bot, "sendPhoto", {**parameters, "photo": file_id}, seconds)
        except BadRequest:  # where something else is wrong, to upload it will say so again
            self._sent.pop(name, None)
            return None

    def _remember(self, name: str, result: Any) -> None:
        with contextlib.suppress(KeyError, IndexError, TypeError):
            self._sent[name] = str(result["photo"][-1]["file_id"])
            if len(self._sent) > REMEMBERED:
                self._sent.popitem(last=False)

    async def _png(self, bot: Bot, place: Mapping[str, Any], wanted: _Wanted) -> bytes:
        path = self._cache / wanted.name if self._cache else None
        found = await asyncio.to_thread(_read, path) if path else None
        if found is not None:
            return found
        png, _ = await asyncio.gather(asyncio.to_thread(_draw, wanted, path), _say_that_it_takes_time(bot, place))
        return png

    def _wanted(self, answer: Answer, language: Language) -> _Wanted:
        if self._font is None:
            raise OSError("there is no font")
        case = json.dumps([[stated.detail, stated.option] for stated in answer.case])
        parts = (answer.entry_id, case, language, answer.revision)
        made_with = [*picture.libraries(), str(self._font)]
        name = kept.name(_CHECKLIST, "png", picture.__file__, made_with, [part.encode() for part in parts])
        return _Wanted(answer, language, self._font, name)

    def _answer(self, entry_id: str, details: Mapping[str, str]) -> Answer | None:
        """The answer for a case; None where there is no such entry or case any more, or nothing to draw in it."""
        knowledge = self._knowledge()
        entry = knowledge.entries.get(entry_id)
        if entry is None:
            return None
        found = {name: detail.option(option) for name, option in details.items() if (detail := entry.detail(name))}
        if len(found) < len(details) or None in found.values():
            return None
        answer = compose(knowledge, entry, details)
        return answer if picture.drawable(answer) else None


def _read(path: Path) -> bytes | None:
    try:
        png = path.read_bytes()
    except OSError:
        return None
    return png if picture.whole(png) else None


def _draw(wanted: _Wanted, path: Path | None) -> bytes:
    png = picture.draw(wanted.answer, wanted.language, wanted.font)
    if path is not None:
        kept.save(path, lambda file: file.write(png), FILES)
    return png


async def _say_that_it_takes_time(bot: Bot, place: Mapping[str, Any]) -> None:
    if place["chat_id"] < 0:  # a group's twenty messages a minute are better kept for messages
        return
    with contextlib.suppress(TelegramError, TimeoutError):
        async with asyncio.timeout(ACTION_SECONDS):
            await call(bot, "sendChatAction", {**place, "action": "upload_photo"}, ACTION_SECONDS)


def _caption(answer: Answer, language: Language) -> str:
    lines = (answer.title.of(language), picture.case_line(answer, language))
    return "\n".join(line for line in lines if line)[: CAPTION_LIMIT // 2]


def _texts(answer: Answer, language: Language) -> list[dict[str, Any]]:
    texts = telegram.render_text(plain.render_materials(answer, language))
    return [{"text": text, "parse_mode": "HTML"} for text in texts]
