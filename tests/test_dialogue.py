"""The conversation: what is asked, what is understood, what is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue import Assistant, Conversation, Utterance, article_requests, aspect_of
from bot.knowledge import Knowledge
from bot.matching import Matcher
from tests.conftest import NOW, Talk

NewTalk = Callable[[], Talk]


def test_asks_only_for_what_the_question_has_not_stated(talk: Talk) -> None:
    talk.say("我爸去世了，医保账户怎么注销？")
    assert (talk.state, talk.entry, talk.details) == ("asking", "medical-account-cancel", {"insured": "deceased"})
    assert talk.choices == ["yes", "no", "unknown"]
    talk.say("没有")
    assert talk.state == "answered"
    assert talk.articles == [27, 58]


def test_several_details_in_one_question_leave_nothing_to_ask(talk: Talk) -> None:
    talk.say("公司给辞职的员工办医保停保要什么材料")
    assert talk.state == "answered"
    assert talk.details == {"applicant": "employer", "reason": "resigned"}


@pytest.mark.parametrize(
    "reply",
    ["人没了", "他已经过世", "2", "２", "第二个", "选2", "the second one", "he passed away", "②", "参保人已去世"],
)
def test_free_words_and_numbers_are_understood_as_options(talk: Talk, reply: str) -> None:
    talk.say("医保账户怎么注销").say(reply)
    assert talk.details == {"insured": "deceased"}


@pytest.mark.parametrize("reply", ["不知道", "不清楚", "3", "I don't know", "最后一个", "not sure"])
def test_dont_know_shows_every_branch(talk: Talk, reply: str) -> None:
    talk.say("我爸去世了，医保账户怎么注销？").say(reply)
    assert talk.state == "answered"
    assert talk.details["outstanding-expenses"] == "unknown"
    answer = talk.replies[0].answer
    assert answer
    assert any(line.branch for section in answer.sections for line in section.lines)


def test_a_denied_option_does_not_count(talk: Talk) -> None:
    talk.say("停保需要什么材料").say("不是单位办，是本人办理")
    assert talk.details == {"applicant": "individual"}


@pytest.mark.parametrize("said", ["说错了，是单位办", "不对，应该是单位办理", "sorry, I meant the employer applies"])
def test_a_correction_changes_the_detail_and_the_answer(talk: Talk, said: str) -> None:
    talk.say("停保需要什么材料").press("individual").press("resigned")
    before = talk.replies[0].answer
    talk.say(said)
    assert talk.state == "answered"
    assert talk.details == {"applicant": "employer", "reason": "resigned"}
    assert talk.replies[0].answer != before


def test_a_correction_while_another_detail_is_asked_for(talk: Talk) -> None:
    talk.say("停保需要什么材料").press("individual").say("说错了，是单位办")
    assert (talk.state, talk.details) == ("asking", {"applicant": "employer"})


def test_back_asks_the_detail_before_again(talk: Talk) -> None:
    talk.say("停保需要什么材料").press("employer").press("retired").say("返回")
    assert (talk.state, talk.conversation.asking) == ("asking", "reason")
    talk.say("back")
    assert (talk.state, talk.conversation.asking, talk.details) == ("asking", "applicant", {})
    talk.say("back")
    assert talk.state == "asking"
    assert "没有可以返回的内容" in talk.text


@pytest.mark.parametrize("word", ["算了", "取消", "不问了", "cancel", "Never mind", "算了吧"])
def test_after_cancel_nothing_is_answered(talk: Talk, word: str) -> None:
    talk.say("停保需要什么材料").say(word)
    assert (talk.state, talk.entry, talk.choices) == ("none", None, [])
    talk.say("单位办理")
    assert talk.state != "answered"


def test_start_over_forgets_the_question(talk: Talk) -> None:
    talk.say("停保需要什么材料").say("start over")
    assert (talk.state, talk.entry) == ("none", None)


def test_a_new_question_in_mid_conversation_is_answered(talk: Talk) -> None:
    talk.say("医保账户怎么注销").say("停保期间医保卡还能用吗")
    assert (talk.state, talk.entry) == ("answered", "medical-insurance-stop-effects")


def test_what_is_not_understood_leaves_the_question_open(talk: Talk) -> None:
    talk.say("医保账户怎么注销").say("今天天气怎么样")
    assert talk.state == "asking"
    assert talk.choices == ["stopped-paying", "deceased", "unknown"]
    talk.say("去世了")
    assert talk.details == {"insured": "deceased"}


def test_after_half_an_hour_the_old_question_is_let_go(talk: Talk) -> None:
    talk.say("医保账户怎么注销").say("2", after=timedelta(minutes=31))
    assert talk.state == "none"
    assert "半小时" in talk.text


def test_within_half_an_hour_it_goes_on(talk: Talk) -> None:
    talk.say("医保账户怎么注销").say("2", after=timedelta(minutes=29))
    assert talk.details == {"insured": "deceased"}


@pytest.fixture
def ambiguous(assistant: Assistant) -> str:
    """A question that two entries may answer."""
    texts = (
        "医保卡",
        "停保了怎么弄",
        "医保停了",
        "医保账户",
        "断保",
        "个人账户",
        "my medical insurance stopped",
        "停保 恢复 影响",
    )
    return next(text for text in texts if assistant.understand(text).decision == "clarify")


def test_two_close_candidates_are_offered_with_none_of_these(talk: Talk, ambiguous: str) -> None:
    talk.say(ambiguous)
    assert talk.state == "clarify"
    assert 2 <= len(talk.choices) - 1 <= 3
    assert talk.choices[-1] == "none-of-these"
    second = talk.choices[1]
    talk.say("第二个")
    assert talk.entry == second


def test_an_offered_entry_can_be_pressed(talk: Talk, ambiguous: str) -> None:
    talk.say(ambiguous)
    first = talk.choices[0]
    assert talk.press(first).entry == first


@pytest.mark.parametrize("reply", ["都不是", "none of these", "neither"])
def test_none_of_these_names_the_hotlines(talk: Talk, ambiguous: str, reply: str) -> None:
    talk.say(ambiguous).say(reply)
    assert talk.state == "none"
    assert "12333" in talk.text
    assert "12393" in talk.text


@pytest.mark.parametrize(
    "text",
    [
        "车险怎么理赔",
        "重疾险哪家好",
        "asdfghjkl",
        "今天天气怎么样",
        "how to renew a passport",
        "的了吗呢吧",
        "寿险受益人怎么变更",
    ],
)
def test_what_is_not_known_is_said_with_topics_and_hotlines(talk: Talk, text: str) -> None:
    talk.say(text)
    assert talk.state == "none"
    assert "12333" in talk.text
    assert "12393" in talk.text
    assert talk.text.count("• ") >= 3


@pytest.mark.parametrize("text", ["你好", "谢谢", "Hello!", "thanks", "好的"])
def test_greetings_and_thanks_get_one_line(talk: Talk, text: str) -> None:
    talk.say(text)
    assert len(talk.text.splitlines()) == 1


def test_the_answer_keeps_the_language_of_the_question(talk: Talk) -> None:
    talk.say("how cancel yibao acount").say("人没了").say("no")
    assert talk.state == "answered"
    answered: list[str] = [talk.conversation.language]
    talk.say("停保期间医保卡还能用吗")
    answered.append(talk.conversation.language)
    assert answered == ["en", "zh"]


def test_the_aspect_asked_for_comes_first(talk: Talk) -> None:
    talk.say("公司给辞职的员工办医保停保要什么材料")
    answer = talk.replies[0].answer
    assert answer
    assert answer.sections[0].kind == "materials"


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("社保法第27条说的什么", 27), ("第二十七条", 27), ("article 58", 58), ("《社会保险法》第58条", 58), ("law 27", 27),
        ("What does Article 27 of the Social Insurance Law say?", 27), ("社会保险法第二七条原文", 27), ("27条", 27),
    ],
)  # fmt: skip
def test_an_article_asked_for_is_shown_word_for_word(talk: Talk, knowledge: Knowledge, text: str, article: int) -> None:
    talk.say(text)
    assert talk.state == "answered"
    assert talk.replies[0].quote
    assert talk.replies[0].quote.text == getattr(knowledge.article("law", article), "text", None)


@pytest.mark.parametrize(
    "text", ["劳动法第三条", "article 27 of the labour law", "给我3条建议", "保险法第十七条", "我有27个问题"]
)
def test_articles_of_other_laws_are_not_ours(text: str) -> None:
    assert article_requests(text) == []


def test_an_article_that_does_not_exist_is_said(talk: Talk) -> None:
    assert "98" in talk.say("社保法第一百条").text
    assert "没有第一百条" in talk.text
    assert "20" in talk.say("经办条例第99条").text


def test_an_article_in_mid_conversation_leaves_the_question_open(talk: Talk) -> None:
    talk.say("医保账户怎么注销").say("第27条").say("2")
    assert talk.details == {"insured": "deceased"}


def test_old_buttons_work_long_after_or_say_that_they_are_old(talk: Talk) -> None:
    talk.press("medical-account-cancel/insured/deceased", after=timedelta(days=300))
    assert (talk.state, talk.details) == ("asking", {"insured": "deceased"})
    for gone in (
        "gone/insured/deceased",
        "medical-account-cancel/gone/x",
        "medical-account-cancel/insured/gone",
        "gone",
        "",
    ):
        assert "过时" in talk.press(gone).text


def test_pressing_another_option_changes_the_answer(talk: Talk) -> None:
    talk.say("医保账户怎么注销").press("deceased").press("no").press("stopped-paying")
    assert talk.state == "answered"
    assert talk.details == {"insured": "stopped-paying", "outstanding-expenses": "no"}


def test_a_stored_conversation_whose_entry_is_gone_begins_anew(assistant: Assistant) -> None:
    old = Conversation(phase="asking", entry_id="gone", asking="x", touched=NOW)
    after, replies = assistant.respond(old, Utterance("2"), NOW)
    assert (after.phase, bool(replies)) == ("idle", True)


def test_the_state_is_stored_and_read_back_unchanged(talk: Talk) -> None:
    talk.say("停保需要什么材料").press("individual").press("other").say("说错了，是单位办")
    assert Conversation.model_validate_json(talk.conversation.model_dump_json()) == talk.conversation


@pytest.mark.parametrize("text", ["", "   ", "😂😂😂", "\u200b\u202e", "？？？", "\x00\x01", "\ud800"])
def test_a_message_without_words_is_asked_for_words(talk: Talk, text: str) -> None:
    talk.say(text)
    assert "文字" in talk.text


def test_a_very_long_message_is_read_in_part_and_says_so(talk: Talk) -> None:
    talk.say("医保账户怎么注销，" + "我跟你说啊" * 2000)
    assert "只看了前面一部分" in talk.text


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("注销医保要带什么", "materials"), ("which documents do I need", "materials"), ("补办医保卡要多久", "how long"),
        ("在哪里办停保", "where"), ("停保有什么影响", "effects"), ("依据哪条法律", "law"), ("注销流程", "steps"), ("医保怎么注销", None),
    ],
)  # fmt: skip
def test_the_aspect_of_a_question(text: str, aspect: str | None) -> None:
    assert aspect_of(text) == aspect


SAID = st.one_of(
    st.text(max_size=80),
    st.sampled_from(
        [
            "医保账户怎么注销",
            "停保了",
            "2",
            "不知道",
            "返回",
            "算了",
            "说错了，是单位办",
            "第27条",
            "谢谢",
            "都不是",
            "去世了",
            "停保要什么材料",
            "没有",
        ]
    ),
)
CHOICES = st.sampled_from(
    ["deceased", "unknown", "none-of-these", "medical-account-cancel", "a/b/c", "article/law/27", "back"]
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(SAID | CHOICES.map(lambda choice: Utterance(choice=choice)), max_size=12))
def test_any_course_of_conversation_is_answered_and_never_stuck(
    knowledge: Knowledge, matcher: Matcher, steps: list[str | Utterance]
) -> None:
    assistant = Assistant(knowledge, matcher)
    conversation, now = Conversation(), NOW
    for step in steps:
        now += timedelta(seconds=3)
        utterance = step if isinstance(step, Utterance) else Utterance(step)
        conversation, replies = assistant.respond(conversation, utterance, now)
        assert replies
        assert all(reply.text or reply.answer or reply.quote for reply in replies)
        conversation = Conversation.model_validate_json(conversation.model_dump_json())
    conversation, replies = assistant.respond(conversation, Utterance("停保期间医保卡还能用吗"), now)
    assert conversation.entry_id == "medical-insurance-stop-effects"
    assert replies[-1].answer
