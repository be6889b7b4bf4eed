"""Half-typed questions, and one message for an answer of any length."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers import compose, telegram
from bot.dialogue import Assistant, Suggestions
from bot.knowledge import Aspect, Knowledge
from bot.language import LANGUAGES, Language, Text
from bot.matching import Beginnings
from tests.bot_api_double import parse

ASPECTS: tuple[Aspect | None, ...] = (None, "law", "materials")
BASE = {
    "card": ["社保卡丢了怎么办", "补办社保卡", "my card is lost"],
    "stop": ["停保要什么材料", "怎么停保", "papers to stop the insurance"],
    "pension": ["养老金怎么领", "社会保险养老金", "claim a pension"],
}


@pytest.fixture(scope="module")
def beginnings() -> Beginnings:
    return Beginnings(BASE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("社保", ["card"]),
        ("社保卡丢", ["card"]),
        ("SheBaoKa diu", ["card"]),
        ("shebaokad", ["card"]),
        ("sheb", ["card"]),
        ("社保k", ["card"]),
        ("设保卡", ["card"]),
        ("sbkdl", ["card"]),
        ("s b k", ["card"]),
        ("BBSBK", ["card"]),
        ("sbk", ["card"]),
        ("tb", ["stop"]),
        # A beginning before what stands later, a short phrasing before a long one.
        ("怎么", ["stop", "pension", "card"]),
        ("papers to st", ["stop"]),
        ("pens", ["pension"]),
        ("is lo", ["card"]),
        ("ens", []),  # inside a word
        ("aoka", []),  # inside a syllable
        ("xyz", []),
        ("", []),
        ("？！", []),
    ],
)
def test_what_has_been_typed_so_far_finds(beginnings: Beginnings, typed: str, found: list[str]) -> None:
    assert [each.entry_id for each in beginnings.find(typed)] == found


def test_a_word_is_no_row_of_initials(beginnings: Beginnings) -> None:
    assert Beginnings({"x": ["开始啊你"], "y": ["kan"]}).find("ksan")[0].entry_id == "x"
    assert not Beginnings({"x": ["看啊你"]}).find("kan")[1:]
    assert beginnings.find("sbk")[0].chinese
    assert not beginnings.find("pens")[0].chinese


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=256) | st.text("社保卡shebaokd 丢\x00😀", max_size=256))
def test_nothing_that_is_typed_breaks_the_search(typed: str) -> None:
    found = Beginnings(BASE).find(typed)
    assert len({each.entry_id for each in found}) == len(found)


def test_what_is_understood_comes_before_what_merely_begins_so(assistant: Assistant) -> None:
    suggestions = Suggestions(assistant)
    found = suggestions.find("社保卡丢了", 10)
    assert found.entries[0].entry_id == "medical-insurance-replace"
    assert found.language == "zh"
    assert suggestions.find("sbkdl", 10).language == suggestions.find("tingb", 10).language == "zh"
    assert suggestions.find("unempl", 10).language == "en"
    assert suggestions.find("😀", 10).entries == ()
    assert len(suggestions.find("医保", 3).entries) == 3


def test_a_detail_that_leads_elsewhere_is_followed(assistant: Assistant, knowledge: Knowledge) -> None:
    leading = [
        (entry.id, said, option.entry)
        for entry in knowledge.entries.values()
        for detail in entry.details or ()
        for option in detail.options
        if option.entry
        for said in option.phrasings[:3]
    ]
    suggestions = Suggestions(assistant)
    for entry_id, said, other in leading:
        found = suggestions.find(f"{knowledge.entries[entry_id].title.zh} {said}", 10)
        names = [each.entry_id for each in found.entries]
        assert len(names) == len(set(names))
        if said in str(assistant.stated(entry_id, said)):
            assert other in names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_fits_one_message_and_ends_with_the_hotlines(knowledge: Knowledge, language: Language) -> None:
    for entry in knowledge.entries.values():
        for aspect in ASPECTS:
            answer = compose(knowledge, entry, {}, aspect)
            for limit in (telegram.LIMIT, 1500, 1000):
                html = telegram.render_within(answer, language, limit=limit)
                text, _ = parse(html)
                assert telegram.length(text) <= limit
                assert "12393" in text.splitlines()[-1]
                assert text.startswith(answer.title.of(language))


def test_a_long_answer_goes_without_the_articles_texts_before_it_loses_a_section(knowledge: Knowledge) -> None:
    answer = compose(knowledge, knowledge.entries["medical-account-cancel"], {})
    [whole] = telegram.render(answer, "zh")
    assert telegram.render_within(answer, "zh") == whole
    shorter = telegram.render_within(answer, "zh", limit=telegram.length(parse(whole)[0]) - 1)
    assert "blockquote" not in shorter
    assert "第二十七条" in shorter
    assert "没有列全" not in shorter
    assert "没有列全" in telegram.render_within(answer, "zh", limit=500)
    endless = replace(answer, summary=Text(zh="长" * 9000, en="long " * 3000))
    text, _ = parse(telegram.render_within(endless, "zh"))
    assert telegram.length(text) <= telegram.LIMIT
    assert text.endswith("12393。")
