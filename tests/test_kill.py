"""kill -9 at random moments loses no question, and repeats at most the answer that was on its way."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage import migrate
from tests.killing import ask_and_kill


@pytest.mark.parametrize("seed", [20261122])
async def test_every_question_is_answered_in_order_however_often_the_bot_is_killed(
    database: str, tmp_path: Path, seed: int
) -> None:
    await migrate(database)
    outcome = await ask_and_kill(database, tmp_path, chats=40, each=3, kills=3, seed=seed, SHEBAO_SEND_PER_SECOND="60")
    assert outcome.questions == 120
    assert outcome.lost == 0, outcome
    assert outcome.out_of_order == 0, outcome
    assert outcome.duplicated <= outcome.kills, outcome
