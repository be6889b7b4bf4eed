"""The statute stays as it is: every clause against the digest of the official text."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata

import pytest

from bot.knowledge import Knowledge
from bot.numerals import from_chinese, to_chinese
from tests.conftest import ROOT

DIGESTS: dict[str, list[list[str]]] = json.loads((ROOT / "tests/data/clause_digests.json").read_text())


def digests(text: str) -> list[list[str]]:
    """Digests of the clauses of each paragraph; white space and punctuation do not count."""
    paragraphs = [unicodedata.normalize("NFKC", line).strip() for line in text.splitlines()]
    split = ([re.sub(r"[\W_]+", "", part) for part in re.split(r"[，。；：,;:、]", p)] for p in paragraphs if p)
    return [[hashlib.sha256(part.encode()).hexdigest()[:12] for part in parts if part] for parts in split]


@pytest.mark.parametrize("number", range(1, 99))
def test_article_is_word_for_word(knowledge: Knowledge, number: int) -> None:
    article = knowledge.article("law", number)
    assert article is not None
    assert article.zh is not None
    assert digests(article.zh) == DIGESTS[str(number)]


def test_law_has_98_articles_in_12_chapters_each_translated_line_for_line(knowledge: Knowledge) -> None:
    law = knowledge.statutes["law"]
    assert [article.number for article in law.articles] == list(range(1, 99))
    assert len(law.chapters) == 12
    chapters = [article.chapter or 0 for article in law.articles]
    assert chapters == sorted(chapters)
    for article in law.articles:
        assert article.zh is not None
        assert article.en is not None
        assert len(article.zh.splitlines()) == len(article.en.splitlines()), article.number
        assert not re.search(r"[\u4e00-\u9fff]", article.en), article.number


def test_handling_regulations_are_told_in_short_and_never_quoted(knowledge: Knowledge) -> None:
    assert all(article.gist and article.zh is None for article in knowledge.statutes["handling"].articles)


def test_numerals_go_there_and_back() -> None:
    assert all(from_chinese(to_chinese(number)) == number for number in range(1000))


@pytest.mark.parametrize(
    ("numeral", "number"),
    [("27", 27), ("２７", 27), ("二七", 27), ("两百", 200), ("百", 100), ("一百零五", 105), ("〇", 0), ("十", 10)],
)
def test_numerals_as_people_write_them(numeral: str, number: int) -> None:
    assert from_chinese(numeral) == number


@pytest.mark.parametrize("text", ["", "abc", "十x", "一二三四", "9" * 12])
def test_what_is_no_numeral_is_none(text: str) -> None:
    assert from_chinese(text) is None
