"""Which language a person writes, and what the Traditional is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from bot import wording
from bot.answers import Answer, compose, plain, quote, script, telegram
from bot.dialogue import Speaker
from bot.knowledge import Knowledge
from bot.language import CHINESE, Language, Text, detect, named
from bot.traditional import to_traditional

_HAN = re.compile(r"[\u4e00-\u9fff]")
UNLIKELY = frozenset("髮緻籤隻乾闆穀鬆麵錶颱瞭曆鬥醜薑嚮捨迴彆鬍鬱里")
"""What stands in a text about social insurance only where words were cut apart wrongly."""


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("医保账户怎么注销", "zh"), ("how cancel yibao acount", "en"), ("yibao ka diu le zenme ban", "zh"), ("我的card丢了", "zh"),
        ("點樣注銷", "zh-hant"), ("What is 医保?", "en"), ("12345", None), ("😂", None), ("", None), ("my shebao card is lost", "en"),
        ("shebao zenme jiao", "zh"), ("HR让我停保", "zh"), ("醫保賬戶怎麼註銷", "zh-hant"), ("退休後", "zh-hant"), ("社保卡", "zh"),
        ("我想問一下：人在台湾，医保怎么办", "zh"), ("請問「停保」要帶什麼", "zh-hant"), ("What is 醫保?", "en"),
    ],
)  # fmt: skip
def test_detects(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("社保卡", ("zh-hant",), "zh-hant"),
        ("社保卡", (None, "en", "zh-hant", "zh"), "zh-hant"),
        ("社保卡", ("en",), "zh"),
        ("yibao ka diu le zenme ban", ("zh-hant",), "zh-hant"),
        ("医保卡", ("zh-hant",), "zh"),
        ("醫保卡", ("zh",), "zh-hant"),
        ("my card is lost", ("zh-hant",), "en"),
        ("123", ("zh-hant",), None),
    ],
)
def test_what_is_written_alike_in_both_scripts_is_in_the_one_the_writer_uses(
    text: str, known: tuple[Language | None, ...], language: Language | None
) -> None:
    assert detect(text, *known) == language


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh-hant",
            "zh-hant zh-Hant-HK zh-tw zh-HK zh_mo zh-hant-beta hant tw 繁體 繁体 繁體中文 正體中文 Traditional",
        ),
        ("zh", "zh zh-hans zh-CN zh-Hans-HK zh-sg hans 简体中文 簡體"),
        ("en", "en en-GB English EN 英文"),
        (None, "fr 中文 de-CH x 日本語"),
    ],
)
def test_codes_and_names_of_languages(language: Language | None, said: str) -> None:
    assert {each: named(each) for each in said.split()} == dict.fromkeys(said.split(), language)
    assert named("") is None


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("医保账户里的钱", "醫保賬戶裡的錢"),
        ("身份证，社会保险", "身份證，社會保險"),
        ("只有退休后才能发放", "只有退休後才能發放"),
        ("书面申请、干部、干活、若干", "書面申請、幹部、幹活、若干"),
        ("发票、头发、理发", "發票、頭髮、理髮"),
        ("公里、邻里、工资里、公告里社会保障", "公里、鄰里、工資裡、公告裡社會保障"),
        ("陪产假发不发津贴", "陪產假發不發津貼"),
        ("因工致残、细致", "因工致殘、細緻"),
        ("与经办机构签协议，不是签合同之日", "與經辦機構簽協議，不是簽合同之日"),
        ("本条规定制度怎么构成，复制", "本條規定制度怎麼構成，複製"),
        ("编号并发社会保障卡；并发症", "編號並發社會保障卡；併發症"),
        ("年限不合并、不折算；不合并且", "年限不合併、不折算；不合並且"),
        ("网络、信息、软件、项目", "網絡、信息、軟件、項目"),
    ],
)
def test_the_characters_become_traditional_and_the_words_stay(simplified: str, traditional: str) -> None:
    assert to_traditional(simplified) == traditional
    assert Text(zh=simplified, en="…").of("zh-hant") == traditional


def _answers(knowledge: Knowledge) -> Iterator[Answer]:
    for entry in knowledge.entries.values():
        yield compose(knowledge, entry, {})
        for detail in entry.details or ():
            for option in detail.options:
                yield compose(knowledge, entry, {detail.id: option.id})


def _without_quotations(said: str, answer: Answer) -> str:
    for each in answer.quotes:
        for line in each.text.zh.splitlines() if each.word_for_word else ():
            said = said.replace(line, "")
    return said


def _everyday_in_traditional(character: str) -> bool:
    """Whether it is in the first level of Big5."""
    try:
        return character.encode("big5") < b"\xc6\x7f"
    except UnicodeEncodeError:
        return False


def test_no_simplified_character_is_left_but_in_the_official_text(knowledge: Knowledge) -> None:
    said: list[str] = []
    for answer in _answers(knowledge):
        whole = (plain.render(answer, "zh-hant"), script.render_sms(answer, "zh-hant", decided=True))
        said += [_without_quotations(text, answer) for text in (*whole, plain.render_script(answer, "zh-hant"))]
        said.append(plain.render_materials(answer, "zh-hant"))
    for entry in knowledge.entries.values():
        for detail in entry.details or ():
            said += [detail.ask.of("zh-hant"), *(option.label.of("zh-hant") for option in detail.options)]
    for statute in knowledge.statutes.values():
        said += [chapter.of("zh-hant") for chapter in statute.chapters]
        said += [article.gist.of("zh-hant") for article in statute.articles if article.gist]
    for named_texts in vars(wording).values():
        texts = named_texts.values() if isinstance(named_texts, dict) else [named_texts]
        said += [text.of("zh-hant") for text in texts if isinstance(text, Text)]
    used = {character for text in said for character in _HAN.findall(text)}
    assert len(used) > 800
    # Where the first level of Big5 has 餽, people write 饋.
    assert {character for character in used if not _everyday_in_traditional(character)} <= {"饋"}
    assert used & UNLIKELY == set()


def test_an_answer_in_traditional_quotes_the_law_in_its_official_characters(knowledge: Knowledge) -> None:
    answer = compose(knowledge, knowledge.entries["medical-account-cancel"], {})
    law = quote(knowledge, "law", 58)
    short = quote(knowledge, "handling", 8)
    assert law
    assert short
    assert law.text.zh == law.text.of("zh-hant")
    for line in law.text.zh.splitlines():
        assert line in plain.render(answer, "zh-hant")
        assert line in telegram.render(answer, "zh-hant")[0]
    assert plain.render_article(law, "zh-hant") == f"《社會保險法》第五十八條 · 第七章 社會保險費徵繳\n{law.text.zh}"
    assert telegram.render_article(law, "zh-hant") == [
        f"<b>《社會保險法》第五十八條</b>\n第七章 社會保險費徵繳\n\n{law.text.zh}"
    ]
    assert plain.render_article(short, "zh-hant").startswith("《社會保險經辦條例》第八條（內容概要）\n")
    assert to_traditional(short.text.zh) in plain.render_article(short, "zh-hant")


def test_an_answer_is_as_long_in_traditional_and_fits_what_the_simplified_fits(knowledge: Knowledge) -> None:
    for answer in _answers(knowledge):
        simplified, traditional = (telegram.render(answer, language) for language in CHINESE)
        assert [len(message) for message in traditional] == [len(message) for message in simplified]
        assert all(telegram.length(re.sub(r"<[^>]+>", "", message)) <= telegram.LIMIT for message in traditional)


def test_labels_of_choices_are_in_traditional(knowledge: Knowledge) -> None:
    topics = Speaker(knowledge).topics("zh-hant")
    assert [choice.label for choice in topics.choices][:2] == ["醫療保險", "養老保險"]
