"""Killing the bot at random moments while people ask, and counting what they got."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.bot_api_double import BotApiDouble
from tests.process import TOKEN, Bot

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        questions: asked.
        kills: of the process, by SIGKILL.
        lost: questions without their answer.
        duplicated: answers given once more.
        out_of_order: answers that came after one to a later question of the same chat.
        seconds: from the first question to the last answer.
    """

    questions: int
    kills: int
    lost: int
    duplicated: int
    out_of_order: int
    seconds: float


async def ask_and_kill(
    database: str, folder: Path, *, chats: int, each: int, kills: int, seed: int, **environment: str
) -> Outcome:
    """Let every chat ask `each` (at most ten) questions in turn, and kill the process at random moments meanwhile."""
    chance = random.Random(seed)  # noqa: S311
    async with BotApiDouble(token=TOKEN) as api:
        people = [api.private_chat(1000 + number) for number in range(chats)]
        order = [person for person in people for _ in range(each)]
        chance.shuffle(order)
        asked = dict.fromkeys((person.id for person in people), 0)
        bot = Bot(api, folder, SHEBAO_DATABASE_URL=database, **environment).start()
        began = time.monotonic()
        try:
            for part in range(kills):
                before = len(api.sent())
                for person in order[part::kills]:
                    asked[person.id] += 1
                    person.say(f"第{asked[person.id]}条")
                await api.wait_until(lambda start=before: len(api.sent()) > start, 60, "an answer after a kill")  # type: ignore[misc]
                await asyncio.sleep(chance.uniform(0.0, 0.9))
                bot.end(signal.SIGKILL)
                bot.start()
            await _until_answered(api, chats * each)
            seconds = time.monotonic() - began
            assert bot.end() == 0
        finally:
            bot.stop()
        assert api.violations == []
        got = [answers(api, person.id) for person in people]
    lost = sum(len(set(range(1, each + 1)) - set(numbers)) for numbers in got)
    duplicated = sum(len(numbers) - len(set(numbers)) for numbers in got)
    disorder = sum(later < earlier for numbers in got for earlier, later in pairwise(numbers))
    return Outcome(chats * each, kills, lost, duplicated, disorder, seconds)


def answers(api: BotApiDouble, chat: int) -> list[int]:
    """The numbers of the articles that a chat was shown, in the order in which they came."""
    found = (re.search("》第(.)条", message.text) for message in api.sent(chat))
    return [NUMERALS.index(match.group(1)) + 1 for match in found if match]


async def _until_answered(api: BotApiDouble, count: int) -> None:
    """Until every question has an answer, or nothing has come for twenty seconds."""
    seen, since = -1, time.monotonic()
    while time.monotonic() - since < 20:
        sent = len(api.sent())
        if sent != seen:
            seen, since = sent, time.monotonic()
        different = {(message.chat_id, message.text) for message in api.sent()}
        if len(different) >= count:
            return
        await asyncio.sleep(0.1)
