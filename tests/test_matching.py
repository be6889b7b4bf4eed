"""The matcher: honest, and the same question however it is written."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.knowledge import Knowledge
from bot.matching import Candidate, Matcher, decide, normalise
from bot.matching.features import Terms, extract
from bot.matching.question import read

BASE = {
    "cancel": ["怎么注销医保账户", "医保销户流程", "how to cancel my medical account"],
    "replace": ["医保卡丢了怎么补办", "补办医保卡要什么材料", "replace a lost medical card"],
    "pension": ["养老金怎么领", "退休金多少钱", "when is the pension paid"],
}
TO_TRADITIONAL = opencc.OpenCC("s2t")


@pytest.fixture(scope="module")
def small() -> Matcher:
    return Matcher.from_phrasings(BASE)


def best(matcher: Matcher, text: str) -> str | None:
    candidates = matcher.match(text)
    return candidates[0].entry_id if candidates else None


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("医保账户注销", "cancel"), ("医保卡丢了", "replace"), ("養老金怎麼領", "pension"), ("ｃａｎｃｅｌ　ＭＹ medical account", "cancel"),
        ("how do i cancell my medcal acount", "cancel"), ("医保!!!账户???怎么，注销", "cancel"), ("pensions paid when", "pension"),
    ],
)  # fmt: skip
def test_finds_the_entry_however_it_is_written(small: Matcher, text: str, entry: str) -> None:
    assert best(small, text) == entry


def test_every_phrasing_finds_its_own_entry_surely(knowledge: Knowledge, matcher: Matcher) -> None:
    for entry in knowledge.entries.values():
        for phrasing in entry.all_phrasings():
            first = matcher.match(phrasing)[0]
            assert first.entry_id == entry.id, phrasing


@pytest.mark.parametrize(
    "text",
    ["车险怎么理赔", "重疾险哪家公司好", "今天天气怎么样", "讲个笑话", "asdf qwer zxcv", "的了吗呢吧", "😂😂", "tell me a joke", "寿险受益人怎么变更", "1234567", "帮我写一段代码"],
)  # fmt: skip
def test_other_insurances_chit_chat_and_nonsense_get_none(matcher: Matcher, text: str) -> None:
    assert decide(matcher.match(text))[0] == "none"


def test_traditional_characters_change_nothing(knowledge: Knowledge, matcher: Matcher) -> None:
    asked = [(phrasing, entry.id) for entry in knowledge.entries.values() for phrasing in entry.phrasings.zh]
    same = sum(best(matcher, TO_TRADITIONAL.convert(phrasing)) == entry_id for phrasing, entry_id in asked)
    assert same / len(asked) > 0.99


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=300), limit=st.integers(0, 6))
def test_any_text_gives_confidences_between_0_and_1_best_first(matcher: Matcher, text: str, limit: int) -> None:
    candidates = matcher.match(text, limit)
    values = [candidate.confidence for candidate in candidates]
    assert len(candidates) <= limit
    assert all(0 <= value <= 1 and not math.isnan(value) for value in values)
    assert values == sorted(values, reverse=True)
    assert matcher.match(text, limit) == candidates


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="医保账户注销补办卡怎么领养老金cancelCARD pension", min_size=1, max_size=30))
def test_case_width_and_script_do_not_change_the_winner(matcher: Matcher, text: str) -> None:
    winner = best(matcher, text)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    for form in (text.upper(), text.lower(), wide, TO_TRADITIONAL.convert(text)):
        assert best(matcher, form) == winner


@pytest.mark.parametrize(
    "text", ["", " ", "a", "中", "\x00", "\ud800", "\u200b\u202e", "医保" * 50_000, "<b>" * 1000, "'" * 500]
)
def test_hostile_texts_do_no_harm(matcher: Matcher, text: str) -> None:
    for candidate in matcher.match(text):
        assert 0 <= candidate.confidence <= 1


@pytest.mark.parametrize(
    "phrasings",
    [{}, {"a": []}, {"a": ["医保"]}, {"a": ["医保", "医保"]}, {"a": [""]}, {"a": ["\ud800", "\x00"]}, {"a": ["医保\n社保"], "b": ["x\r\ny"]}, {"a": ["здравствуйте"], "b": ["مرحبا"]}, {"a": ["？"]}, {"a": ["x"] * 5, "b": ["y"] * 5}],
)  # fmt: skip
def test_any_base_can_be_built_and_asked(phrasings: dict[str, list[str]]) -> None:
    matcher = Matcher.from_phrasings(phrasings)
    for text in ("医保", "здравствуйте", "", "x"):
        for candidate in matcher.match(text):
            assert 0 <= candidate.confidence <= 1


def test_synonyms_stand_for_each_other() -> None:
    matcher = Matcher({"a": ["怎么注销账户"], "b": ["怎么查询账户"]}, synonyms=[["注销", "销户"]])
    assert best(matcher, "销户") == "a"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def test_the_index_is_kept_and_read_back(folder: Path) -> None:
    first = Matcher(BASE, cache=folder)
    files = list(folder.iterdir())
    assert [file.suffix for file in files] == [".npz"]
    written = files[0].stat().st_mtime_ns
    again = Matcher(BASE, cache=folder)
    assert files[0].stat().st_mtime_ns == written
    for text in ("医保卡丢了", "how to cancell", "yibaoka diu le"):
        assert first.match(text) == again.match(text)


@pytest.mark.parametrize("damage", [b"", b"damaged", b"PK\x03\x04"])
def test_a_damaged_index_is_built_again(folder: Path, damage: bytes) -> None:
    first = Matcher(BASE, cache=folder)
    file = next(folder.iterdir())
    file.write_bytes(damage or file.read_bytes()[:-100])
    assert Matcher(BASE, cache=folder).match("医保卡丢了") == first.match("医保卡丢了")


def test_another_base_has_another_file_and_old_files_go(folder: Path) -> None:
    for number in range(6):
        Matcher({**BASE, "more": [f"第{number}个问题"]}, cache=folder)
    assert 1 < len(list(folder.iterdir())) <= 4


def test_a_cache_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert Matcher(BASE, cache=blocked).match("医保卡丢了")


ASKED = "医保卡丢了怎么补办 cancel my account when is pension paid 退休金养老金多少钱怎么领销户流程"


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(alphabet=ASKED, min_size=1, max_size=25),
    strange=st.lists(st.text(alphabet="龘靐齉爨癵籱饢驫鲡鹂麤灪", min_size=1, max_size=12), min_size=1, max_size=6),
)
def test_an_entry_that_has_nothing_to_do_with_a_question_does_not_change_who_wins(
    small: Matcher, text: str, strange: list[str]
) -> None:
    larger = Matcher.from_phrasings({"strange": strange, **BASE})
    assert [c.entry_id for c in larger.match(text) if c.entry_id != "strange"] == [
        c.entry_id for c in small.match(text)
    ]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("yibaoka diu le zenme buban", "replace"), ("yi bao ka diu le", "replace"), ("yang lao jin zen me ling", "pension"),
        ("医饱卡丢了怎么补半", "replace"), ("养捞金怎么领", "pension"), ("how to cancle my medcal acount", "cancel"),
    ],
)  # fmt: skip
def test_pinyin_homophones_and_slips_are_heard_and_mended(small: Matcher, text: str, entry: str) -> None:
    assert best(small, text) == entry


def test_english_made_of_syllables_is_not_taken_for_pinyin() -> None:
    matcher = Matcher.from_phrasings({"change": ["can you change me a fan"], "other": ["换风扇怎么换"]})
    assert not matcher.read("can you change a fan").query.sounds
    assert matcher.read("huan fengshan zenme huan").query.sounds


def test_what_belongs_elsewhere_competes_and_is_never_found() -> None:
    elsewhere = ["银行卡丢了怎么补办", "手机卡丢了怎么补办", "replace a lost bank card"]
    alone, guarded = Matcher(BASE), Matcher(BASE, elsewhere=elsewhere)
    text = "银行卡丢了怎么补办"
    assert guarded.match(text)[0].confidence < 0.2 < alone.match(text)[0].confidence
    assert {candidate.entry_id for candidate in guarded.match(text, 10)} <= set(BASE)
    assert decide(guarded.match("医保卡丢了怎么补办"))[0] == "answer"


def test_an_explanation_adds_up_to_the_confidence(matcher: Matcher) -> None:
    for text in ("医保卡丢了", "how cancel yibao acount", "yibao ka diu le", "银行卡丢了"):
        why = matcher.explain(text)
        assert why.by_sound == (text == "yibao ka diu le")
        for reason in why.reasons:
            assert reason.confidence == pytest.approx(
                1 / (1 + math.exp(-sum(part.adds for part in reason.parts))), abs=1e-6
            )
        ours = [reason for reason in why.reasons if reason.entry_id]
        assert matcher.match(text)[0].entry_id in {reason.entry_id for reason in ours}
        assert all(reason.matched for reason in ours[:1])
    assert matcher.explain("").reasons == ()


def test_an_index_built_twice_is_the_same(knowledge: Knowledge) -> None:
    first, second = Matcher.from_knowledge(knowledge), Matcher.from_knowledge(knowledge)
    for text in ("医保卡丢了", "how cancel yibao acount", "车险怎么理赔", "退休金"):
        assert first.match(text) == second.match(text)


@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_large_base_is_searched_by_its_rarest_features_and_finds_the_same(
    monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    base = {f"e{number}": [f"第{number}号材料怎么办理", f"how to file form {number}"] for number in range(200)}
    whole = Matcher.from_phrasings(base)
    monkeypatch.setattr("bot.matching.index.POSTINGS", size)
    cut = Matcher.from_phrasings(base)
    for text in ("第77号材料怎么办理", "how to file form 123"):
        assert cut.match(text)[0].entry_id == whole.match(text)[0].entry_id


TERMS = Terms.of(["社保", "医保账户", "个人医保账户"])


@given(
    text=st.one_of(
        st.text(alphabet="的社医保个人账户怎么注销 abcé123's한㐀\U00020000", max_size=120),
        st.text(max_size=120),
    )
)
def test_one_question_has_the_features_that_it_would_have_among_many(text: str) -> None:
    canonical = normalise(text)
    alone, among = read(canonical, TERMS), extract([canonical], TERMS)
    assert alone.codes.tolist() == among.codes.tolist()
    assert alone.weights.tolist() == among.weights.tolist()


def test_many_threads_get_the_same_answers(small: Matcher) -> None:
    expected = small.match("医保卡丢了怎么补办")
    results: list[list[Candidate]] = []

    def ask() -> None:
        results.extend(small.match("医保卡丢了怎么补办") for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 200
    assert all(result == expected for result in results)


def test_decisions_follow_from_the_two_thresholds() -> None:
    sure, unsure, faint = (Candidate(name, value, "") for name, value in (("a", 0.9), ("b", 0.4), ("c", 0.05)))
    assert decide([sure, unsure], 0.6, 0.2) == ("answer", (sure,))
    assert decide([unsure, faint], 0.6, 0.2) == ("clarify", (unsure, faint))
    assert decide([faint], 0.6, 0.2) == ("none", ())
    assert decide([], 0.6, 0.2) == ("none", ())
    assert decide([unsure] * 5, 0.6, 0.2)[1] == (unsure,) * 3


def test_normalising_folds_what_a_reader_would_not_see() -> None:
    assert normalise("ＡＢＣ\u200b　醫保！！") == "abc 医保"
    assert normalise("don’t") == "don't"
    assert normalise("哈哈哈哈哈哈") == "哈哈"
    assert len(normalise("中" * 100_000)) <= 4096


def test_ten_candidates_can_be_asked_for(matcher: Matcher) -> None:
    assert len(matcher.match("医保怎么办", 10)) == 10
    assert len(matcher.match("医保怎么办")) == 5


def test_a_new_index_is_built_beside_while_others_ask(small: Matcher) -> None:
    serving = [small]
    expected = small.match("医保卡丢了怎么补办")
    wrong: list[object] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            found = serving[0].match("医保卡丢了怎么补办")
            if [c.entry_id for c in found] != [c.entry_id for c in expected]:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        serving[0] = Matcher.from_phrasings(BASE)
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_quotes_that_are_no_apostrophe_leave_single_blanks() -> None:
    assert normalise("1'''1'''''' don't '' stop") == "1 1 don't stop"
