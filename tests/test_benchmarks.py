"""The benchmarks: their measures against values computed by hand, their variants, and the whole run on a tiny set."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import variants as written
from benchmarks.datasets import DataSet, Query, halved, recombined
from benchmarks.engines import KINDS
from benchmarks.footprint import percentile
from benchmarks.markdown import figure, table
from benchmarks.measures import NONE, Bin, auroc, best_mcc, brier, ece, mcc, reliability
from benchmarks.plot import draw
from tests.conftest import ROOT


def test_auroc_counts_the_pairs_in_the_right_order() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auroc([0.1], [0.9]) == 0
    # Pairs: 0.9 > 0.4, 0.9 > 0.6, 0.5 > 0.4, 0.5 < 0.6.
    assert auroc([0.9, 0.5], [0.4, 0.6]) == pytest.approx(3 / 4)
    # A tie counts half: 0.5 = 0.5, 0.5 > 0.1.
    assert auroc([0.5], [0.5, 0.1]) == pytest.approx(1.5 / 2)
    assert math.isnan(auroc([], [0.5]))
    assert math.isnan(auroc([0.5], []))


def test_mcc_of_two_classes_is_matthews_own() -> None:
    # TP 3, FN 1, FP 2, TN 4: (3·4 - 2·1) / √(5·4·6·5).
    truth = ["a"] * 4 + [NONE] * 6
    predicted = ["a"] * 3 + [NONE] + ["a"] * 2 + [NONE] * 4
    assert mcc(truth, predicted) == pytest.approx(10 / math.sqrt(600))


def test_mcc_of_three_classes() -> None:
    # Right 3 of 5; predicted a 2, b 2, none 1; true a 2, b 1, none 2: (3·5 - (4 + 2 + 2)) / √((25 - 9)(25 - 9)).
    assert mcc(["a", "a", "b", NONE, NONE], ["a", "b", "b", NONE, "a"]) == pytest.approx(7 / 16)
    assert mcc(["a", "b"], ["a", "b"]) == 1
    assert mcc(["a", "b"], ["a", "a"]) == 0


def test_the_best_mcc_is_that_of_the_best_threshold() -> None:
    truth = ["a", "b", NONE, "a"]
    best = ["a", "b", "a", "b"]
    confidence = [0.9, 0.8, 0.4, 0.3]
    # From 0.8 on: a and b right, the third rejected rightly, the last one wrongly.
    value, threshold = best_mcc(truth, best, confidence)
    assert threshold == 0.8
    assert value == pytest.approx(mcc(truth, ["a", "b", NONE, NONE]))


LABELS = st.sampled_from(["a", "b", "c", NONE])


@given(st.lists(st.tuples(LABELS, LABELS, st.integers(0, 10).map(lambda tenths: tenths / 10)), min_size=1, max_size=30))
def test_the_best_mcc_agrees_with_trying_every_threshold(rows: list[tuple[str, str, float]]) -> None:
    truth, best, confidence = ([row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows])
    tried = [
        mcc(truth, [b if c >= threshold else NONE for b, c in zip(best, confidence, strict=True)])
        for threshold in [*set(confidence), math.inf]
    ]
    assert best_mcc(truth, best, confidence)[0] == pytest.approx(max(tried))


def test_calibration_by_hand() -> None:
    confidence, right = [0.95, 0.91, 0.55, 1.0], [True, False, True, True]
    # Bin 9: mean (0.95 + 0.91 + 1) / 3, two of three right; bin 5: 0.55, right.
    bins = reliability(confidence, right)
    assert bins[5] == Bin(1, 0.55, 1.0)
    assert bins[9].count == 3
    assert bins[0].count == 0
    assert ece(confidence, right) == pytest.approx((3 * abs(2.86 / 3 - 2 / 3) + 0.45) / 4)
    assert brier(confidence, right) == pytest.approx((0.05**2 + 0.91**2 + 0.45**2 + 0) / 4)
    assert ece([0.25] * 4, [True, False, False, False]) == 0


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile(list(range(1, 101)), 0.99) == 99
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2
    assert percentile([7.0], 0.99) == 7


def test_a_table_and_its_figures() -> None:
    assert table(["a", "b"], [["x", figure(1234.5678, 1)], ["y", figure(math.nan)]]) == (
        "| a | b |\n| --- | ---: |\n| x | 1,234.6 |\n| y | – |\n"
    )


DATA = DataSet(
    "set.json",
    {"a": ["怎么办理停保手续"], "b": ["退休金什么时候发"], "c": ["生孩子能报销多少"]},
    [Query("停保", ("a",), "zh"), Query("退休", ("b",), "zh"), Query("生育", ("c",), "zh")],
)


def test_half_of_the_targets_go_out_of_scope() -> None:
    scoped = halved(DATA)
    assert list(scoped.phrasings) == ["b"]
    assert [query.text for query in scoped.out_of_scope] == ["停保", "生育"]
    assert DATA.out_of_scope == []


def test_recombined_phrasings_are_as_many_as_asked_for_and_all_different() -> None:
    words = [f"word{i} and word{i + 1} or word{i + 2}" for i in range(50)]
    base = DataSet("words.json", {str(i): [text] for i, text in enumerate(words)}, [])
    made = recombined([base], 100, 7)
    texts = [text for texts in made.phrasings.values() for text in texts]
    assert (len(made.phrasings), len(texts), len(set(texts))) == (7, 100, 100)
    assert not set(texts) & {query.text for query in made.queries}
    assert made == recombined([base], 100, 7)
    with pytest.raises(ValueError, match="larger sets"):
        recombined([DATA], 1000, 10)


QUESTION = "我爸上个月去世了他的医保账户怎么注销"


def test_slips_are_few_and_the_same_in_every_run() -> None:
    for text in (QUESTION, "how do i close the account of my father", "退"):
        slipped = written.slips(text)
        assert slipped == written.slips(text)
        assert slipped != text
        assert slipped
        assert abs(len(slipped) - len(text)) <= max(1, len(text) // written.PER_EDIT)


def test_traditional_characters_and_common_ones() -> None:
    assert written.traditional("医保账户") == "醫保賬戶"
    assert len(written.common_characters()) == written.COMMON
    assert set("的一是不了") <= set(written.common_characters()[:50])


def test_homophones_sound_alike_where_pypinyin_is_installed() -> None:
    names = list(written.variants("zh"))
    assert names == ["Traditional", "typing slips", *(["homophones"] if written.has_pinyin() else [])]
    if written.has_pinyin():
        changed = written.homophones(QUESTION)
        pairs = [(a, b) for a, b in zip(QUESTION, changed, strict=True) if a != b]
        assert len(pairs) == len(QUESTION) // written.PER_EDIT
        assert changed == written.homophones(QUESTION)


PHRASINGS = {
    "cancel": ["怎么注销医保账户", "医保账户销户要什么材料"],
    "pension": ["退休金怎么领取", "养老金什么时候发放"],
    "birth": ["生孩子的费用怎么报销", "生育津贴怎么申请"],
}
QUERIES = [
    {"text": "医保账户怎么注销呢", "expect": ["cancel"]},
    {"text": "养老金什么时候能发放", "expect": ["pension"]},
    {"text": "生孩子费用怎样报销", "expect": ["birth"]},
    {"text": "今天天气好吗", "expect": []},
]


def test_the_whole_run_on_a_tiny_set(tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps({"phrasings": PHRASINGS, "queries": QUERIES}), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.matching", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "## tiny: 3 intents, 6 phrasings, 3 questions in scope, 1 out of scope" in done.stdout
    tables = [block.splitlines() for block in done.stdout.split("\n\n") if block.startswith("| engine")]
    assert [len(rows[0].split("|")) - 2 for rows in tables] == [8, len(written.variants("zh")) + 2, 6]
    assert all(row.count("|") == rows[0].count("|") for rows in tables for row in rows)
    for kind in KINDS:
        # What is not installed is named with the way to get it; everything else has a row in each table.
        if reason := kind.missing(DataSet(str(path), PHRASINGS, [])):
            assert reason in done.stdout
            assert "make bench" in reason
        else:
            assert all(sum(row.startswith(f"| {kind.name} |") for row in rows) == 1 for rows in tables)
    ours = next(row for row in tables[0] if row.startswith("| shebao-bot |"))
    assert re.match(r"\| shebao-bot \| 1\.000 \| 1\.000 \| 1\.000 \|", ours), ours
    cost = next(row for row in tables[2] if row.startswith("| shebao-bot |"))
    assert all(float(cell.replace(",", "")) >= 0 for cell in cost.split("|")[2:-1]), cost


def test_the_plot_is_the_same_file_each_time_or_says_what_it_needs(tmp_path: Path) -> None:
    paths = [tmp_path / "first.svg", tmp_path / "second.svg"]
    series = {"tiny": ([0.1, 0.5, 0.93], [False, True, True])}
    try:
        for path in paths:
            draw(path, series)
    except ModuleNotFoundError as error:
        assert "matplotlib" in str(error)  # noqa: PT017 -- which of the two holds depends on what is installed
        assert not paths[0].exists()
    else:
        assert paths[0].read_bytes() == paths[1].read_bytes()
        assert b"<dc:date>" not in paths[0].read_bytes()


def test_a_file_that_is_not_there_is_named() -> None:
    command = [sys.executable, "-m", "benchmarks.matching", "nowhere.json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there is no file" in done.stderr
    assert "nowhere.json" in done.stderr
