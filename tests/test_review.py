"""`shebao check`: every kind of mistake turns it red, and the project's own knowledge passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.knowledge import load
from bot.language import Text
from bot.review import Result, book, render, review
from bot.review.texts import numbers
from tests.conftest import ROOT

TODAY = date(2026, 11, 22)
Edit = Callable[[str, str, str], Path]


def messages(results: list[Result], level: str) -> str:
    return "\n".join(
        str(finding.problem) for result in results for finding in result.findings if finding.level == level
    )


def test_the_projects_own_knowledge_has_no_errors(shared_cache: Path) -> None:
    own = review(ROOT / "knowledge", TODAY, cache=shared_cache)
    assert messages(own, "error") == ""
    assert render(own, warnings=False).startswith("check ")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "script: {zh: 请到窗口补办。",
            f"script: {{zh: {'长' * 121}",
            "faq.yaml:4: the script of `card-lost` has 121 characters",
        ),
        ("Please get a new one at the counter.", "word " * 100, "has 100 words"),
        (
            "[卡丢了怎么办, 怎么补办新卡]",
            "[卡丢了怎么办, lost card please]",
            "faq.yaml:6: “lost card please” is no Chinese",
        ),
        ("my card is lost, how", "my card 丢了, how", "“my card 丢了” is no English"),
        ("zh: 填表。", "zh: 填 form 表。", "faq.yaml:15: English in the Chinese text: “form”"),
        ("en: Fill in the form.", "en: Fill in the 表.", "Chinese in the English text: “表”"),
        ("zh: 填表。", "zh: 在30日内填表。", "differ in their numbers: 30 only in Chinese, none only in English"),
        ("zh: 出示委托书。", "zh: 依第二十七条出示委托书。", "differ in their numbers: 27 only in Chinese"),
        ("when: {who: relative}", "when: {who: [myself]}", "the option `relative`"),
        ("卡有什么用", "卡丢咋办", "cannot be told apart from “卡丢怎么办”"),
        (
            "see: [card-use]",
            'see: [card-use]\n  reviewed: "2018-01-01"',
            "was reviewed before a statute that it cites was changed",
        ),
        ("zh: 去窗口补办。", f"zh: {'长' * 4100}", "takes 3 Telegram messages"),
    ],
)
def test_each_kind_of_mistake_is_found(edit: Edit, old: str, new: str, said: str) -> None:
    if "咋" in new:
        edit("faq.yaml", "卡丢了怎么办, 怎么补办新卡", "卡丢怎么办, 怎么补办新卡")
    if "myself" in new:
        edit("faq.yaml", "optional: true, when: {who: [relative]}", "optional: true")
    assert said in messages(review(edit("faq.yaml", old, new), TODAY), "error")


def test_a_phrasing_that_belongs_elsewhere_is_found(edit: Edit) -> None:
    many = ", ".join(f"卡丢了怎么补办第{n}张" for n in "甲乙丙丁戊己庚辛")
    edit("faq.yaml", "[卡丢了怎么办, 怎么补办新卡]", f"[{many}]")
    folder = edit("faq.yaml", "[卡有什么用, 卡能用来做什么]", "[卡丢了怎么补办呢, 卡能用来做什么]")
    found = messages(review(folder, TODAY), "error") + messages(review(folder, TODAY), "warning")
    assert "“卡丢了怎么补办呢” without itself finds `card-lost`" in found


def test_articles_that_nothing_cites_are_named(edit: Edit) -> None:
    folder = edit(
        "law_articles.yaml",
        "      - {number: 7,",
        "      - {number: 8, gist: {zh: 共享。, en: Shared.}}\n      - {number: 7,",
    )
    assert "no entry cites these articles of Regulations on the Handling of Social Insurance: 8" in messages(
        review(folder, TODAY), "warning"
    )


@pytest.mark.parametrize(
    ("zh", "en", "same"),
    [
        ("三十日内，五种材料", "within thirty days, five papers", True),
        ("二十四个月", "24 months", True),
        ("第二十七条", "Article 27", True),
        ("见国发〔2016〕3号", "see Guofa [2016] No. 3", True),
        ("2024年9月13日起", "from 13 September 2024", True),
        ("10个工作日", "20 working days", False),
        ("满15年", "for fifteen years", True),
        ("二十五", "twenty-five", False),  # no unit: it may be a name
        ("一次性", "one-off", True),
    ],
)
def test_numbers_are_compared_across_languages(zh: str, en: str, same: bool) -> None:
    chinese, english = numbers(Text(zh=zh, en=en))
    assert (not chinese and not english) is same


def test_an_entry_not_read_for_a_year_is_named(edit: Edit) -> None:
    folder = edit("faq.yaml", "see: [card-use]", 'see: [card-use]\n  reviewed: "2025-01-01"')
    found = messages(review(folder, TODAY), "warning")
    assert "`card-lost` was last reviewed on 2025-01-01" in found
    assert "`card-use` does not say when it was last reviewed" in found


def test_the_report_is_a_table_with_the_findings_above(small_folder: Path) -> None:
    text = render(review(small_folder, TODAY))
    assert "error: faq.yaml:" in text
    assert text.splitlines()[-1].startswith("entries reviewed")


def test_the_book_holds_every_answer(small_folder: Path) -> None:
    text = book(load(small_folder), "zh")
    assert "1. card-lost" in text
    assert "2. card-use" in text
    assert "? 谁来办？ 本人 / 家人" in text
