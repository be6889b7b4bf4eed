"""Sending limits, as the store is told them; that they are kept is tested with the store."""

from __future__ import annotations

import pytest

from bot.channels.telegram.limits import Limits, is_group


@pytest.mark.parametrize(
    ("limits", "person", "group", "overall", "longest", "ahead"),
    [
        (Limits(), 1.0, 3.0, pytest.approx(1 / 30), 3.0, 15),
        (Limits(0, 0, 0), 0.0, 0.0, 0.0, 0.0, 1_000_000),
        (Limits(1000, 4, 0), 0.25, 0.25, 0.001, 0.25, 500),
        (Limits(0.5, 0.5, 60), 2.0, 2.0, 2.0, 2.0, 1),
    ],
    ids=["default", "off", "raised", "lowered"],
)
def test_limits_are_gaps_and_zero_is_none(
    limits: Limits, person: float, group: float, overall: float, longest: float, ahead: int
) -> None:
    assert limits.chat_gap("telegram:42") == person
    assert limits.chat_gap("telegram:-100123") == group
    assert (limits.pace.gap, limits.pace.longest_chat_gap, limits.ahead) == (overall, longest, ahead)


def test_groups_are_told_by_their_negative_numbers() -> None:
    assert is_group("telegram:-100123")
    assert not is_group("telegram:42")
