"""What tells who somebody is, is masked before anything is stored or logged; what a question needs stays."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from bot.log import SafeFormatter, safe
from bot.privacy import MASK, blank, redact, scrub
from bot.storage.engine import open_engine
from tests.conftest import ROOT

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHINESE = "我你他的了是在有不要办理医保社保养老失业工伤生育卡号身份证电话手机银行年月日元万岁天个路街号栋室请问怎么公司北京上海姓名叫，。？！：、（）"
around = st.text(st.sampled_from(CHINESE + "abcdefghxyzABCXYZ ,.:\n"), max_size=12)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    day = draw(st.dates(min_value=date(1930, 1, 1), max_value=date(2026, 1, 1)))
    area, order = draw(st.integers(110000, 829999)), draw(st.integers(0, 999))
    if draw(st.integers(0, 4)) == 0:
        return f"{area}{day:%y%m%d}{order:03}"
    body = f"{area}{day:%Y%m%d}{order:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@st.composite
def cards(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(["62", "4", "51", "955", "9", "35"])) + draw(
        st.text("0123456789", min_size=14, max_size=15)
    )
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


@st.composite
def phones(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        country = draw(st.sampled_from(["", "+86", "86", "0086", "+86 "]))
        return f"{country}1{draw(st.integers(3, 9))}{draw(st.text('0123456789', min_size=9, max_size=9))}"
    area = draw(st.sampled_from(["010", "021", "0755", "0571"]))
    return f"{area}{draw(st.sampled_from(['', '-', ' ']))}{draw(st.integers(2, 8))}{draw(st.text('0123456789', min_size=6, max_size=7))}"


def written(number: str, separator: str, step: int, wide: bool) -> str:
    said = separator.join(number[i : i + step] for i in range(0, len(number), step))
    return "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else c for c in said) if wide else said


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(
    around,
    identity_numbers() | cards() | phones(),
    st.sampled_from(["", "", " ", "-", "  ", "\u3000", ".", " - ", "\u200b"]),
    st.integers(3, 6),
    st.booleans(),
    around,
)
def test_no_number_of_a_person_survives(
    before: str, number: str, separator: str, step: int, wide: bool, after: str
) -> None:
    text = before + written(number, separator, step, wide) + after
    clean = redact(text)
    assert not any(character.isdecimal() for character in clean), (text, clean)
    assert units(clean) == units(text)
    assert redact(clean) == clean
    if number.endswith("X") and wide:
        assert "Ｘ" not in clean


@given(
    before=st.sampled_from(["", "我的身份证", "电话是", "id ", "卡号："]),
    number=st.text("0123456789", min_size=11, max_size=60),
    separator=st.sampled_from(["", "-"]),
    after=st.sampled_from(["", "，医保怎么办", "号", " thanks", "abc"]),
)
def test_numbers_too_long_for_anything_else_are_masked_whatever_they_are(
    before: str, number: str, separator: str, after: str
) -> None:
    clean = redact(before + written(number, separator, 6, wide=False) + after)
    assert not any(character.isdecimal() for character in clean)
    assert clean.startswith(before)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "我身份证110101199003078515电话13812345678，停保后怎么恢复",
            "我身份证〔证件号＊＊＊＊＊＊＊＊＊＊＊＊＊〕电话〔电话＊＊＊＊＊＊＊〕，停保后怎么恢复",
        ),
        ("老证110101900307851怎么办", "老证〔证件号＊＊＊＊＊＊＊＊＊＊〕怎么办"),
        ("id11010119900307851x", "id[ID number＊＊＊＊＊＊＊]"),
        ("卡号6222021234567890128", "卡号〔银行卡号＊＊＊＊＊＊＊＊＊＊＊＊＊〕"),
        ("手机一三八一二三四五六七八", "手机〔电话＊＊＊＊＊＊＊〕"),
        ("𝟏𝟑𝟖𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖吗", "〔电话" + MASK * 18 + "〕吗"),
        ("打12333还是13812345678", "打12333还是〔电话＊＊＊＊＊＊＊〕"),
        ("2024-09-01 13812345678", "2024-09-01 [phone＊＊＊＊]"),
        ("邮箱zhang.san@163.com吗", "邮箱〔邮箱＊＊＊＊＊＊＊＊＊＊＊＊＊〕吗"),
        ("我叫张三，", "我叫＊＊，"),
        ("我叫张三想问停保", "我叫＊＊想问停保"),
        ("我叫欧阳娜娜。", "我叫＊＊＊＊。"),
        ("我是王小明，停保后怎么恢复", "我是＊＊＊，停保后怎么恢复"),
        ("我的名字是陳大文，", "我的名字是＊＊＊，"),
        ("姓名：买买提·吐尔逊", "姓名：〔姓名＊＊＊〕"),
        ("我妈叫李梅的医保", "我妈叫＊＊的医保"),
        ("我叫John，怎么停保", "我叫＊＊＊＊，怎么停保"),
        ("my name is John Smith and I want to stop", "my name is [name＊＊＊＊] and I want to stop"),
        ("my name is li lei, how do I stop", "my name is ＊＊＊＊＊＊, how do I stop"),
        ("I am called Zhang San.", "I am called [name＊＊＊]."),
        ("我住北京市朝阳区建国路88号3栋502室，怎么停保", "我住北京市朝阳区〔地址＊＊＊＊＊＊＊＊〕，怎么停保"),
        ("家住上海市建国路 ８８ 号 3 栋 502 室", "家住上海市〔地址＊＊＊＊＊＊＊＊＊＊＊＊＊＊〕"),
        ("阳光花园3栋2单元502室", "〔地址＊＊＊＊＊＊＊＊＊〕"),
        ("朝阳路5号院2号楼1203", "〔地址＊＊＊＊＊＊＊＊＊〕"),
        ("住中山路88，", "住〔地址＊〕，"),
        ("我是小王。", "我是＊＊。"),
        ("人民路八十八号", "〔地址＊＊＊〕"),
        (
            "I live at 12 Main Street, Apt 4 and lost my card",
            "I live at [address＊＊＊＊＊＊＊＊＊＊＊＊] and lost my card",
        ),
    ],
)
def test_what_an_editor_reads_in_the_place_of_what_was_taken_out(said: str, kept: str) -> None:
    assert redact(said) == kept
    assert units(kept) == units(said)


@pytest.mark.parametrize(
    "text",
    [
        *("打12333", "12333 12393 热线", "第27条", "第27、28、29、30条", "2024年9月", "2018-12-29到2024.09.01", "20240901入职", "2019-2024年"),
        *("交了7年", "3500元", "5000-6000元", "1000000元", "1,234,567.89元", "工资12345.67", "月薪5000 2023年入职", "13 years", "8 个月", "45岁"),
        *("我是江西的，想问停保", "我是公司人事", "我是高级工", "我叫公司停保", "我叫老板交社保，他不交", "名字是什么", "姓名变更", "名字写错了"),
        *("My name is wrong on the card", "I’m called back to work", "I worked 5 years on the street", "走路5号到", "公司在高新路，8号交", "坐12路到", "怎么弄15号前交", "知道15号截止吗"),
    ],
)  # fmt: skip
def test_what_a_question_needs_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks/questions").glob("*.yaml")), ids=lambda path: path.stem)
def test_ordinary_questions_are_left_word_for_word(path: Path) -> None:
    questions = [question["text"] for question in yaml.safe_load(path.read_text("utf-8"))]
    assert len(questions) > 100
    assert [text for text in questions if redact(text) != text] == []


def test_the_words_of_a_mask_are_not_heard() -> None:
    assert blank(redact("我电话13812345678，停保")).split() == ["我", "，停保"]
    assert blank(redact("My name is John Smith, how do I stop?")).split(",")[1] == " how do I stop?"
    assert blank("停保打什么电话") == "停保打什么电话"
    assert blank("〔电话〕和[name]") == "〔电话〕和[name]"


def test_an_update_is_storable_and_keeps_nothing_personal_in_any_of_its_corners() -> None:
    deep: object = "13812345678"
    for _ in range(900):
        deep = [deep]
    update = {
        "callback_query": {"id": "1234567890123456789", "chat_instance": "-7654321098", "data": "f:up/1234567"},
        "message": {
            "text": "half \ud800 and \x00",
            "location": {"latitude": 39.9087, "longitude": 116.3975},
            "venue": {"title": "家", "address": "建国路88号"},
            "document": {"file_name": "张三.pdf", "file_id": "AgAD"},
            "poll": {"question": "13812345678?"},
            "forward_origin": {"type": "hidden_user", "sender_user_name": "李雷"},
            "entities": [{"type": "text_link", "url": "mailto:zhang@example.com"}],
            "quote": {"text": "我叫张三"},
            "unheard_of": ["110101199003078515"],
            "deep": deep,
        },
    }  # fmt: skip
    clean = scrub(update)
    said = json.dumps(clean, ensure_ascii=False)
    said.encode()
    assert clean["callback_query"] == update["callback_query"]
    for secret in ("39.9", "116.3", "88号", "张三", "李雷", "zhang@", "13812345678", "110101199003078515", "\\u0000"):
        assert secret not in said, secret


async def test_an_error_of_the_database_does_not_write_out_what_people_said() -> None:
    engine = await open_engine("sqlite+aiosqlite:///:memory:")
    async with engine.connect() as connection:
        with pytest.raises(Exception, match="no such table") as caught:
            await connection.execute(sql("insert into nowhere values (:said)"), {"said": "一句话"})
    await engine.dispose()
    assert "一句话" not in str(caught.value)


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


def test_an_error_on_the_screen_has_neither_tokens_nor_names() -> None:
    assert safe("bad 123456:AAbb_cc-dd, 我叫张三。") == "bad «token», 我叫＊＊。"
