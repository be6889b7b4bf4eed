"""Inline mode end to end: `@bot 社保卡丢了` in any chat, by polling and by webhook."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.inline import read_inline
from bot.privacy import scrub
from tests.bot_api_double import BotApiDouble, PrivateChat, parse
from tests.process import Bot
from tests.test_telegram import api, launch, someone, told
from tests.test_webhook import Hook, hook, registered

__all__ = ["api", "hook", "launch"]

BROKEN: tuple[object, ...] = ({"id": "1", "query": "停保"}, {"id": "1", "from": {"id": 1.5}, "query": 7}, [], None)


async def answered(api: BotApiDouble, chat: PrivateChat, query: str, offset: str = "") -> dict[str, Any]:
    return await api.wait_for_answer(api.inline(chat, query, offset), timeout=20)


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in answer["results"]]


def sent_by(result: dict[str, Any]) -> str:
    """What stands in the chat when somebody picks a result."""
    return parse(result["input_message_content"]["message_text"])[0]


async def test_whoever_types_after_the_bots_name_gets_answers_to_send(
    api: BotApiDouble, launch: Callable[..., Bot]
) -> None:
    bot = launch(SHEBAO_LOG_LEVEL="DEBUG")
    chat, abroad = someone(api), someone(api, "en")
    answer = await answered(api, chat, "社保卡丢了")
    first = answer["results"][0]
    assert (first["id"], first["title"]) == ("medical-insurance-replace", "医保（医保卡）怎么补办")
    assert first["description"].startswith("到当地医保经办机构申请")
    assert (answer["cache_time"], answer["is_personal"]) == (10, True)
    assert "所需材料" in sent_by(first)
    assert sent_by(first).endswith("咨询电话：社会保险 12333，医疗保险 12393。")
    assert "button" not in answer
    # Details that are stated are taken; what is open is shown with its cases.
    cancel = "我爸去世了，医保账户怎么注销"
    assert "没有未结清费用：" in sent_by((await answered(api, chat, cancel))["results"][0])
    assert "没有未结清费用：" not in sent_by((await answered(api, chat, cancel + "，没有未结清费用"))["results"][0])

    # Half-typed, in either language, in pinyin, by initials.
    for half in ("社保卡丢", "shebaoka diu", "shebaoka d", "yibaoka d", "sbkdl"):
        found = await answered(api, abroad, half)
        assert found["results"][0]["title"] == "医保（医保卡）怎么补办", half
    english = await answered(api, chat, "how do I canc")
    assert english["results"][0]["title"] == "How to cancel a medical insurance account"
    many = await answered(api, chat, "医保")
    assert len(ids(many)) == len(set(ids(many))) == 10
    assert (await answered(api, chat, "医保", offset="10"))["results"] == []
    topics = await answered(api, abroad, "")
    assert len(ids(topics)) == 6
    assert topics["results"][0]["title"] == "How to cancel a medical insurance account"

    # What nobody can read, and what nothing is known of.
    for strange in ("😀" * 256, "\x00\x07", "？！", "今天天气怎么样", "qzv" * 85):
        nothing = await answered(api, chat, strange)
        assert nothing["results"] == []
        assert nothing["button"]["start_parameter"] == "ask"
    assert nothing["button"]["text"] == "Nothing found: ask in a private chat"  # in Latin letters, as it was typed
    for broken in BROKEN:
        api.queue_raw({"inline_query": broken})
    chat.say("/start ask")
    assert "请把问题完整地写在这里" in (await told(api, chat, 1)).text

    # Nothing of it is kept, confirmed or not.
    await api.wait_until(lambda: not api.pending, timeout=10)
    await answered(api, chat, "我叫王小明，身份证11010519491231002X，停保")
    assert bot.rows("select count(*) from inbox") == [(1,)]
    assert bot.rows("select count(*) from questions") == [(0,)]
    assert not any(word in bot.log for word in ("停保", "王小明", "1949", "天气"))


async def test_a_slow_or_refused_inline_answer_holds_nobody_up(api: BotApiDouble, launch: Callable[..., Bot]) -> None:
    bot = launch()
    typing, other, chat = someone(api), someone(api), someone(api)
    await answered(api, other, "停保")
    api.fail_next("answerInlineQuery", delay=1.5)
    typed = [api.inline(typing, "医保卡丢了"[:length]) for length in range(1, 6)]
    await api.wait_until(lambda: len(api.calls("answerInlineQuery")) == 2, timeout=10)
    chat.say("停保后怎么恢复")
    await told(api, chat, 1)
    await answered(api, other, "失业金")
    assert api.inline_answer(typed[0]) is None  # still on its way
    await api.wait_for_answer(typed[-1], timeout=20)
    # The newest counts: what was typed while the first was on its way is not answered any more.
    assert [api.inline_answer(each) is not None for each in typed] == [True, False, False, False, True]

    api.fail_next("answerInlineQuery", status=400, description="Bad Request: query is too old")
    api.inline(other, "停保")
    await api.wait_until(lambda: "an inline query was not answered" in bot.log, timeout=10)
    assert ids(await answered(api, other, "停保要什么材料"))[0] == "medical-insurance-stop"
    assert len(api.calls("answerInlineQuery")) == 6  # the refused one is not tried again


async def test_inline_queries_by_webhook_are_answered_once_and_never_stored(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    bot = launch(**hook.environment)
    await registered(api)
    chat = someone(api)
    query_id = api.inline(chat, "sbkdl")
    answer = await api.wait_for_answer(query_id, timeout=20)
    assert ids(answer)[0] == "medical-insurance-replace"
    query = {
        "id": query_id,
        "from": {"id": chat.id, "is_bot": False, "first_name": "x"},
        "query": "sbkdl",
        "offset": "",
    }
    for number in (9_000_000, 9_000_001):  # brought again, since our answer was lost
        assert await hook.post(json.dumps({"update_id": number, "inline_query": query})) == 200
    assert await hook.post(json.dumps({"update_id": 9_000_002, "inline_query": {"query": "停保"}})) == 200
    await answered(api, chat, "停保")
    assert len(api.calls("answerInlineQuery")) == 2
    assert bot.rows("select count(*) from inbox") == [(0,)]


SHAPES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "from", "query", "offset", "language_code"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(SHAPES)
def test_no_inline_query_whatever_its_shape_breaks_the_reading(part: object) -> None:
    query = read_inline(scrub({"update_id": 1, "inline_query": part}))
    assert query is None or (query.id and isinstance(query.user, int))
