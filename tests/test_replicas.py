"""Two real processes on one PostgreSQL, behind a balancer that gives each of them every other update."""

from __future__ import annotations

import asyncio
import signal
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from bot.storage import migrate
from tests.bot_api_double import BotApiDouble
from tests.fleet import Fleet
from tests.killing import Crowd
from tests.postgres import Postgres
from tests.process import TOKEN, Bot

TAKEN_OVER_WITHIN = 15.0


@pytest.fixture
async def api() -> AsyncIterator[BotApiDouble]:
    async with BotApiDouble(token=TOKEN) as double:
        yield double
        assert double.violations == []


@pytest.fixture
async def replicas(api: BotApiDouble, postgres: Postgres, tmp_path: Path) -> Callable[..., Fleet]:
    """Two of them, with the settings that a test names."""
    url = postgres.database()
    await migrate(url)
    return lambda **environment: Fleet(
        api, tmp_path, "webhook, two replicas", url, SHEBAO_LOG_LEVEL="DEBUG", **environment
    )


def most_within(times: Sequence[float], window: float) -> int:
    """The largest number of times that any window of so many seconds holds."""
    times = sorted(times)
    return max(end + 1 - bisect_left(times, at - window) for end, at in enumerate(times))


async def test_two_replicas_keep_one_order_in_each_chat_and_one_sending_limit(
    api: BotApiDouble, replicas: Callable[..., Fleet]
) -> None:
    limits = {"SHEBAO_SEND_PER_SECOND": "10", "SHEBAO_SEND_PER_CHAT_PER_SECOND": "1"}
    async with replicas(**limits) as fleet:
        await fleet.serving()
        crowd = Crowd(api, 15, 3, seed=7)
        began = time.monotonic()
        await crowd.ask(crowd.turns, 0.5)
        await crowd.until_answered()
        outcome = crowd.outcome(began)
        await fleet.end()
        assert outcome.lost == outcome.out_of_order == outcome.duplicated == 0, outcome
        assert fleet.balancer
        assert min(fleet.balancer.taken.values()) >= 20
    # Both send, and together no more than one may. Places are booked up to half a second ahead: who was held up (by a busy
    # machine) sends so many late, beside the other's.
    assert min(bot.log.count("sendMessage: ok") for bot in fleet.bots) >= 6
    calls = api.calls("sendMessage")
    most = {window: most_within([call.at for call in calls], window) for window in (1.0, 2.0, 3.0)}
    assert all(count <= 10 * window + 5 for window, count in most.items()), most
    for person in crowd.people:
        assert most_within([call.at for call in calls if call.params["chat_id"] == person.id], 0.95) == 1


async def test_what_a_killed_replica_had_in_hand_is_taken_over_in_time(
    api: BotApiDouble, replicas: Callable[..., Fleet]
) -> None:
    async with replicas() as fleet:
        killed, other = fleet.bots
        await fleet.serving()
        crowd = Crowd(api, 40, 2, seed=7)
        began = time.monotonic()
        await crowd.ask(crowd.turns, 1.0)
        killed.end(signal.SIGKILL)
        at = time.monotonic()
        left = in_hand(killed)
        # A lease names its owner's process, and what of it: those of the killed one are still there.
        assert len({str(owner).partition("/")[0] for _, _, owner in left}) == 2, "both were at work"
        while left & in_hand(other):
            await asyncio.sleep(0.2)
            assert time.monotonic() - at < TAKEN_OVER_WITHIN
        await crowd.until_answered()
        outcome = crowd.outcome(began, [0.0])
        assert outcome.lost == outcome.out_of_order == 0, outcome
        assert outcome.duplicated <= 1, outcome
        assert other.end() == 0
        assert "Traceback" not in fleet.log


def in_hand(bot: Bot) -> set[tuple[object, ...]]:
    return set(bot.rows("select queue, chat, owner from leases where owner <> ''"))
