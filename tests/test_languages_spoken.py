"""In which language and script a person is answered: in conversation, and through Telegram's front door."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot import oneshot
from bot.channels import jsonl
from bot.dialogue import Assistant, Conversation, Utterance
from bot.dialogue.phrases import asks, control
from bot.language import Language
from tests.bot_api_double import BotApiDouble
from tests.conftest import NOW
from tests.process import Bot
from tests.test_telegram import api, launch, someone, told

__all__ = ["api", "launch"]


class Person:
    """Somebody with a device in some language."""

    def __init__(self, assistant: Assistant, device: Language | None) -> None:
        self._assistant, self._device, self._now = assistant, device, NOW
        self._conversation = Conversation()

    def say(self, text: str = "", choice: str | None = None, after: timedelta = timedelta(seconds=5)) -> Language:
        """The language of what comes back."""
        self._now += after
        said = Utterance(text, choice, self._device)
        self._conversation, replies = self._assistant.respond(self._conversation, said, self._now)
        assert replies
        return self._conversation.language


@pytest.mark.parametrize(
    ("device", "said"),
    [
        ("zh-hant", [("社保卡", "zh-hant"), ("医保账户怎么注销", "zh"), ("醫保賬戶怎麼註銷", "zh-hant")]),
        ("zh", [("社保卡", "zh"), ("社保卡丟了怎麼補辦", "zh-hant"), ("社保卡", "zh-hant")]),
        ("en", [("社保卡", "zh"), ("what is the social security card", "en"), ("社保卡", "zh")]),
        (None, [("123", "zh"), ("社保卡丟了怎麼補辦", "zh-hant"), ("123", "zh-hant")]),
        ("zh-hant", [("what is the social security card", "en"), ("社保卡", "zh-hant")]),
        ("zh", [("繁體", "zh-hant"), ("社保卡", "zh-hant"), ("社保卡丢了怎么补办", "zh"), ("社保卡", "zh-hant")]),
        ("zh-hant", [("請用简体字", "zh"), ("社保卡", "zh")]),
        ("en", [("请用繁体", "zh-hant"), ("english", "en"), ("chinese please", "zh")]),
        ("zh-hant", [("english please", "en"), ("chinese please", "zh-hant"), ("說中文", "zh-hant")]),
    ],
)
def test_first_the_questions_own_then_the_users(
    assistant: Assistant, device: Language | None, said: list[tuple[str, Language]]
) -> None:
    person = Person(assistant, device)
    assert [(text, person.say(text)) for text, _ in said] == said


def test_a_button_pressed_long_after_is_answered_in_the_script_of_the_last_question(assistant: Assistant) -> None:
    person = Person(assistant, "zh")
    person.say("醫保賬戶怎麼註銷")
    assert person.say(choice="medical-insurance-resume", after=timedelta(hours=2)) == "zh-hant"


def test_an_open_question_is_asked_again_in_the_script_that_is_asked_for(assistant: Assistant) -> None:
    now, conversation = NOW, Conversation()
    conversation, asked = assistant.respond(conversation, Utterance("医保账户怎么注销"), now)
    conversation, again = assistant.respond(conversation, Utterance("繁體中文"), now)
    assert asked[0].text == "参保人现在是哪种情况？"
    assert again[0].text == "參保人現在是哪種情況？"
    assert [choice.label for choice in again[0].choices] == ["已停止繳費", "參保人已去世", "不清楚"]
    conversation, replies = assistant.respond(conversation, Utterance("參保人已去世"), now)
    assert replies[0].text == "還有沒結清的醫療費用嗎？"


def test_traditional_is_understood_where_simplified_is() -> None:
    assert asks("請問退休金怎麼領")
    assert control("請講繁體") is None
    assert control("請用繁體字") == control("切換到繁體") == control("Traditional Chinese, please") == "traditional"
    assert control("簡體") == control("请用简体") == "simplified"


async def test_conversations_in_traditional(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch()
    taiwan, hongkong, mainland = (someone(api, code) for code in ("zh-hant", "zh-HK", "zh-hans"))

    # A device in Traditional: everything is, even where the words are those of both scripts.
    taiwan.say("/start")
    assert (await told(api, taiwan, 1)).text.startswith("您好，我可以回答社保、醫保方面的問題。")
    hongkong.say("/topics")
    assert "醫療保險" in (await told(api, hongkong, 1)).labels
    taiwan.say("/start medical-account-cancel")
    question = await told(api, taiwan, 2)
    assert question.text == "參保人現在是哪種情況？"
    assert question.labels == ["已停止繳費", "參保人已去世", "不清楚"]
    taiwan.press(question, "參保人已去世")
    taiwan.press(await told(api, taiwan, 3), "沒有未結清費用")
    answer = await told(api, taiwan, 4)
    assert "<b>所需材料</b>" in answer.html
    assert "<b>辦理步驟</b>" in answer.html
    assert "《社會保險法》第二十七條：" in answer.text
    assert "参加职工基本医疗保险的个人，达到法定退休年龄时累计缴费达到国家规定年限的" in answer.text
    assert {"第五十八條", "複製材料清單", "👎 沒用"} <= set(answer.labels)
    copied = [button["copy_text"]["text"] for button in answer.buttons if "copy_text" in button]
    assert copied
    assert all("參保人" in text and "参" not in text for text in copied)
    taiwan.press(answer, "第五十八條")
    article = (await told(api, taiwan, 5)).text
    assert article.startswith("《社會保險法》第五十八條\n第七章 社會保險費徵繳\n\n用人单位应当自用工之日起三十日内")

    # A device in Simplified: the question decides; afterwards its buttons, and what the words leave open, follow it.
    mainland.say("醫保賬戶怎麼註銷")
    asked = await told(api, mainland, 1)
    assert asked.text == question.text
    mainland.say("停保期间医保卡还能用吗")
    assert (await told(api, mainland, 2)).text.startswith("停保期间医保卡还能用吗")
    mainland.say("/lang")
    menu = await told(api, mainland, 3)
    assert menu.labels == ["简体中文", "繁體中文", "English"]
    mainland.press(menu, "繁體中文")
    assert (await told(api, mainland, 4)).text.startswith("好的，按鈕和說明用中文。")
    mainland.say("/help")
    assert (await told(api, mainland, 5)).text.startswith("用平常的話提問就可以")
    mainland.press(asked, "已停止繳費")  # of the first message
    assert (await told(api, mainland, 6)).text == "還有沒結清的醫療費用嗎？"

    # By command, by a word, and by a button of before there were three languages.
    for count, (said, begins) in enumerate(
        (
            ("/law 第五十八條", "《社會保險法》第五十八條\n第七章 社會保險費徵繳\n\n用人单位应当"),
            ("/law 999", "《社會保險法》一共98條，沒有第九百九十九條。"),
            ("/lang zh", "好的，按钮和说明用中文"),
            ("/lang hant", "好的，按鈕和說明"),
            ("/lang en", "All right"),
            ("/lang 繁體", "好的，按鈕和說明"),
            ("/lang 中文", "請選擇語言"),
            ("请用简体", "好的，按钮和说明用中文"),
            ("/lang zh-TW", "好的，按鈕和說明"),
        ),
        start=2,
    ):
        hongkong.say(said)
        assert (await told(api, hongkong, count)).text.startswith(begins), said
    await api.wait_until(lambda: not api.unanswered(), timeout=10)
    assert {"zh", "zh-hant"} == {row[0] for row in bot.rows("select language from questions")}


def test_one_question_is_answered_in_its_own_script_or_the_one_that_is_named(assistant: Assistant) -> None:
    own = oneshot.ask(assistant, "醫保賬戶怎麼註銷", "plain")
    assert own.startswith("醫保賬戶怎麼註銷\n\n停止繳費且沒有未結清的醫療費用")
    assert oneshot.ask(assistant, "医保账户怎么注销", "plain", "zh-hant") == own
    assert oneshot.ask(assistant, "医保账户怎么注销", "plain").startswith("医保账户怎么注销")
    said = json.loads(next(jsonl.chat_lines(assistant, ['{"session": 1, "text": "醫保賬戶怎麼註銷"}'])))
    assert said["replies"][0]["choices"][0]["label"] == "已停止繳費"
