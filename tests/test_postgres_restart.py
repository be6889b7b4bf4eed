"""PostgreSQL stopped and started again while people ask: the bot waits, says so once, and goes on."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from pathlib import Path

import pytest

from bot.storage import migrate
from tests.bot_api_double import BotApiDouble
from tests.fleet import Fleet, Mode
from tests.killing import Crowd
from tests.postgres import Postgres
from tests.process import TOKEN

ONCE = {
    "polling": ("the database does not work", "receiving does not work"),
    "webhook": ("the database does not work", "storing updates does not work"),
}


@pytest.mark.parametrize(
    ("mode", "how"),
    [("polling", signal.SIGINT), ("webhook", signal.SIGQUIT)],
    ids=["polling, fast", "webhook, immediate"],
)
async def test_postgresql_restarted_under_load_is_waited_for_and_said_once(
    postgres: Postgres, tmp_path: Path, mode: Mode, how: signal.Signals
) -> None:
    url = postgres.database()
    await migrate(url)
    async with (
        BotApiDouble(token=TOKEN) as api,
        Fleet(api, tmp_path, mode, url, SHEBAO_SEND_PER_SECOND="60") as fleet,
    ):
        await fleet.serving()
        crowd = Crowd(api, 30, 4, seed=5)
        began = time.monotonic()
        half = len(crowd.turns) // 2
        asking = asyncio.create_task(crowd.ask(crowd.turns[:half], 1.5))
        await api.wait_for(20)
        await asyncio.to_thread(postgres.stop, how)
        try:
            await crowd.ask(crowd.turns[half:], 2.0)  # however slow the machine is, somebody asks while it is away
        finally:
            await asyncio.to_thread(postgres.start)
        await asking
        await crowd.until_answered()
        outcome = crowd.outcome(began)
        await fleet.end()
        assert outcome.lost == outcome.out_of_order == outcome.duplicated == 0, outcome
        assert {said: fleet.log.count(said) for said in ONCE[mode]} == dict.fromkeys(ONCE[mode], 1), fleet.log
        assert fleet.log.count("the database works again") == 1, fleet.log
        # One line an event: no statement of the database's in it.
        assert all(re.match(r"\d\d:\d\d:\d\d [A-Z]+ bot\.", line) for line in fleet.log.splitlines()), fleet.log
        assert api.violations == []
