"""Telegram end to end: the real process talks HTTP to a Bot API double that checks every call."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.bot_api_double import BotApiDouble, PrivateChat, SentMessage
from tests.forking import Forked
from tests.postgres import Postgres
from tests.process import ROOT, TOKEN, Bot

people = itertools.count(1000)

both_engines = pytest.mark.parametrize("launch", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
async def api() -> AsyncIterator[BotApiDouble]:
    async with BotApiDouble(token=TOKEN) as double:
        yield double
        assert double.violations == []


@pytest.fixture
def launch(api: BotApiDouble, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Bot]]:
    """Starts the bot: on SQLite, or on the engine that a test names."""
    bots: list[Bot] = []
    url = ""
    if getattr(request, "param", "sqlite") == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database()
        migrating = Forked(["migrate"], {**os.environ, "SHEBAO_DATABASE_URL": url}, ROOT, tmp_path / "migrate.log")
        assert migrating.wait(60) == 0

    def start(**environment: str) -> Bot:
        environment.setdefault("SHEBAO_DATABASE_URL", url)
        bots.append(Bot(api, tmp_path, **environment).start())
        return bots[-1]

    yield start
    for bot in bots:
        if bot._process and bot._process.poll() is None:
            bot.end()
        assert "Traceback" not in bot.log or "could not be handled" in bot.log, bot.log
        assert "secret_part" not in bot.log


def someone(api: BotApiDouble, language: str = "zh-hans") -> PrivateChat:
    return api.private_chat(next(people), first_name="张三", language_code=language)


async def told(api: BotApiDouble, chat: PrivateChat, count: int) -> SentMessage:
    """The count-th message in a chat."""
    return (await api.wait_for_messages(chat.id, count, timeout=20))[count - 1]


async def test_a_whole_conversation_with_buttons(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat = someone(api)
    chat.say("我爸去世了，医保账户怎么注销？")
    question = await told(api, chat, 1)
    assert question.labels == ["有未结清费用", "没有未结清费用", "不清楚"]
    chat.press(question, "没有未结清费用")
    answer = await told(api, chat, 2)
    assert "<b>所需材料</b>" in answer.html
    assert answer.html.count("<blockquote expandable>") >= 2
    assert "参加职工基本医疗保险的个人，达到法定退休年龄时累计缴费达到国家规定年限的" in answer.text
    assert {"第二十七条", "第五十八条", "复制材料清单", "👍 有用", "👎 没用"} <= set(answer.labels)
    chat.press(answer, "第五十八条")
    assert (await told(api, chat, 3)).text.startswith("《社会保险法》第五十八条\n第七章 社会保险费征缴")
    chat.press(answer, "👍 有用")
    await api.wait_until(lambda: not api.unanswered(), timeout=10)
    chat.press(answer, "人去世了医保个人账户里的钱怎么办")
    assert (await told(api, chat, 4)).text.startswith("人去世了医保个人账户里的钱怎么办")


@both_engines
async def test_a_restart_in_mid_conversation_goes_on_where_it_was(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch()
    chat = someone(api)
    chat.say("医保账户怎么注销")
    question = await told(api, chat, 1)
    await api.wait_until(lambda: not bot.rows("select 1 from outbox where state = 'waiting'"), timeout=10)
    bot.end(signal.SIGKILL)
    chat.say("人没了")
    bot.start(bare=True)
    assert (await told(api, chat, 2)).text == "还有没结清的医疗费用吗？"
    chat.press(question, "已停止缴费")  # a button of before the restart changes the detail
    chat.say("没有")
    answer = await told(api, chat, 4)
    assert "继承人" not in answer.text.split("请注意")[0].split("所需材料")[1]
    assert len(api.sent(chat.id)) == 4


async def test_commands_in_both_languages(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat, other = someone(api), someone(api, "en")
    for command in (
        "/start",
        "/help",
        "/topics",
        "/law 27",
        "/law",
        "/law 第二十七条",
        "/law 999",
        "/lang",
        "/cancel",
        "/foo",
    ):
        chat.say(command)
        other.say(command)
    await told(api, chat, 10)
    await told(api, other, 10)
    zh, en = api.sent(chat.id), api.sent(other.id)
    assert zh[0].text.startswith("您好")
    assert en[0].text.startswith("Hello")
    assert "医疗保险" in zh[2].labels
    assert "参加职工基本医疗保险的个人" in zh[3].text
    assert "our translation" in en[3].text.lower()
    assert "/law 27" in zh[4].text
    assert zh[5].text == zh[3].text
    assert "98" in zh[6].text
    assert zh[7].labels == ["简体中文", "繁體中文", "English"]
    chat.press(zh[7], "English")
    assert "English" in (await told(api, chat, 11)).text
    chat.say("/help")
    assert (await told(api, chat, 12)).text.startswith("Ask in everyday words")
    registered, there = (
        {
            call.params.get("language_code"): call.params["commands"]
            for call in api.calls("setMyCommands")
            if ("scope" in call.params) == group
        }
        for group in (False, True)
    )
    assert {"zh", "en", None} == set(registered) == set(there)
    other.press(en[2], "Medical insurance")
    questions = await told(api, other, 11)
    assert "How to cancel a medical insurance account" in questions.labels
    assert [command["command"] for command in registered["zh"]] == [
        *("start", "ask", "help", "topics", "law", "lang", "cancel", "forget")
    ]
    assert [command["command"] for command in there["zh"]] == ["ask", "law", "help", "lang", "forget"]


async def test_deep_links_open_an_entry(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat, other = someone(api), someone(api, "en")
    chat.say("/start medical-insurance-resume")
    other.say("/start medical-insurance-resume")
    assert (await told(api, chat, 1)).text.startswith("停保后怎么恢复")
    assert (await told(api, other, 1)).text.startswith("How to resume")
    chat.say("/start no-such-entry")
    assert (await told(api, chat, 2)).text.startswith("您好")


async def test_whatever_else_people_send_gets_a_short_reply_or_silence(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch()
    chat = someone(api)
    for send in (chat.sticker, chat.voice, chat.contact, chat.photo):
        send()
    await told(api, chat, 4)
    assert {message.text for message in api.sent(chat.id)} == {"我只能看懂文字，请把问题打字发给我。"}
    first = chat.say("\u200b\u202e")
    chat.say("<b>停保</b><script>&amp;")
    chat.say("啊" * 4096)
    chat.say("😂" * 100)
    await told(api, chat, 8)
    chat.edit(first["message_id"], "改过的")
    chat.photo(caption="停保期间医保卡还能用吗")
    assert (await told(api, chat, 9)).text.startswith("停保期间医保卡还能用吗")
    group = api.group(-100200, "家庭群", members=[chat.user])
    group.say(chat.user, "停保要什么材料")
    api.queue_raw({"nonsense": True})
    api.queue_raw({"message": "not a message"})
    api.queue_raw({"message": {"message_id": 1, "chat": {"id": chat.id, "type": "private"}, "text": 5}})
    api.queue_raw({"callback_query": {"id": "1"}})
    api.queue_raw({"update_id": "seven"}, assign_id=False)
    chat.say("停保后怎么恢复")
    assert (await told(api, chat, 10)).text.startswith("停保后怎么恢复")
    assert [message.chat_id for message in api.sent() if message.chat_id != chat.id] == []
    failed = "select count(*) from inbox where state = 'failed'"
    await api.wait_until(lambda: bot.rows(failed) == [(2,)], timeout=10)


async def test_buttons_that_nobody_knows_any_more_say_so(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat = someone(api)
    chat.say("医保账户怎么注销")
    question = await told(api, chat, 1)
    for data in ("c:gone/x/y", "z:1", "h:0123456789abcdef", "f:up/99999", "nonsense"):
        chat.raw_update(
            {
                "callback_query": {
                    "id": f"old-{data}",
                    "from": {"id": chat.user.id, "is_bot": False, "first_name": "x"},
                    "chat_instance": "1",
                    "data": data,
                    "message": {
                        "message_id": question.message_id,
                        "date": 0,
                        "chat": {"id": chat.id, "type": "private"},
                    },
                }
            }
        )
    chat.press(question, "参保人已去世")
    last = await told(api, chat, 3)
    assert last.text == "还有没结清的医疗费用吗？"
    api.violations.clear()  # the double never gave out those presses, so it refuses their answers


async def test_who_blocked_the_bot_stops_nobody_else(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat, other = someone(api), someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    chat.say("停保后怎么恢复")
    chat.block()
    other.say("停保后怎么恢复")
    await told(api, other, 1)


@both_engines
async def test_a_flood_gets_one_polite_line(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch(SHEBAO_ASK_PER_MINUTE="3")
    chat, other = someone(api), someone(api)
    for _ in range(8):
        chat.say("谢谢")
    other.say("谢谢")
    await told(api, other, 1)
    texts = [message.text for message in await api.wait_for_messages(chat.id, 4, timeout=10)]
    assert len(texts) == 4
    assert "有点快" in texts[3]


async def test_answers_are_sent_in_order_within_telegrams_limit(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch(SHEBAO_SEND_PER_CHAT_PER_SECOND="2")
    chat = someone(api)
    for text in ("第1条", "第2条", "第3条"):
        chat.say(text)
    await told(api, chat, 3)
    sent = api.sent(chat.id)
    assert [re.findall("第(.)条", message.text)[0] for message in sent] == ["一", "二", "三"]
    assert sent[2].at - sent[0].at >= 0.9


def kept_bytes(bot: Bot) -> bytes:
    """All that the bot has written: the database with its journal, and the log."""
    files = [*(bot.folder / "data").glob("shebao.db*"), bot.folder / "bot.log"]
    return b"".join(path.read_bytes() for path in files)


async def test_what_is_stored_and_logged_has_no_names_and_no_numbers(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch()
    chat = someone(api)
    chat.say("我叫王小明，身份证11010119900307851X电话138 1234 5678，家住建国路88号3栋502室，停保后怎么恢复")
    answer = await told(api, chat, 1)
    assert answer.text.startswith("停保后怎么恢复")
    chat.press(answer, "👎 没用")
    await api.wait_until(lambda: not api.unanswered(), timeout=10)
    api.queue_raw(
        {"message": {"chat": {"id": chat.id, "type": "private"}, "text": "我叫王小明 13812345678", "from": "x"}}
    )
    chat.say("谢谢")
    await told(api, chat, 2)
    secrets = ("张三", "王小明", "11010119900307851", "138 1234 5678", "13812345678", "建国路", "502室")
    while_running = kept_bytes(bot)
    assert bot.end() == 0
    for everything in (while_running, kept_bytes(bot)):
        assert "停保后怎么恢复".encode() in everything
        for secret in secrets:
            assert secret.encode() not in everything, secret
            assert json.dumps(secret).strip('"').encode() not in everything, secret
    assert "could not be handled" in bot.log
    assert bot.rows("select verdict from feedback") == [("down",)]
    text, *rest = bot.rows("select text, outcome, entry_id from questions")[0]
    assert rest == ["answered", "medical-insurance-resume"]
    assert "〔证件号" in str(text)


async def test_the_word_in_a_mask_is_no_part_of_the_question(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat, other = someone(api), someone(api)
    chat.say("13812345678 怎么注销农村医保卡")  # "by phone" is one of the ways to do it
    other.say("怎么注销农村医保卡")
    assert (await told(api, chat, 1)).text == (await told(api, other, 1)).text


async def test_forget_erases_what_is_kept_of_one_person_at_once(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch(SHEBAO_ASK_PER_MINUTE="5")
    chat, other = someone(api, "en"), someone(api)
    chat.say("How do I resume my medical insurance after it was suspended?")
    other.say("停保后怎么恢复")
    answer = await told(api, chat, 1)
    await told(api, other, 1)
    chat.press(answer, "👎 Not helpful")
    await api.wait_until(lambda: not api.unanswered(), timeout=10)
    chat.say("how do I cancel a medical insurance account")
    await told(api, chat, 2)
    for _ in range(4):
        chat.say("thanks")
    chat.say("/forget")  # over the limit of questions, and heard all the same
    await api.wait_until(lambda: "erased" in api.sent(chat.id)[-1].text, timeout=20)
    key = f"telegram:{chat.id}"
    for table in ("conversations", "questions"):
        assert bot.rows(f"select 1 from {table} where chat = '{key}'") == []  # noqa: S608
        assert bot.rows(f"select count(*) from {table}") == [(1,)]  # noqa: S608
    assert bot.rows("select 1 from feedback") == []
    await api.wait_until(lambda: not bot.rows("select 1 from inbox where state = 'waiting'"), timeout=10)
    assert bot.rows(f"select payload, state from inbox where chat = '{key}'") == [("{}", "done")]  # noqa: S608
    assert len(bot.rows(f"select 1 from outbox where chat = '{key}'")) == 1  # noqa: S608
    chat.press(answer, "👍 Helpful")
    chat.say("没有")
    assert "erased" not in (await api.wait_for_messages(chat.id, len(api.sent(chat.id)) + 1, timeout=20))[-1].text
    other.say("/forget")
    assert "都已删除" in (await told(api, other, 2)).text
    assert bot.end() == 0
    for said in ("suspended", "停保后怎么恢复", "medical-account-cancel"):
        assert said.encode() not in b"".join(path.read_bytes() for path in (bot.folder / "data").glob("shebao.db*")), (
            said
        )


async def test_a_refused_token_ends_with_one_sentence(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch(TELEGRAM_BOT_TOKEN="999:other-secret_part")
    assert await bot.ended() == 1
    assert "Telegram refuses the bot token" in bot.log
    assert "secret_part" not in bot.log


@both_engines
async def test_sigterm_finishes_what_is_under_way(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch()
    chats = [someone(api) for _ in range(20)]
    for chat in chats:
        chat.say("停保后怎么恢复")
    await told(api, chats[0], 1)
    began = time.monotonic()
    assert bot.end() == 0
    assert time.monotonic() - began < 10
    unsent = bot.rows("select count(*) from outbox where state = 'waiting'")
    handled = bot.rows("select count(*) from inbox where state = 'done'")
    assert unsent[0][0] == 0
    assert handled[0][0] == len(api.sent())
