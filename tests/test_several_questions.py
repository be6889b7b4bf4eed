"""Two questions in one message, and a long story with its question at the end."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.datasets import HELD_OUT, read
from bot.dialogue import Assistant
from bot.dialogue.sentences import parts
from tests.conftest import Talk

STORY = (
    "你好，我是一名在苏州打工的安徽人。今年过得真是不容易，一桩接一桩的事。前阵子老家下了大雨，房子后墙塌了半边，修了一个多月才弄好。"
    "孩子上初二，成绩一般，天天玩手机，说他也不听。隔壁老王说让我去找他外甥，我也不好意思。网上搜了半天，说什么的都有，越看越糊涂。"
)
ENGLISH_STORY = (
    "Hi there, sorry for the long message. I moved to Ningbo in 2016 with my wife and our two kids, and we rented a flat near the "
    "river. Last week I took a day off and queued for two hours, and when it was my turn they closed the counter. "
)


def filled(story: str, question: str) -> str:
    """A story that fills a whole message of Telegram's, with the question at its end."""
    room = 4096 - len(question)
    return (story * (room // len(story) + 1))[-room:] + question


def test_the_second_question_is_offered_with_the_answer_to_the_first(talk: Talk) -> None:
    talk.say("社保断缴会影响什么？另外停保要什么材料")
    assert talk.conversation.also
    talk.say("算了").say("停保要什么材料？还有失业金能领多久？")
    assert talk.entry == "medical-insurance-stop"
    while talk.state == "asking":
        assert "您还问到“失业金能领多久”" in talk.text
        talk.say("不清楚")
    assert talk.state == "answered"
    [first, *_] = [choice for reply in talk.replies for choice in reply.choices]
    assert (first.path, first.label) == ("unemployment-duration", "您还问到“失业金能领多久”")
    talk.press(first.path)
    assert talk.entry == "unemployment-duration"
    assert not talk.conversation.also


def test_each_question_is_asked_for_its_own_aspect(talk: Talk) -> None:
    talk.say("医保卡丢了怎么补？另外停保要什么材料")
    assert talk.entry == "medical-insurance-replace"
    assert talk.conversation.aspect is None
    assert talk.details == {"situation": "card-lost-or-damaged"}
    talk.press("medical-insurance-stop")
    assert talk.entry == "medical-insurance-stop"
    assert talk.conversation.aspect == "materials"


def test_a_new_question_forgets_the_second_of_the_one_before(talk: Talk) -> None:
    talk.say("停保要什么材料？还有失业金能领多久？").say("什么是医疗保险")
    assert not talk.conversation.also


@pytest.mark.parametrize(
    ("text", "first", "also"),
    [
        ("医保卡丢了怎么补？另外停保要什么材料", "medical-insurance-replace", ["medical-insurance-stop"]),
        ("医保卡丢了怎么补，停保要什么材料", "medical-insurance-replace", ["medical-insurance-stop"]),
        (
            "医保卡丢了怎么补？停保要什么材料？失业金能领多久？",
            "medical-insurance-replace",
            ["medical-insurance-stop", "unemployment-duration"],
        ),
        # A lost card may be any card; what is sure is answered.
        ("how do I replace a lost card and also how long is unemployment benefit paid?", "unemployment-duration", []),
        (
            "Which papers do I need to stop medical insurance? By the way, how long is unemployment benefit paid?",
            "medical-insurance-stop",
            ["unemployment-duration"],
        ),
        # One question in two halves is one.
        ("我爸去世了，医保账户怎么注销？要带什么材料？", "medical-account-cancel", []),
        ("停保要什么材料？去哪里办？多久能办好？", "medical-insurance-stop", []),
    ],
)
def test_what_several_questions_ask_for(assistant: Assistant, text: str, first: str, also: list[str]) -> None:
    question = assistant.understand(text)
    assert (question.decision, question.meant[0].entry_id) == ("answer", first)
    assert [candidate.entry_id for candidate in question.also] == also


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (filled(STORY, "请问我妈妈去世了医保卡里的钱怎么取"), "personal-account-inherit"),
        (filled(STORY.replace("。", "，"), "停保到底要什么材料"), "medical-insurance-stop"),
        (filled(STORY, "停保到底要什么材料？麻烦大家了，谢谢！"), "medical-insurance-stop"),
        (filled(ENGLISH_STORY, "How long is unemployment benefit paid?"), "unemployment-duration"),
    ],
)
def test_a_long_story_is_answered_for_the_question_at_its_end(assistant: Assistant, text: str, entry: str) -> None:
    assert len(text) == 4096
    question = assistant.understand(text)
    assert (question.decision, question.meant[0].entry_id) == ("answer", entry)


def test_details_count_wherever_they_are_stated(talk: Talk) -> None:
    talk.say("我的医保卡被洗衣机洗坏了。" + STORY + "想问一下医保卡怎么补办？")
    assert talk.entry == "medical-insurance-replace"
    assert talk.details["situation"] == "card-lost-or-damaged"


def test_a_long_story_out_of_scope_is_not_answered(assistant: Assistant) -> None:
    for question in read(HELD_OUT).out_of_scope[::8]:
        story = ENGLISH_STORY if question.language == "en" else STORY
        assert assistant.understand(story + question.text).decision != "answer", question.text


@pytest.mark.parametrize(
    "text", ["怎么办？" * 1024, "怎么，" * 1365, "how do I replace a lost card? " * 136, "？，" * 2048, "停" * 4096]
)
def test_the_longest_text_takes_no_long_time(assistant: Assistant, text: str) -> None:
    assistant.understand(text)
    times = []
    for _ in range(5):  # the machine may be busy with something else
        began = time.perf_counter()
        assistant.understand(text[:4096])
        times.append(time.perf_counter() - began)
    assert min(times) < 0.05


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text("怎么办吗？，。另外 and also how.\n\x00\ud800", max_size=300))
def test_no_part_of_a_text_is_made_up(text: str) -> None:
    joined = "".join(clause for part in parts(text) for clause in part.clauses)
    assert len(joined) <= len(text)
    assert all(clause in text for part in parts(text) for clause in part.clauses)
