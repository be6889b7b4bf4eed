"""One answer, three renderings: escaped, whole, and within Telegram's limits."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import Answer, Line, Quote, Section, compose, plain, quote, telegram
from bot.knowledge import UNKNOWN, Knowledge, load
from bot.language import Text
from tests.bot_api_double import parse


def text(said: str) -> Text:
    return Text(zh=said, en=said)


def answer(*sections: Section, quotes: tuple[Quote, ...] = ()) -> Answer:
    return Answer("x", text("标题"), text("摘要"), text("脚本"), sections, quotes, (text("来源"),), ())


@pytest.fixture
def small(small_folder: Path) -> Knowledge:
    return load(small_folder)


def test_known_details_leave_out_what_they_exclude(small: Knowledge) -> None:
    mine = compose(small, small.entries["card-lost"], {"who": "myself"})
    steps = mine.section("steps")
    assert steps
    assert [line.of("zh") for line in steps.lines] == ["填表。"]


def test_unknown_details_show_every_branch_with_its_case(small: Knowledge) -> None:
    every = compose(small, small.entries["card-lost"], {"who": UNKNOWN})
    steps, materials = every.section("steps"), every.section("materials")
    assert steps
    assert materials
    assert [line.of("zh") for line in steps.lines] == ["填表。", "家人：出示委托书。"]
    assert [line.of("en") for line in materials.lines] == ["Identity card", "A relative: Household register (if any)"]


def test_if_any_goes_before_the_full_stop() -> None:
    line = Line(Text(zh="委托书。", en="An authorisation."), optional=True)
    assert line.of("zh") == "委托书（如有）。"
    assert line.of("en") == "An authorisation (if any)."


def test_the_aspect_asked_for_comes_first(small: Knowledge) -> None:
    entry = small.entries["card-lost"]
    assert [s.kind for s in compose(small, entry, {}, "materials").sections] == ["materials", "steps"]
    rendered = plain.render(compose(small, entry, {}, "law"), "zh")
    assert rendered.index("法律依据") < rendered.index("办理步骤")


def test_telegram_has_headings_numbers_boxes_and_an_expandable_quotation(small: Knowledge) -> None:
    (message,) = telegram.render(compose(small, small.entries["card-lost"], {"who": "relative"}), "zh")
    assert "<b>办理步骤</b>\n1. 填表。\n2. 出示委托书。" in message
    assert "<b>所需材料</b>\n☐ 身份证\n☐ 户口簿（如有）" in message
    assert "《社会保险法》第一条：规定补办。\n<blockquote expandable>为了测试。</blockquote>" in message
    assert message.endswith("12393。</i>")


def test_handling_regulations_are_marked_as_told_in_short(small: Knowledge) -> None:
    rendered = plain.render(compose(small, small.entries["card-use"], {}), "zh")
    assert "《社会保险经办条例》第七条（内容概要）" in rendered


def test_english_article_shows_the_official_text_too(small: Knowledge) -> None:
    found = quote(small, "law", 1)
    assert found
    assert plain.render_article(found, "en").splitlines()[1] == "For tests."
    assert "为了测试。" in plain.render_article(found, "en")
    assert quote(small, "law", 2) is None
    assert quote(small, "nowhere", 1) is None


def visible(message: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", message))


hostile = st.text(alphabet="<>&\"'a中😂\u202e\u0300/b \n", min_size=1, max_size=400).filter(lambda said: said.strip())


@settings(max_examples=150, deadline=None)
@given(st.lists(hostile, min_size=1, max_size=8), hostile, st.integers(500, 4096))
def test_any_text_is_escaped_kept_whole_and_split_within_the_limit(items: list[str], law: str, limit: int) -> None:
    lines = tuple(Line(text(item)) for item in items)
    cited = Quote("law", text("法"), 1, text(law), word_for_word=True, why=text("因为"))
    messages = telegram.render(answer(Section("steps", lines), quotes=(cited,)), "zh", limit)
    whole = ""
    for message in messages:
        parse(message)  # raises where Telegram would refuse it
        assert telegram.length(visible(message)) <= limit
        whole += visible(message)
    squeezed = re.sub(r"\s", "", whole)
    for item in (*items, law):
        assert re.sub(r"\s", "", item) in squeezed


def test_a_long_answer_is_split_between_sections() -> None:
    long = Section("steps", tuple(Line(text("步" * 300)) for _ in range(10)))
    papers = Section("materials", tuple(Line(text("纸" * 300)) for _ in range(10)))
    messages = telegram.render(answer(long, papers), "zh")
    assert len(messages) == 2
    assert messages[1].startswith("<b>所需材料</b>")


def test_a_quotation_longer_than_a_message_is_quoted_in_each() -> None:
    cited = Quote("law", text("法"), 1, text("\n".join(["字" * 500] * 12)), word_for_word=True)
    messages = telegram.render(answer(quotes=(cited,)), "zh")
    assert len(messages) == 2
    for message in messages:
        parse(message)
        assert "<blockquote expandable>" in message


def test_a_line_longer_than_a_message_is_cut_into_lines() -> None:
    messages = telegram.render_text("&" * 10_000)
    assert [telegram.length(visible(message)) for message in messages] == [4094, 4094, 1812]


def test_the_list_of_papers_alone_can_be_copied(small: Knowledge) -> None:
    entry = small.entries["card-lost"]
    assert plain.render_materials(compose(small, entry, {"who": "myself"}), "zh") == "卡丢了怎么办：\n☐ 身份证"
    assert plain.render_materials(replace(compose(small, entry, {}), sections=()), "zh") == ""
