"""Ending the bot at random moments while people ask, and counting what they got."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.bot_api_double import BotApiDouble, PrivateChat
from tests.fleet import Fleet, Mode
from tests.process import TOKEN

NUMERALS = "一二三四五六七八九十"
SPREAD = 2.0
"""Seconds over which people ask between two ends of the process: while it runs, and while it starts."""
SILENCE = 25.0
"""Seconds without any message after which what is missing counts as lost; a dead replica's leases end within 15."""


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    Attributes:
        questions: asked.
        ends: how often a process was ended.
        lost: questions without their answer.
        duplicated: answers given once more.
        out_of_order: answers that came after one to a later question of the same chat.
        seconds: from the first question to the last answer.
        slowest_end: seconds that a process took to end.
    """

    questions: int
    ends: int
    lost: int
    duplicated: int
    out_of_order: int
    seconds: float
    slowest_end: float


class Crowd:
    """People who ask one question after the other.

    Args:
        api: where they are.
        chats: how many.
        each: questions of each, at most ten.
        seed: of the chance that decides whose turn it is.
    """

    def __init__(self, api: BotApiDouble, chats: int, each: int, seed: int) -> None:
        self._api = api
        self.chance = random.Random(seed)  # noqa: S311
        self.each = each
        self.people = [api.private_chat(1000 + number) for number in range(chats)]
        self.turns = [person for person in self.people for _ in range(each)]
        self._asked = dict.fromkeys((person.id for person in self.people), 0)
        self.chance.shuffle(self.turns)

    async def ask(self, turns: Sequence[PrivateChat], seconds: float) -> None:
        """Let these people ask their next question, over so many seconds."""
        for person in turns:
            self._asked[person.id] += 1
            person.say(f"第{self._asked[person.id]}条")
            await asyncio.sleep(self.chance.uniform(0, 2 * seconds / len(turns)))

    async def until_answered(self) -> None:
        """Wait until every question has an answer, or nothing has come for a while."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < SILENCE:
            sent = self._api.sent()
            if len(sent) != seen:
                seen, since = len(sent), time.monotonic()
            if len({(message.chat_id, message.text) for message in sent}) >= len(self.turns):
                return
            await asyncio.sleep(0.1)

    def outcome(self, began: float, ends: Sequence[float] = ()) -> Outcome:
        """What they got.

        Args:
            began: when the first question was asked, by `time.monotonic`.
            ends: how long each end of a process took.
        """
        got = [answers(self._api, person.id) for person in self.people]
        return Outcome(
            len(self.turns),
            len(ends),
            lost=sum(len(set(range(1, self.each + 1)) - set(numbers)) for numbers in got),
            duplicated=sum(len(numbers) - len(set(numbers)) for numbers in got),
            out_of_order=sum(later < earlier for numbers in got for earlier, later in pairwise(numbers)),
            seconds=max((message.at for message in self._api.sent()), default=began) - began,
            slowest_end=max(ends, default=0.0),
        )


async def ask_and_end(
    database: str,
    folder: Path,
    mode: Mode,
    *,
    chats: int,
    each: int,
    ends: int,
    seed: int,
    by: signal.Signals = signal.SIGKILL,
    delay: float = 0.0,
    **environment: str,
) -> Outcome:
    """Let every chat ask `each` questions in turn, and end a process at random moments meanwhile; it is started again.

    Telegram takes `delay` seconds over each message.
    """
    async with BotApiDouble(token=TOKEN) as api:
        if delay:
            api.fail_next("sendMessage", times=10 * chats * each, delay=delay)
        crowd = Crowd(api, chats, each, seed)
        asking: list[asyncio.Task[None]] = []
        took: list[float] = []
        async with Fleet(api, folder, mode, database, **environment) as fleet:
            began = time.monotonic()
            for part in range(ends):
                before = len(api.sent())
                asking.append(asyncio.create_task(crowd.ask(crowd.turns[part::ends], SPREAD)))
                await api.wait_until(lambda start=before: len(api.sent()) > start, 60, "an answer")  # type: ignore[misc]
                await asyncio.sleep(crowd.chance.uniform(0.0, 0.9))
                up = await api.wait_until(lambda: [bot for bot in fleet.bots if bot.serving], 60, "a process at work")
                bot = crowd.chance.choice(up)
                at = time.monotonic()
                code = await asyncio.to_thread(bot.end, by)
                took.append(time.monotonic() - at)
                assert code == (-by if by is signal.SIGKILL else 0), bot.log
                bot.start()
            await asyncio.gather(*asking)
            await crowd.until_answered()
            await fleet.end()
        assert "the database" not in fleet.log, fleet.log  # nobody's work got into another's way
        assert api.violations == []
        return crowd.outcome(began, took)


def answers(api: BotApiDouble, chat: int) -> list[int]:
    """The numbers of the articles that a chat was shown, in the order in which they came."""
    found = (re.search("》第(.)条", message.text) for message in api.sent(chat))
    return [NUMERALS.index(match.group(1)) + 1 for match in found if match]
