"""Which language a person writes."""

from __future__ import annotations

import pytest

from bot.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("医保账户怎么注销", "zh"), ("how cancel yibao acount", "en"), ("yibao ka diu le zenme ban", "zh"), ("我的card丢了", "zh"),
        ("點樣注銷", "zh"), ("What is 医保?", "en"), ("12345", None), ("😂", None), ("", None), ("my shebao card is lost", "en"),
        ("shebao zenme jiao", "zh"), ("HR让我停保", "zh"),
    ],
)  # fmt: skip
def test_detects(text: str, language: str | None) -> None:
    assert detect(text) == language
