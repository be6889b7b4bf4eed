"""What people reply, in their own words: taken as meant, never turned into its opposite, never swallowed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Talk

NewTalk = Callable[[], Talk]

OPENINGS = {
    "A": ["医保账户怎么注销"],
    "AD": ["医保账户怎么注销", "去世了"],
    "S": ["医保停保要什么材料"],
    "SI": ["医保停保要什么材料", "自己办"],
    "R": ["医保怎么补办"],
    "RL": ["医保怎么补办", "断保了"],
    "T": ["深圳医保怎么转出"],
    "W": ["深圳医保个人账户的钱怎么提取"],
    "V": ["农村社保卡怎么注销"],
    "EA": ["how do I cancel a medical insurance account"],
    "EAD": ["how do I cancel a medical insurance account", "he died"],
}

# opening, reply, the option taken (None: nothing is taken, the same detail is asked again)
REPLIES = [
    ("A", "没去世", "stopped-paying"), ("A", "我没有停缴", "deceased"), ("A", "没有", None), ("A", "不", None), ("A", "他死了", "deceased"),
    ("A", "我妈死了", "deceased"), ("A", "老头子没了", "deceased"), ("A", "not deceased", "stopped-paying"), ("A", "今天星期几", None),
    ("AD", "没有完全结清", "yes"), ("AD", "没全部结清", "yes"), ("AD", "还没有全结清", "yes"), ("AD", "不是都结清了", "yes"),
    ("AD", "好像没有", "no"), ("AD", "应该没有吧", "no"), ("AD", "没有了谢谢", "no"), ("AD", "结清啦", "no"), ("AD", "有的", "yes"), ("AD", "对", "yes"),
    ("AD", "都不是", "unknown"), ("EAD", "none", "no"), ("EAD", "nah", "no"), ("EAD", "not everything is settled", "yes"),
    ("EAD", "nothing is settled", "yes"), ("EAD", "I don't owe anything", "no"), ("EAD", "not that I know of", "unknown"), ("EAD", "yep", "yes"),
    ("S", "不是单位办", "individual"), ("S", "不是单位", "individual"), ("S", "不是本人", "employer"), ("S", "非本人办理", "employer"),
    ("S", "没有", None), ("S", "我选第二个", "employer"), ("S", "第二个选项", "employer"), ("S", "公司人事来办", "employer"),
    ("SI", "没出国", None), ("SI", "不是离职", None), ("SI", "被公司开除了", "resigned"), ("SI", "出国了", "going-abroad"),
    ("R", "不是丢了", "coverage-lapsed"), ("R", "没有", None), ("R", "卡丢了", "card-lost-or-damaged"),
    ("RL", "没有住院，但是看了门诊", "yes"), ("RL", "没看过病", "no"),
    ("T", "不知道收不收", "unknown"), ("T", "没问过", "unknown"), ("T", "不收", "refuses-or-no-account"), ("T", "收", "accepts-balance"),
    ("T", "他们没说", "unknown"), ("T", "我拒绝回答", "unknown"),
    ("W", "没有", None), ("W", "都不是", "unknown"), ("V", "不想打电话", "in-person"), ("V", "去不了窗口", "phone"),
    ("V", "打电话", "phone"),
]  # fmt: skip


@pytest.mark.parametrize(("opening", "reply", "option"), REPLIES)
def test_a_reply_is_taken_as_it_is_meant(new_talk: NewTalk, opening: str, reply: str, option: str | None) -> None:
    talk = new_talk()
    for said in OPENINGS[opening]:
        talk.say(said)
    asked, entry = talk.conversation.asking, talk.entry
    assert asked
    talk.say(reply)
    assert talk.entry == entry
    assert talk.details.get(asked) == option
    if option is None:
        assert talk.state == "asking"
        assert talk.conversation.asking == asked


@pytest.mark.parametrize(
    ("opening", "question", "entry"),
    [
        ("A", "停保了怎么恢复", "medical-insurance-resume"), ("AD", "停保了怎么恢复", "medical-insurance-resume"),
        ("V", "社保咨询电话是多少", "contact-hotline"), ("SI", "停保期间医保卡还能用吗", "medical-insurance-stop-effects"),
        ("EA", "can I still use my card while my insurance is stopped?", "medical-insurance-stop-effects"),
    ],
)  # fmt: skip
def test_a_question_is_never_eaten_as_a_reply(new_talk: NewTalk, opening: str, question: str, entry: str) -> None:
    talk = new_talk()
    for said in OPENINGS[opening]:
        talk.say(said)
    assert talk.say(question).entry == entry


@pytest.mark.parametrize(
    "aside",
    [
        "什么意思",
        "为什么要问这个",
        "what do you mean",
        "嗯",
        "好的",
        "你好",
        "今天天气怎么样",
        "个人所得税怎么交",
        "HR骂我怎么办",
        "骂人的话",
    ],
)
def test_an_aside_leaves_the_question_open(new_talk: NewTalk, aside: str) -> None:
    talk = new_talk().say("医保停保要什么材料").say(aside)
    assert (talk.state, talk.conversation.asking, talk.details) == ("asking", "applicant", {})
    assert talk.choices == ["individual", "employer", "unknown"]


@pytest.mark.parametrize(
    "word",
    [
        "算了我不办了",
        "不用了谢谢",
        "我不想办了",
        "不转了",
        "先这样吧",
        "nvm",
        "please cancel",
        "never mind, forget it",
        "Forget about it",
    ],
)
def test_giving_up_in_ones_own_words(new_talk: NewTalk, word: str) -> None:
    talk = new_talk().say("深圳医保怎么转出").say(word)
    assert (talk.state, talk.entry) == ("none", None)
    assert "12333" not in talk.text


@pytest.mark.parametrize("word", ["go back please", "返回吧", "错了", "undo"])
def test_going_back_in_ones_own_words(new_talk: NewTalk, word: str) -> None:
    talk = new_talk().say("医保停保要什么材料").say("自己办").say(word)
    assert (talk.state, talk.conversation.asking) == ("asking", "applicant")


def answered(talk: Talk) -> Talk:
    return talk.say("医保账户怎么注销").say("去世了").say("有")


@pytest.mark.parametrize(
    ("said", "details"),
    [
        ("说错了，没有", {"insured": "deceased", "outstanding-expenses": "no"}),
        ("不对，没有", {"insured": "deceased", "outstanding-expenses": "no"}),
        ("没有", {"insured": "deceased", "outstanding-expenses": "no"}),
        ("sorry, actually no", {"insured": "deceased", "outstanding-expenses": "no"}),
        ("说错了，是停缴", {"insured": "stopped-paying", "outstanding-expenses": "yes"}),
        ("他没有去世", {"insured": "stopped-paying", "outstanding-expenses": "yes"}),
    ],
)
def test_a_short_correction_changes_the_answer(talk: Talk, said: str, details: dict[str, str]) -> None:
    answered(talk).say(said)
    assert (talk.state, talk.details) == ("answered", details)


def test_a_correction_that_says_nothing_new_asks_again(talk: Talk) -> None:
    answered(talk).say("不对不对，不是这样的")
    assert (talk.state, talk.conversation.asking) == ("asking", "outstanding-expenses")


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("材料呢", "materials"),
        ("要带什么", "materials"),
        ("去哪里办", "where"),
        ("多久能办好", "how long"),
        ("what papers do I need", "materials"),
    ],
)
def test_a_follow_up_asks_for_another_part_of_the_same_answer(talk: Talk, said: str, first: str) -> None:
    answered(talk).say(said)
    assert talk.state == "answered"
    answer = talk.replies[-1].answer
    assert answer
    assert (answer.entry_id, answer.sections[0].kind) == ("medical-account-cancel", first)


@pytest.mark.parametrize("said", ["失业金怎么领", "停缴养老保险会怎样", "遗产税多少", "今天天气怎么样"])
def test_what_is_not_known_shows_no_old_answer_again(talk: Talk, said: str) -> None:
    answered(talk).say(said)
    assert not any(reply.answer and reply.answer.entry_id == "medical-account-cancel" for reply in talk.replies)


def test_what_is_not_known_does_not_forget_the_answer(talk: Talk) -> None:
    answered(talk).say("今天天气怎么样").say("说错了，没有")
    assert (talk.state, talk.details["outstanding-expenses"]) == ("answered", "no")


def test_a_new_person_does_not_inherit_the_old_ones_details(talk: Talk) -> None:
    answered(talk).say("那我妈停缴的医保账户怎么注销")
    assert (talk.state, talk.details) == ("asking", {"insured": "stopped-paying"})


def test_once_more(talk: Talk) -> None:
    assert answered(talk).say("再说一遍").replies[0].answer


@pytest.mark.parametrize("word", ["English please", "speak english", "用英文说"])
def test_the_language_can_be_asked_for(talk: Talk, word: str) -> None:
    talk.say("医保账户怎么注销").say(word)
    assert (talk.state, talk.text) == ("asking", "What is the insured person's situation?")


@pytest.mark.parametrize("text", ["我不想活了", "我要自杀", "I want to die"])
def test_distress_gets_a_hotline_and_no_insurance(talk: Talk, text: str) -> None:
    talk.say(text)
    assert "12356" in talk.text
    assert not talk.choices


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("第二十七条和第五十八条", [27, 58]), ("articles 27 and 58", [27, 58]), ("第27、28条", [27, 28]), ("§27", [27]), ("the 27th article", [27]),
        ("社保法第23条、第27条", [23, 27]),
    ],
)  # fmt: skip
def test_several_articles_at_once(talk: Talk, text: str, numbers: list[int]) -> None:
    talk.say(text)
    assert [reply.quote.number for reply in talk.replies if reply.quote] == numbers


@pytest.mark.parametrize(
    "text",
    [
        "民法典第27条", "劳动合同第27条怎么写", "社保法实施细则第27条", "国发38号文件第5条", "宪法修正案第5条", "article 27 of the constitution",
        "labor contract article 27", "GDPR article 17", "I read an article 5 days ago", "第三条微信没收到", "刑法第二百条",
    ],
)  # fmt: skip
def test_articles_of_other_texts_are_not_shown(talk: Talk, text: str) -> None:
    talk.say(text)
    assert not any(reply.quote for reply in talk.replies)
