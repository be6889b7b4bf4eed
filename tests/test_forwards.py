"""Forwarded questions end to end: answered in a form to be passed on, several as one; and edited questions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.bot_api_double import BotApiDouble
from tests.process import Bot
from tests.test_groups import Scene, api, launch

__all__ = ["api", "launch"]

PERSON = 901


async def test_a_hidden_users_question_is_answered_to_be_passed_on(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    launch()
    chat = api.private_chat(PERSON)
    asked = chat.forward("我爸去世了，医保账户怎么注销？", "某人")
    answer = (await api.wait_for_messages(chat.id, 1, 10))[0]
    assert answer.reply_to == asked["message_id"]
    assert answer.html.startswith("<blockquote>我爸去世了，医保账户怎么注销？</blockquote>")
    assert "有未结清费用：" in answer.text, "what is not known yet is told by cases"
    assert "12333" in answer.text
    assert "如果：没有未结清费用" in answer.labels
    assert any("copy_text" in button for button in answer.buttons)
    chat.press(answer, "如果：没有未结清费用")
    await api.wait_until(lambda: answer.history, 10)
    assert "如果：没有未结清费用" not in answer.labels
    assert len(api.sent(chat.id)) == 1
    await asyncio.sleep(2.1)
    # Several at once are read together; a photo's caption counts, what has no words does not.
    chat.forward("请问一下", "某人")
    chat.forward("社保断缴了", "某人")
    chat.forward("还能补缴吗", "某人")
    together = (await api.wait_for_messages(chat.id, 2, 10))[1]
    assert together.html.startswith("<blockquote>请问一下 社保断缴了 还能补缴吗</blockquote>")
    poll = {"id": "1", "question": "x", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True}
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": 1}
    message = {k: v for k, v in chat.say("算了").items() if k != "text"}
    await api.wait_for_messages(chat.id, 3, 10)
    api.queue_raw({"message": {**message, "poll": {**poll, "type": "regular"}, "forward_origin": origin}})
    assert (await api.wait_for_messages(chat.id, 4, 10))[3].text == "我只能看懂文字，请把问题打字发给我。"
    await api.wait_until(lambda: not api.unanswered(), 10)
    assert len(api.sent(chat.id)) == 4
    await asyncio.sleep(2.1)
    chat.forward("<b>停保</b> & <script>后怎么恢复", "某人")
    marked = (await api.wait_for_messages(chat.id, 5, 10))[4]
    assert "<script>后怎么恢复" in marked.text, "what strangers write is shown as they wrote it"
    assert "&lt;script&gt;" in marked.html


async def test_an_admin_posts_the_answer_in_the_group(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    scene = Scene(api)
    asked = scene.group.say(scene.member, "@double_bot 我爸走了 医保账户怎么注销")
    await scene.told(1)
    scene.group.say(scene.admin, "/help")
    scene.group.say(scene.other, "/help")
    await scene.told(3)
    stranger, admin = api.private_chat(scene.other.id), api.private_chat(scene.admin.id)
    stranger.forward("我爸走了 医保账户怎么注销", scene.member)
    admin.forward("@double_bot 我爸走了 医保账户怎么注销", scene.member)
    assert not any("发到" in label for label in (await api.wait_for_messages(stranger.id, 1, 10))[0].labels)
    answer = (await api.wait_for_messages(admin.id, 1, 10))[0]
    assert "发到「参保群」" in answer.labels
    assert (await api.wait_for_answer(admin.press(answer, "发到「参保群」"), 10))["text"] == "已发到群里。"
    posted = await scene.told(4)
    assert posted.labels[-1] == "不清楚" or "私聊" in posted.labels[-1]
    assert asked
    assert await scene.toast(scene.other, posted, posted.labels[0]) != ""
    assert await scene.toast(scene.member, posted, posted.labels[0]) == ""
    await api.wait_until(lambda: posted.history, 10)
    await asyncio.sleep(2.1)  # what is forwarded sooner belongs to what was forwarded before
    channel = {
        "type": "channel",
        "chat": {"id": scene.group.id, "type": "channel", "title": "x"},
        "message_id": asked["message_id"],
        "date": 1,
    }
    admin.forward("失业金能领几个月？", channel)
    second = (await api.wait_for_messages(admin.id, 2, 10))[1]
    admin.press(second, "发到「参保群」")
    assert (await scene.told(5)).reply_to == asked["message_id"]


async def test_a_changed_question_changes_its_answer(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    launch()
    chat = api.private_chat(PERSON)
    asked = chat.say("失业金能领几个月")
    answer = (await api.wait_for_messages(chat.id, 1, 10))[0]
    chat.edit(asked["message_id"], "医保卡丢了补办要带什么材料")
    await api.wait_until(lambda: "☐" in answer.text, 10)
    chat.edit(asked["message_id"], "医保卡丢了，补办要带什么材料")  # the same answer: nothing to change
    chat.say("我爸走了 医保账户怎么注销")
    question = (await api.wait_for_messages(chat.id, 2, 10))[1]
    reply = chat.say("没有")
    told = (await api.wait_for_messages(chat.id, 3, 10))[2]
    before = told.text
    chat.edit(reply["message_id"], "有未结清费用")
    await api.wait_until(lambda: told.text != before, 10)
    assert question.history == []
    assert len(answer.history) == 1
    assert len(api.sent(chat.id)) == 3
    chat.say("那需要多久")
    await api.wait_until(lambda: len(api.sent(chat.id)) > 3, 10)
