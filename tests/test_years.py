"""Years in what people say."""

from __future__ import annotations

import pytest

from bot.dialogue.years import years_in


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("交了七年能领几个月失业金", 7), ("失业保险缴了7年", 7), ("缴费一年半", 1.5), ("只交了半年", 0.5), ("交了18个月", 1.5), ("参保十二年", 12),
        ("paid for seven years", 7), ("I contributed 7 yrs", 7), ("two and a half years", 2.5), ("18 months", 1.5), ("half a year", 0.5),
        ("我交了七年失业保险，失业两年了", 7), ("2024年9月失业的", None), ("第三年了", None), ("还差两年", None), ("养老金", None),
        ("交了五年又交了三年", None), ("交了兩個月", 2 / 12),
    ],
)  # fmt: skip
def test_years_are_read(text: str, years: float | None) -> None:
    assert years_in(text) == (pytest.approx(years) if years is not None else None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("不满十五年", 14, 15), ("不到一年", 0, 1), ("less than a year", 0, 1), ("10年多", 10, 11)],
)
def test_about_so_many_years(text: str, low: float, high: float) -> None:
    years = years_in(text)
    assert years is not None
    assert low < years < high
