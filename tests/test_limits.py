"""Sending limits: kept, and never one chat's at another's cost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.limits import Limits, Pacer, is_group


def send_all(pacer: Pacer, chat: str, count: int, now: float = 0.0) -> list[float]:
    times = []
    for _ in range(count):
        now = pacer.allowed_at(chat, now)
        pacer.sent(chat, now)
        times.append(now)
    return times


def test_one_message_a_second_to_one_chat() -> None:
    assert send_all(Pacer(Limits()), "telegram:1", 4) == [0, 1, 2, 3]


def test_a_busy_chat_delays_no_other() -> None:
    pacer = Pacer(Limits())
    send_all(pacer, "telegram:1", 3)
    assert pacer.allowed_at("telegram:2", 2.0) == 2.0


def test_thirty_a_second_overall() -> None:
    pacer = Pacer(Limits(per_chat_per_second=0))
    times = [send_all(pacer, f"telegram:{n}", 1)[0] for n in range(31)]
    assert times[:30] == [0.0] * 30
    assert times[30] == 1.0


def test_twenty_a_minute_to_a_group() -> None:
    times = send_all(Pacer(Limits(per_chat_per_second=0)), "telegram:-100", 21)
    assert times[19] == 0.0
    assert times[20] == 60.0


def test_zero_switches_a_limit_off() -> None:
    assert send_all(Pacer(Limits(0, 0, 0)), "telegram:-1", 500) == [0.0] * 500


def test_a_pause_that_telegram_asks_for_is_kept() -> None:
    pacer = Pacer(Limits())
    pacer.pause("telegram:1", 9.0)
    assert pacer.allowed_at("telegram:1", 2.0) == 9.0
    assert pacer.allowed_at("telegram:2", 2.0) == 2.0


def test_a_million_chats_are_forgotten_again() -> None:
    pacer = Pacer(Limits(per_second=0))
    for number in range(5000):
        pacer.sent(f"telegram:{number}", float(number))
    assert len(pacer._chats) <= 1001


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 0.5)), max_size=120), st.integers(1, 9))
def test_no_window_ever_holds_more_than_allowed(steps: list[tuple[int, float]], per_second: int) -> None:
    pacer = Pacer(Limits(per_second=per_second, per_chat_per_second=0))
    now, times = 0.0, []
    for chat, pause in steps:
        now = pacer.allowed_at(f"telegram:{chat}", now + pause)
        pacer.sent(f"telegram:{chat}", now)
        times.append(now)
    for start in times:
        assert sum(start <= time < start + 0.999 for time in times) <= per_second


def test_groups_are_told_by_their_negative_numbers() -> None:
    assert is_group("telegram:-100123")
    assert not is_group("telegram:42")
