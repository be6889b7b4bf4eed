"""Groups end to end: the bot answers once, in the right place, and is silent otherwise."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from telegram import Bot as TelegramBot

from bot.channels.telegram.facts import Facts
from bot.channels.telegram.incoming import Me
from bot.channels.telegram.people import People
from bot.channels.telegram.transport import Transport
from bot.storage import Received, Store
from tests.bot_api_double import BotApiDouble, Group, SentMessage, User
from tests.process import TOKEN, Bot
from tests.test_telegram import launch

__all__ = ["launch"]

chats = itertools.count(1)


@pytest.fixture
async def api() -> AsyncIterator[BotApiDouble]:
    async with BotApiDouble(token=TOKEN, strict=True) as double:
        yield double
        assert double.violations == []


@pytest.fixture
async def lenient() -> AsyncIterator[BotApiDouble]:
    """One that refuses what is not there any more, as Telegram does, and does not blame the bot for it."""
    async with BotApiDouble(token=TOKEN) as double:
        yield double


class Scene:
    """A forum with a member, an admin and somebody else."""

    def __init__(self, api: BotApiDouble, forum: bool = False, small: bool = False) -> None:
        self.api = api
        self.member = api.user(101, "小李", language_code="zh-hans")
        self.admin = api.user(102, "群主", language_code="zh-hans")
        self.other = api.user(103, "老王", language_code="zh-hans")
        number = -next(chats) if small else -1_000_000_000_000 - next(chats)
        self.group: Group = api.group(
            number, "参保群", forum=forum, members=[self.member, self.other], admins=[self.admin]
        )

    async def told(self, count: int) -> SentMessage:
        return (await self.api.wait_for_messages(self.group.id, count, timeout=20))[count - 1]

    async def toast(self, user: User, message: SentMessage, label: str) -> str:
        answer = await self.api.wait_for_answer(self.group.press(user, message, label), timeout=10)
        return str(answer.get("text", ""))

    async def becomes(self, message: SentMessage, part: str) -> SentMessage:
        await self.api.wait_until(lambda: part in message.text, timeout=10, what=part)
        return message


async def test_an_admin_has_a_members_question_in_a_topic_answered_in_one_message(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    launch()
    scene = Scene(api, forum=True)
    topic = scene.group.topic(scene.admin, "医保")
    asked = scene.group.say(scene.member, "我爸去世了，医保账户怎么注销？", thread_id=topic)
    scene.group.say(scene.admin, "/ask", reply_to=asked, thread_id=topic)
    card = await scene.told(1)
    assert (card.reply_to, card.message_thread_id) == (asked["message_id"], topic)
    assert card.labels == ["有未结清费用", "没有未结清费用", "不清楚"]
    assert "提问的人" in await scene.toast(scene.other, card, "没有未结清费用")
    assert await scene.toast(scene.member, card, "没有未结清费用") == ""
    await scene.becomes(card, "12333")
    assert card.labels[:3] == ["办理步骤", "所需材料", "法律依据"]
    assert "继承人" not in card.text.split("\n")[0]
    await scene.toast(scene.admin, card, "所需材料")
    await scene.becomes(card, "☐ 继承人或法定代理人的有效身份证件和关系证明")
    await scene.toast(scene.member, card, "法律依据")
    await scene.becomes(card, "第二十七条")
    assert "<blockquote expandable>" in card.html
    await scene.toast(scene.member, card, "收起 法律依据")
    await api.wait_until(lambda: "第二十七条" not in card.text, timeout=10)
    link = next(button["url"] for button in card.buttons if "url" in button)
    assert link.startswith("https://t.me/double_bot?start=")
    assert len(api.sent(scene.group.id)) == 1
    private = api.private_chat(101, language_code="zh-hans")
    private.say(f"/start {link.partition('=')[2]}")
    whole = (await api.wait_for_messages(private.id, 1, timeout=10))[0]
    assert "继承人或法定代理人的有效身份证件和关系证明" in whole.text


async def test_the_bot_answers_who_speaks_to_it_and_is_silent_otherwise(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch()
    scene = Scene(api)
    group, member, admin, other = scene.group, scene.member, scene.admin, scene.other
    group.chat.privacy = False  # so that the bot hears all of it
    api.queue_raw(
        {"message": {**group.say(member, "停保要什么材料"), "from": {**api.bot.body(), "id": 9, "username": "x_bot"}}}
    )
    group.say(member, "医保卡丢了怎么办，大家知道吗")
    group.say(member, "/ask@other_bot 停保要什么材料")
    group.say(member, "/unknown")
    group.say(member, "@double_bot")
    empty = await scene.told(1)
    assert empty.text.startswith("请在 @double_bot 后面写上问题")
    wordless = group.say(other, "x")
    inner = {**{k: v for k, v in wordless.items() if k not in {"text", "entities"}}, "sticker": {"emoji": "👍"}}
    named = group.say(member, "/ask")
    api.queue_raw({"message": {**named, "reply_to_message": inner}})
    assert (await api.wait_for(lambda m: "没有文字" in m.text, 10)).reply_to == named["message_id"]
    asked = group.say(member, "@Double_Bot 医保卡丢了补办要带什么材料？")
    card = await api.wait_for(lambda m: m.reply_to == asked["message_id"], 10)
    assert "☐" in card.text, "the part that was asked for is unfolded"
    # Typed instead of pressed: by who asked, in reply to the card.
    about = group.say(member, "/ask 我爸走了 医保账户怎么注销")
    question = await api.wait_for(lambda m: m.reply_to == about["message_id"], 10)
    group.say(other, "哈哈", reply_to=question)
    group.say(member, "没有未结清的", reply_to=question)
    await scene.becomes(question, "办理" if "办理" in question.text else "12333")
    count = len(api.sent(group.id))
    group.say(member, "谢谢", reply_to=question)
    new = group.say(other, "失业金能领几个月？", reply_to=question)
    another = await api.wait_for(lambda m: m.reply_to == new["message_id"], 10)
    assert "失业" in another.text
    assert len(api.sent(group.id)) == count + 1, "thanks and laughter are left alone"
    # An admin who speaks in the group's name, on a message with a caption.
    photo = group.say(member, "x")
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    inner = {
        **{k: v for k, v in photo.items() if k not in {"text", "entities"}},
        "photo": [],
        "caption": "车险怎么理赔",
    }
    said = group.say(admin, "/ask", reply_to=photo)
    raw = {
        **said,
        "from": anonymous,
        "sender_chat": said["chat"],
        "reply_to_message": inner,
        "message_id": said["message_id"],
    }
    api.queue_raw({"message": raw})
    unknown = await api.wait_for(lambda m: m.reply_to == photo["message_id"] and "12333" in m.text, 10)
    assert "例如" not in unknown.text, "a group is not told what else is known"
    stored = str(bot.rows("select payload from inbox"))
    assert "大家知道吗" not in stored, "what members say to each other is not stored"
    # The law, help, and the language, which only admins set.
    law = group.say(other, "/law 27")
    assert "第二十七条" in (await api.wait_for(lambda m: m.reply_to == law["message_id"], 10)).text
    refused = group.say(other, "/lang en")
    assert "管理员" in (await api.wait_for(lambda m: m.reply_to == refused["message_id"], 10)).text
    group.say(admin, "/lang en")
    helped = group.say(other, "/help@double_bot")
    assert "@double_bot" in (await api.wait_for(lambda m: m.reply_to == helped["message_id"], 10)).text


async def test_edits_double_presses_and_the_end_of_a_membership(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch()
    scene = Scene(api)
    group, member = scene.group, scene.member
    group.chat.bot_status = "left"
    group.add_bot(scene.admin)
    hello = await scene.told(1)
    assert "@double_bot" in hello.text
    assert "\n" not in hello.text
    asked = group.say(member, "@double_bot 我爸走了 医保账户怎么注销")
    card = await scene.told(2)
    presses = [group.press(member, card, "没有未结清费用") for _ in range(2)]
    for press in presses:
        await api.wait_for_answer(press, 10)
    await scene.becomes(card, "12333")
    assert len(card.history) == 1, "the second press changes nothing"
    group.edit(asked["message_id"], "@double_bot 医保卡丢了补办要带什么材料")
    await scene.becomes(card, "☐")
    assert len(api.sent(group.id)) == 2
    bot.end()
    launch()
    await scene.toast(member, card, "办理步骤")
    await scene.becomes(card, "1. ")
    elsewhere = Scene(api)  # whoever writes their own client can make a button carry anything
    elsewhere.group.say(member, "@double_bot 我爸走了 医保账户怎么注销")
    theirs = await elsewhere.told(1)
    body = api.world.entries[theirs.chat_id, theirs.message_id].body
    number = card.buttons[0]["callback_data"].partition(":")[2].partition("/")[0]
    forged = [[{"text": "forged", "callback_data": f"g:{number}/show/law"}]]
    body["reply_markup"] = {"inline_keyboard": forged}
    assert "过时" in await elsewhere.toast(member, theirs, "forged")
    group.say(member, "/forget")
    assert "删除" in (await scene.told(3)).text
    assert bot.rows("select count(*) from questions where asker = 101") == [(0,)]
    assert "过时" in await scene.toast(member, card, "法律依据")
    group.remove_bot(scene.admin)
    await api.wait_until(lambda: (f"telegram:{group.id}",) not in bot.rows("select chat from groups"), 10)


async def test_what_is_no_longer_there_is_said_anew(lenient: BotApiDouble, tmp_path: Path) -> None:
    """A deleted card, a deleted question, a channel's post, two questions at once."""
    api = lenient
    bot = Bot(api, tmp_path).start()
    scene = Scene(api)
    group, member = scene.group, scene.member
    asked = group.say(member, "@double_bot 我爸走了 医保账户怎么注销")
    card = await scene.told(1)
    card.deleted = api.world.entries[card.chat_id, card.message_id].deleted = True
    group.edit(asked["message_id"], "@double_bot 医保卡丢了补办要带什么材料")
    assert "☐" in (await scene.told(2)).text
    gone = group.say(member, "失业金能领几个月")
    api.world.entries[group.id, gone["message_id"]].deleted = True
    channel = {"id": -1_000_000_900_000, "type": "channel", "title": "频道"}
    posted = group.say(scene.other, "/ask", reply_to=None)
    raw = {**posted, "from": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": channel}
    api.queue_raw({"message": {**raw, "text": "@double_bot 失业金能领几个月", "reply_to_message": gone}})
    about = await api.wait_for(lambda m: "失业" in m.text, 10)
    assert about.reply_to is None
    two = group.say(member, "@double_bot 医保卡丢了怎么补？另外停保要什么材料")
    both = await api.wait_for(lambda m: m.reply_to == two["message_id"], 10)
    other = next(label for label in both.labels if label.startswith("您还问到"))
    group.press(member, both, other)
    await api.wait_until(lambda: both.history, 10)
    assert api.violations == []
    assert bot.end() == 0


async def test_who_speaks_in_the_groups_name_forgets_nothing_of_the_members(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch()
    scene = Scene(api)
    asked = scene.group.say(scene.member, "@double_bot 我爸走了 医保账户怎么注销")
    card = await scene.told(1)
    said = scene.group.say(scene.admin, "hello")
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    api.queue_raw({"message": {**said, "text": "/forget", "from": anonymous, "sender_chat": said["chat"]}})
    await scene.told(2)
    assert bot.rows("select asked_in from questions") == [(asked["message_id"],)]
    assert await scene.toast(scene.member, card, "没有未结清费用") == ""
    await scene.becomes(card, "12333")


async def test_a_group_becomes_a_supergroup_in_mid_conversation(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch()
    scene = Scene(api, small=True)
    group, member = scene.group, scene.member
    asked = group.say(member, "@double_bot 我爸走了 医保账户怎么注销")
    card = await scene.told(1)
    assert card.reply_to == asked["message_id"]
    moved = group.migrate(-1_000_000_500_001)
    await api.wait_until(lambda: (f"telegram:{moved.id}",) in bot.rows("select chat from questions"), 10)
    query = group.press(member, card, "没有未结清费用")  # in the old group's history
    await api.wait_for_answer(query, 10)
    answer = (await api.wait_for_messages(moved.id, 1, 10))[0]
    assert "我爸走了 医保账户怎么注销" in answer.text
    assert answer.labels[:1] == ["办理步骤"]
    moved.press(member, answer, "所需材料")
    await api.wait_until(lambda: "☐" in answer.text, 10)
    await api.wait_until(lambda: not bot.rows("select 1 from outbox where state <> 'sent'"), 10)


async def test_a_flood_in_a_group_gets_one_polite_line_and_holds_up_no_other_group(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    launch(SHEBAO_ASK_PER_MINUTE="3", SHEBAO_ASK_PER_GROUP_PER_MINUTE="6", SHEBAO_SEND_PER_GROUP_PER_MINUTE="600")
    scene, quiet = Scene(api), Scene(api)
    for _ in range(8):
        scene.group.say(scene.member, "@double_bot 停保要什么材料")
    other = scene.group.say(scene.other, "@double_bot 社保卡丢了怎么办")
    quiet.group.say(quiet.member, "@double_bot 社保卡丢了怎么办")
    assert "补办" in (await quiet.told(1)).text
    line = await api.wait_for(lambda m: "请稍等" in m.text, 10)
    await api.wait_until(lambda: not api.pending, 10)
    assert [m for m in api.sent(scene.group.id) if "请稍等" in m.text] == [line]
    assert not [m for m in api.sent(scene.group.id) if m.reply_to == other["message_id"]], "the group has had its share"


async def test_a_chat_that_has_waited_sees_that_it_is_being_answered(api: BotApiDouble, tmp_path: Path) -> None:
    bot = TelegramBot(TOKEN, base_url=f"{api.base_url}/bot", request=Transport(2), get_updates_request=Transport(1))
    store = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    people = People(bot)
    scene = Scene(api, forum=True)
    topic = scene.group.topic(scene.admin, "医保")
    async with bot:
        facts = Facts(store, people, Me(bot.id, bot.username))
        message = scene.group.say(scene.member, "@double_bot 停保", thread_id=topic)
        for late in (0.0, 5.0, 5.0):  # the third comes too soon after the second to be shown
            await facts.about(Received(1, f"telegram:{scene.group.id}", {"message": message}, store.now() - late))
        await api.wait_until(lambda: api.calls("sendChatAction"), 10)
        await asyncio.sleep(0.05)
    await store.close()
    [call] = api.calls("sendChatAction")
    assert call.params == {"chat_id": scene.group.id, "message_thread_id": topic, "action": "typing"}
