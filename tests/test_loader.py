"""The knowledge files are read strictly: every mistake is named with file, line and what to do."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge import load
from tests.conftest import SMALL

Edit = Callable[[str, str, str], Path]

MISTAKES = [
    ("faq.yaml", "  summary: {zh: 去窗口补办。,", "  sumary: {zh: 去窗口补办。,", "did you mean `summary`"),
    ("faq.yaml", "  script: {zh: 请到窗口补办。, en", "  script: {zh: 请到窗口补办。, fr", "[1].script.en` is missing"),
    ("faq.yaml", "{article: 1, why", "{article: 99, why", "article 99 of `law` is not in law_articles.yaml"),
    ("faq.yaml", "statute: handling", "statute: handing", "the statute `handing` is not in law_articles.yaml"),
    ("faq.yaml", "see: [card-use]", "see: [card-us]", "the entry `card-us` does not exist"),
    ("faq.yaml", "see: [card-use]", "see: [card-lost]", "not related to itself"),
    ("faq.yaml", "when: {who: relative}", "when: {whom: relative}", "the detail `whom` does not exist"),
    ("faq.yaml", "when: {who: relative}", "when: {who: aunt}", "no option `aunt`"),
    ("faq.yaml", "- id: card-use", "- id: card-lost", "the entry id `card-lost` is taken (faq.yaml:1)"),
    ("faq.yaml", "卡有什么用,", "卡丢了怎么办！,", "stands already at faq.yaml:6"),
    ("faq.yaml", "卡有什么用,", "？！,", "has no letter or digit"),
    ("faq.yaml", "家人代办,", "本人办理,", "is already the option `myself`'s"),
    ("faq.yaml", "{id: relative,", "{id: myself,", "the option id `myself` is taken"),
    ("faq.yaml", "- id: who", "- id: who is it", "lower-case letters, digits and single hyphens"),
    ("faq.yaml", "{id: myself,", "{id: yes,", "in quotes if it is yes, no or a number"),
    (
        "faq.yaml",
        "sources: [doc.txt]\n  see",
        "sources: [dog.txt]\n  see",
        "the source `dog.txt` is not in sources.yaml",
    ),
    ("faq.yaml", "zh: 填表。", 'zh: ""', "is empty"),
    ("faq.yaml", "optional: true", "optional: maybe", "[1].materials[2].optional"),
    ("faq.yaml", "  title: {zh: 卡能", "  title: {zh: x, en: y}\n  title: {zh: 卡能", "stands twice"),
    ("faq.yaml", "steps:\n", "steps: oops\n  steps2:\n", "must be a list"),
    ("faq.yaml", "cites:\n    - {article: 1", "cites:\n    - oops\n    - {article: 1", "must be a mapping"),
    ("faq.yaml", "see: [card-use]", "see: [card-use", "is not valid YAML"),
    (
        "law_articles.yaml",
        "{number: 1, chapter: 1, zh: 为了测试。, en: For tests.}",
        "{number: 1, zh: 为了测试。}",
        "has either",
    ),
    ("law_articles.yaml", "chapter: 1, zh", "chapter: 3, zh", "chapter 3 is not among the 1"),
    ("law_articles.yaml", "gist: {", "zh: x, gist: {", "quoted or in short"),
    ("sources.yaml", "id: doc.txt", "name: doc.txt", "[1].id` is missing"),
    ("synonyms.yaml", "[怎么, 咋]", "[怎么]", "too few elements"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), MISTAKES)
def test_a_mistake_is_named_with_file_line_and_remedy(edit: Edit, name: str, old: str, new: str, said: str) -> None:
    folder = edit(name, old, new)
    pairs = zip(SMALL[name].splitlines(), (folder / name).read_text("utf-8").splitlines(), strict=False)
    line = next(number for number, (before, after) in enumerate(pairs, 1) if before != after)
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    mine = [problem for problem in caught.value.problems if said in problem.message]
    assert mine, str(caught.value)
    assert mine[0].file == name
    assert mine[0].line in {line, line + 1}  # a key added before another moves that one down


def test_all_mistakes_are_told_at_once(edit: Edit) -> None:
    edit("faq.yaml", "see: [card-use]", "see: [nowhere]")
    edit("faq.yaml", "{article: 1, why", "{article: 99, why")
    folder = edit("sources.yaml", "zh: 文件", "zh: 文件, fr: papier")
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    assert len(caught.value.problems) == 3


def test_a_faulty_entry_makes_no_second_problem_of_what_refers_to_it(edit: Edit) -> None:
    folder = edit("faq.yaml", "  title: {zh: 卡能干什么, en: What the card is for}\n", "")
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("name", sorted(SMALL))
def test_a_missing_file_is_named(small_folder: Path, name: str) -> None:
    (small_folder / name).unlink()
    with pytest.raises(KnowledgeError, match=rf"{name}: cannot be read"):
        load(small_folder)


def test_bytes_that_are_no_text_are_named_with_their_line(small_folder: Path) -> None:
    (small_folder / "sources.yaml").write_bytes(b"# fine\n- {id: \xff\xfe}\n")
    with pytest.raises(KnowledgeError, match=r"sources.yaml:2: is not UTF-8"):
        load(small_folder)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "- " * 100_000,
        "a: &x 1\nb: *x",
        "&a [*a]",
        "? [a]\n: 1",
        "!!python/object:os.system x",
        "\0",
        "a: 2024-02-31",
        "",
    ],
)
def test_hostile_yaml_is_refused_and_not_run(small_folder: Path, text: str) -> None:
    (small_folder / "faq.yaml").write_text(text)
    with pytest.raises(KnowledgeError, match=r"faq.yaml"):
        load(small_folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.text(alphabet="-:[]{}&*!|>'\"%@#, \nabc", max_size=120))
def test_any_text_is_read_or_refused(small_folder: Path, text: str) -> None:
    (small_folder / "faq.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
    with contextlib.suppress(KnowledgeError):
        load(small_folder)


def test_the_revision_changes_with_any_change(edit: Edit, small_folder: Path) -> None:
    before = load(small_folder).revision
    assert load(small_folder).revision == before
    assert load(edit("synonyms.yaml", "补办", "补卡")).revision != before
