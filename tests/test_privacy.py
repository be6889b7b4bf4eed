"""Personal numbers are masked before anything is stored or logged; names are not kept."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.log import SafeFormatter
from bot.privacy import MASK, redact, scrub

digits = st.text("0123456789", min_size=10, max_size=18)


@given(
    before=st.sampled_from(["", "我的身份证", "电话是", "id ", "卡号："]),
    number=st.text("0123456789", min_size=11, max_size=19),
    separator=st.sampled_from(["", " ", "-"]),
    wide=st.booleans(),
    after=st.sampled_from(["", "，医保怎么办", "号", " thanks"]),
)
def test_long_numbers_are_masked_next_to_anything(
    before: str, number: str, separator: str, wide: bool, after: str
) -> None:
    written = separator.join(number[i : i + 4] for i in range(0, len(number), 4))
    if wide:
        written = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in written)
    text = before + written + after
    clean = redact(text)
    assert len(clean) == len(text)
    assert not any(character.isdigit() for character in clean)
    assert clean.startswith(before)


@pytest.mark.parametrize(
    "text", ["11010119900307851X", "11010119900307851x", "１１０１０１１９９００３０７８５１Ｘ", "110101 19900307 8515"]
)
def test_identity_numbers_are_masked_with_their_check_letter(text: str) -> None:
    assert set(redact(text)) <= {MASK, " "}


@pytest.mark.parametrize(
    "text", ["打12333", "第27条", "2024年9月", "交了7年", "3500元", "工资12345.67", "12393和12333"]
)
def test_hotlines_years_amounts_and_articles_stay(text: str) -> None:
    assert redact(text) == text


def test_a_stored_update_has_no_names_and_no_numbers() -> None:
    update = {
        "update_id": 1,
        "message": {
            "from": {"id": 5, "first_name": "李", "last_name": "雷", "username": "lilei", "language_code": "zh"},
            "text": "我的电话13812345678",
            "contact": {"phone_number": "13812345678", "first_name": "韩"},
            "entities": [{"type": "phone_number", "offset": 4, "length": 11}],
        },
    }
    clean = str(scrub(update))
    for secret in ("李", "雷", "lilei", "13812345678", "韩"):
        assert secret not in clean
    assert "'id': 5" in clean


def test_the_log_has_neither_tokens_nor_numbers() -> None:
    record = logging.LogRecord("x", 20, "", 0, "GET https://x/bot123456:AAbb_cc-dd/getMe for 13812345678", None, None)
    line = SafeFormatter("%(message)s").format(record)
    assert "AAbb" not in line
    assert "13812345678" not in line
