"""However often the bot is ended, no question is lost; a kill repeats at most the answer that was on its way."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.storage import migrate
from tests.fleet import Mode
from tests.killing import ask_and_end

each_mode = pytest.mark.parametrize("mode", ["polling", "webhook"])


@each_mode
async def test_every_question_is_answered_in_order_however_often_the_bot_is_killed(
    database: str, tmp_path: Path, mode: Mode
) -> None:
    await migrate(database)
    # At Telegram's own limit. A process waits a second before it sends beside a message that is not noted yet.
    outcome = await ask_and_end(database, tmp_path, mode, chats=30, each=2, ends=2, seed=20261122)
    assert outcome.questions == 60
    assert outcome.lost == 0, outcome
    assert outcome.out_of_order == 0, outcome
    assert outcome.duplicated <= outcome.ends, outcome


@pytest.mark.parametrize(
    ("database", "mode"), [("sqlite", "webhook"), ("postgresql", "polling")], indirect=["database"]
)
async def test_sigterm_under_load_ends_in_time_and_loses_and_repeats_nothing(
    database: str, tmp_path: Path, mode: Mode
) -> None:
    await migrate(database)
    # More than can be sent until the process has to be gone: what is left waits for the next one.
    outcome = await ask_and_end(
        database,
        tmp_path,
        mode,
        chats=15,
        each=2,
        ends=1,
        seed=20261122,
        by=signal.SIGTERM,
        delay=0.2,
        SHEBAO_SEND_PER_SECOND="4",
    )
    assert outcome.questions == 30
    assert outcome.lost == outcome.out_of_order == outcome.duplicated == 0, outcome
    assert outcome.slowest_end < 10, outcome
