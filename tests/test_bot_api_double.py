"""Tests of the Bot API double, seen by python-telegram-bot and by plain HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
)
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.bot_api_double import BotApiDouble, HtmlError, parse

pytestmark = pytest.mark.asyncio
HTML = ParseMode.HTML
FORUM = -1001234567890
Json = dict[str, Any]


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApiDouble]:
    async with BotApiDouble(token="123456:TEST") as double:
        yield double


@pytest_asyncio.fixture
async def bot(api: BotApiDouble) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=f"{api.base_url}/bot") as client:
        yield client


async def call(api: BotApiDouble, method: str, params: Json) -> Json:
    """A call python-telegram-bot would not make."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{api.base_url}/bot{api.token}/{method}", json=params)
    body: Json = answer.json()
    return body


def keyboard(*buttons: Json) -> Json:
    return {"inline_keyboard": [list(buttons)]}


DATA = {"text": "a", "callback_data": "b"}
ARTICLE = {
    "type": "article",
    "id": "1",
    "title": "t",
    "input_message_content": {"message_text": "m"},
}
TEXT: Json = {"chat_id": 7, "text": "x"}


def message(**more: object) -> tuple[str, Json]:
    return "sendMessage", {**TEXT, **more}


def results(*items: Json) -> tuple[str, Json]:
    return "answerInlineQuery", {"inline_query_id": "IQ", "results": list(items)}


def commands(*items: Json, **more: object) -> tuple[str, Json]:
    return "setMyCommands", {"commands": list(items), **more}


def markup(value: object) -> tuple[str, Json]:
    return message(reply_markup=value)


BAD: list[tuple[tuple[str, Json], str, str]] = [
    (("noSuchMethod", {}), "unknown method", "Not Found: method not found"),
    (("sendMessage", {"text": "x"}), "chat_id: missing", "chat_id is empty"),
    (("sendMessage", {"chat_id": 7}), "text: missing", "message text is empty"),
    (message(text=" \n"), "text: empty", "message text is empty"),
    (message(text=5), "text: a string expected", "can't parse text"),
    (message(text="字" * 4097), "text: 4097 characters", "message is too long"),
    (message(chat_id="seven"), "chat_id: an integer", "chat not found"),
    (message(chat_id=8), "chat_id: there is no chat 8", "chat not found"),
    (message(disable_notification="maybe"), "disable_notification: a boolean", "can't parse"),
    (message(parse_mode="BBCode"), "parse_mode: unknown", "unsupported parse_mode"),
    (message(parse_mode="Markdown"), "parse_mode: Markdown", "unsupported parse_mode"),
    (message(text="<b>x", parse_mode="HTML"), "text: Can't find end tag", "can't parse entities"),
    (
        message(entities=[{"type": "bold", "offset": 0, "length": 2}]),
        "entities:",
        "ENTITY_BOUNDS_INVALID",
    ),
    (message(entities=[{"type": "fat", "offset": 0, "length": 1}]), "entities[0].type", "entities"),
    (message(entities=[{"type": "text_link", "offset": 0, "length": 1}]), "url", "entities"),
    (message(link_preview_options={"is_disabled": "?"}), "link_preview_options.is_", "can't parse"),
    (message(reply_parameters={"message_id": 99}), "never was", "message to be replied not found"),
    (message(reply_parameters={"message_id": "x"}), "reply_parameters.message_id", "can't parse"),
    (message(message_thread_id=3), "message_thread_id", "message thread not found"),
    (markup("{"), "reply_markup: not JSON", "can't parse reply_markup"),
    (markup({"buttons": []}), "reply_markup: not a keyboard", "can't parse reply_markup"),
    (markup({"inline_keyboard": [DATA]}), "inline_keyboard[0]: a list", "can't parse"),
    (markup(keyboard({"text": "a"})), "exactly one action", "Text buttons are unallowed"),
    (markup(keyboard({**DATA, "url": "https://a.b"})), "exactly one action", "Text buttons"),
    (markup(keyboard({"callback_data": "b"})), "text: missing", "can't parse"),
    (markup(keyboard({**DATA, "text": ""})), "0 characters", "text is empty"),
    (markup(keyboard({**DATA, "callback_data": "字" * 22})), "66 bytes", "BUTTON_DATA_INVALID"),
    (markup(keyboard({**DATA, "callback_data": ""})), "0 bytes", "BUTTON_DATA_INVALID"),
    (markup(keyboard({**DATA, "colour": "red"})), "colour: unknown field", "can't parse"),
    (markup(keyboard({"text": "a", "url": "nowhere"})), "is not a link", "URL"),
    (markup(keyboard({"text": "a", "web_app": {"url": "http://a.b"}})), "HTTPS", "HTTPS"),
    (markup(keyboard({"text": "a", "copy_text": {"text": "c" * 257}})), "257", "COPY_TEXT"),
    (markup(keyboard(DATA, {"text": "a", "pay": True})), "first button", "BUTTON_POS_INVALID"),
    (markup(keyboard(*[DATA] * 9)), "9 buttons in a row", "too long"),
    (markup({"inline_keyboard": [[DATA] * 8] * 13}), "104 buttons", "too long"),
    (markup({"keyboard": [[{"text": ""}]]}), "keyboard[0][0].text", "can't parse"),
    (
        markup({"keyboard": [[{"text": "a", "request_contact": True, "request_location": True}]]}),
        "more than one request",
        "can't parse",
    ),
    (markup({"remove_keyboard": False}), "only true", "can't parse"),
    (markup({"force_reply": True, "input_field_placeholder": "p" * 65}), "65", "can't parse"),
    (("editMessageText", {"text": "x", "chat_id": 7}), "message_id: missing", "not specified"),
    (("editMessageText", {**TEXT, "message_id": 50}), "never was", "message to edit not found"),
    (("editMessageText", {**TEXT, "message_id": 1}), "not the bot's own", "can't be edited"),
    (
        ("editMessageText", {**TEXT, "message_id": 2, "reply_markup": {"force_reply": True}}),
        "only an inline keyboard",
        "inline keyboard expected",
    ),
    (("deleteMessage", {"chat_id": 7, "message_id": 50}), "never was", "message to delete"),
    (("deleteMessage", {"chat_id": 7, "message_id": "a"}), "message_id: an integer", "message_id"),
    (("answerCallbackQuery", {"callback_query_id": "1"}), "never delivered", "query is too old"),
    (("answerCallbackQuery", {"callback_query_id": "CQ", "text": "x" * 201}), "201", "TOO_LONG"),
    (("sendChatAction", {"chat_id": 7, "action": "dancing"}), "action", "wrong parameter action"),
    (commands({"command": "Start", "description": "d"}), "commands[0].command", "COMMAND_INVALID"),
    (commands({"command": "a" * 33, "description": "d"}), "33", "COMMAND_INVALID"),
    (commands({"command": "a", "description": ""}), "description", "DESCRIPTION_INVALID"),
    (commands(*[{"command": f"c{i}", "description": "d"} for i in range(101)]), "101", "TOO_MUCH"),
    (commands(scope={"type": "everyone"}), "scope: unknown", "BotCommandScope"),
    (commands(scope={"type": "chat"}), "scope.chat_id: missing", "chat_id"),
    (commands(language_code="zh-hans"), "language_code", "LANG_CODE_INVALID"),
    (("setMyDescription", {"description": "d" * 513}), "513", "can't parse description"),
    (("setMyShortDescription", {"short_description": "d" * 121}), "121", "short_description"),
    (("answerInlineQuery", {"inline_query_id": "1", "results": []}), "never delivered", "too old"),
    (results(*[{**ARTICLE, "id": str(i)} for i in range(51)]), "51 items", "RESULTS_TOO_MUCH"),
    (results(ARTICLE, ARTICLE), "used twice", "RESULT_ID_DUPLICATE"),
    (results({**ARTICLE, "id": "x" * 65}), "65 bytes", "RESULT_ID_INVALID"),
    (results({**ARTICLE, "type": "poem"}), "results[0].type: unknown type", "can't parse"),
    (results({"type": "article", "id": "1", "title": "t"}), "input_message_content", "can't parse"),
    (results({"type": "photo", "id": "1"}), "needs photo_url", "can't parse"),
    (
        results({**ARTICLE, "input_message_content": {"message_text": "<b", "parse_mode": "HTML"}}),
        "input_message_content.message_text",
        "can't parse entities",
    ),
    (("getUpdates", {"limit": 101}), "limit: 101 is outside 1..100", "limit"),
    (("getUpdates", {"timeout": -1}), "timeout: -1", "timeout"),
    (
        ("getUpdates", {"allowed_updates": "message"}),
        "allowed_updates: not JSON",
        "allowed_updates",
    ),
    (("setWebhook", {"url": "http://example.org/"}), "url:", "An HTTPS URL must be provided"),
    (("setWebhook", {"url": "https://a.b", "secret_token": "ß"}), "secret_token", "unallowed"),
    (("getChatMember", {"chat_id": 7}), "user_id: missing", "invalid user_id"),
    (("getChatAdministrators", {"chat_id": 7}), "private", "no administrators"),
    (("leaveChat", {"chat_id": 7}), "private", "private chats"),
    (("getChat", {"chat_id": "@nobody"}), "there is no chat @nobody", "chat not found"),
    (
        ("copyMessage", {"chat_id": 7, "from_chat_id": 7, "message_id": 50}),
        "never was",
        "message to copy not found",
    ),
    (
        ("forwardMessage", {"chat_id": 7, "from_chat_id": 9, "message_id": 1}),
        "from_chat_id: there is no chat 9",
        "chat not found",
    ),
    (("sendPhoto", {"chat_id": 7, "photo": ""}), "photo: a file expected", "no file"),
    (("sendDocument", {"chat_id": 7}), "document: missing", "document"),
    (("sendDocument", {"chat_id": 7, "document": "attach://x"}), "named 'x'", "wrong file"),
    (
        ("sendPhoto", {"chat_id": 7, "photo": "F", "caption": "c" * 1025}),
        "caption: 1025 characters",
        "message caption is too long",
    ),
]


async def test_bad_calls_are_refused_and_recorded(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7, "Li")
    assert li.say("hello")["message_id"] == 1
    sent = await bot.send_message(
        7,
        "pick",
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="b")]]),
    )
    assert sent.message_id == 2
    pressed, asked = li.press(api.sent(7)[0], "a"), api.inline(li, "what")
    async with httpx.AsyncClient() as client:
        for (method, params), violation, description in BAD:
            given = json.loads(json.dumps(params).replace('"CQ"', f'"{pressed}"'))
            given = json.loads(json.dumps(given).replace('"IQ"', f'"{asked}"'))
            url = f"{api.base_url}/bot{api.token}/{method}"
            answer = await client.post(url, json=given)
            body, label = answer.json(), f"{method} {violation}"
            assert body["ok"] is False, label
            assert answer.status_code == body["error_code"] == (404 if method == "noSuchMethod" else 400), label
            assert description in body["description"], (label, body)
            found = api.violations.copy()
            assert len(found) == 1, (label, found)
            assert found[0].startswith(f"{method}: "), label
            assert violation in found[0], (label, found)
            api.violations.clear()
    assert len(api.sent()) == 1


async def test_good_calls_pass(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7, "Li")
    first = li.say("/start now")
    every = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("数" * 20, callback_data="字" * 21 + "x")] * 8,
            [
                InlineKeyboardButton("u", url="https://example.org/?a=1"),
                InlineKeyboardButton("c", copy_text=CopyTextButton("c" * 256)),
                InlineKeyboardButton("s", switch_inline_query=""),
                InlineKeyboardButton("h", switch_inline_query_current_chat="q"),
            ],
        ]
    )
    await bot.send_message(7, "字" * 4096)
    await bot.send_message(chat_id="7", text="<b>" + "字" * 4096 + "</b>", parse_mode=HTML)
    sent = await bot.send_message(
        7,
        "hello",
        reply_markup=every,
        reply_parameters=ReplyParameters(first["message_id"]),
        disable_notification=True,
    )
    assert sent.reply_to_message is not None
    assert sent.reply_markup == every
    bold = MessageEntity(MessageEntity.BOLD, 0, 2)
    await bot.send_message(7, "🏟x", entities=[bold])
    lost = ReplyParameters(999, allow_sending_without_reply=True)
    await bot.send_message(7, "x", reply_parameters=lost)
    rows = [[KeyboardButton("ring", request_contact=True), KeyboardButton("plain")]]
    await bot.send_message(7, "x", reply_markup=ReplyKeyboardMarkup(rows, resize_keyboard=True))
    await bot.send_message(7, "x", reply_markup=ReplyKeyboardRemove())
    await bot.send_message(7, "x", reply_markup=ForceReply(input_field_placeholder="name"))
    await bot.send_chat_action(7, "typing")
    photo = await bot.send_photo(7, b"\x89PNG\r\n\r\n--x", caption="<i>c</i>", parse_mode=HTML)
    assert photo.caption == "c"
    assert photo.photo[0].file_size == 11
    document = await bot.send_document(7, b"data", filename="书.txt", caption="c" * 1024)
    assert document.document is not None
    assert document.document.file_size == 4
    await bot.send_document(7, document.document.file_id)
    assert api.sent(7)[0].file is None
    copied = await bot.copy_message(7, 7, first["message_id"])
    assert copied.message_id == api.sent(7)[-1].message_id
    forwarded = await bot.forward_message(7, 7, first["message_id"])
    assert forwarded.text == "/start now"
    assert forwarded.forward_origin is not None
    assert await bot.set_my_commands([BotCommand("start", "开始"), BotCommand("help_2", "h" * 256)])
    await bot.set_my_commands([("a", "b")], scope=BotCommandScopeChat(7), language_code="zh")
    assert [c.command for c in await bot.get_my_commands()] == ["start", "help_2"]
    chat_commands = await bot.get_my_commands(BotCommandScopeChat(7), "zh")
    assert chat_commands[0].command == "a"
    assert await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("d" * 512)
    await bot.set_my_short_description("简" * 120, language_code="zh")
    assert (await bot.get_my_description()).description == "d" * 512
    assert (await bot.get_my_short_description("zh")).short_description == "简" * 120
    assert (await bot.get_chat(7)).first_name == "Li"
    assert (await bot.get_chat_member(7, 7)).status == "member"
    assert (await bot.get_me()).username == "double_bot"
    assert await bot.delete_message(7, photo.message_id)
    assert api.violations == []
    assert len(api.sent(7)) == 13
    assert all(request.ok for request in api.requests)
    assert api.calls("sendMessage")[2].params["reply_parameters"] == {"message_id": 1}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a &lt;&gt;&amp;&quot;&#39;&#x4e2d;", "a <>&\"'中", []),
        ("🏟<b>b<i>c</i></b>", "🏟bc", [("bold", 2, 2), ("italic", 3, 1)]),
        ("<strong>a</strong><em>b</em>", "ab", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [("strikethrough", i, 1) for i in (0, 1, 2)],
        ),
        ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
        ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
        ('<a href="https://a.b/?x=1&amp;y=2">l</a>', "l", [("text_link", 0, 1)]),
        ('<a href="tg://user?id=5">l</a>', "l", [("text_mention", 0, 1)]),
        ('<tg-emoji emoji-id="53">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ("<b>x <code>y</code></b>", "x y", [("bold", 0, 2), ("code", 2, 1)]),
        ('<pre><code class="language-py">y</code></pre>', "y", [("pre", 0, 1)]),
        ("<blockquote>q <b>b</b></blockquote>", "q b", [("blockquote", 0, 3), ("bold", 2, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
    ],
)
async def test_html_allowed(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    plain, found = parse(source)
    assert plain == text
    assert [(e["type"], e["offset"], e["length"]) for e in found] == entities


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("a & b", 'Character "&" must be escaped at byte offset 2'),
        ("中 < b", "Unclosed start tag at byte offset 4"),
        ("a > b", 'Character ">" must be escaped'),
        ("&nbsp;", 'Unsupported entity "&nbsp;"'),
        ("&#0;", "Invalid character reference"),
        ("&#xD800;", "Invalid character reference"),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("x<br>", 'Unsupported start tag "br"'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'expected "</i>", found "</b>"'),
        ("<b>x</>", "Unmatched end tag"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "Nested blockquote"),
        ("<a>x</a>", "Invalid link"),
        ('<a href="page.html">x</a>', "Invalid link"),
        ('<a href="https://a.b"><a href="https://a.b">x</a></a>', "Nested link"),
        ("<span>x</span>", 'must have class "tg-spoiler"'),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji"),
        ('<b class="x">x</b>', 'Unsupported attribute "class"'),
        ("<a href>x</a>", "Expected equal sign"),
        ("<code><b>x</b></code>", 'Tag "b" inside code'),
        ("<pre><pre>x</pre></pre>", 'Tag "pre" inside code'),
        ("<!-- x -->", "Unsupported start tag"),
    ],
)
async def test_html_refused(source: str, error: str) -> None:
    with pytest.raises(HtmlError) as caught:
        parse(source)
    assert error in str(caught.value)


async def test_html_over_http(api: BotApiDouble, bot: Bot) -> None:
    api.private_chat(7)
    sent = await bot.send_message(7, " <b>粗</b> &amp; 🏟<i>x</i>\n", parse_mode=HTML)
    assert sent.text == "粗 & 🏟x"
    assert sent.parse_entity(sent.entities[1]) == "x"
    assert api.sent(7)[0].html == " <b>粗</b> &amp; 🏟<i>x</i>\n"
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(7, "1 < 2", parse_mode=HTML)
    assert len(api.violations) == 1


async def test_unknown_parameter_is_a_violation_but_passes(api: BotApiDouble) -> None:
    api.private_chat(7)
    answer = await call(api, "sendMessage", {**TEXT, "disable_web_page_preview": True})
    assert answer["ok"] is True
    assert api.violations == ["sendMessage: disable_web_page_preview: unknown parameter"]


async def test_body_forms(api: BotApiDouble) -> None:
    api.private_chat(7)
    url = f"{api.base_url}/bot{api.token}/sendMessage"
    kept = json.dumps(keyboard(DATA))
    async with httpx.AsyncClient() as client:
        for answer in (
            await client.get(url, params={"chat_id": 7, "text": "查"}),
            await client.post(url, data={"chat_id": "7", "text": "查", "reply_markup": kept}),
            await client.post(url, files=[("chat_id", (None, "7")), ("text", (None, "查"))]),
            await client.post(url.replace("sendM", "SENDM"), json={"chat_id": "7", "text": "查"}),
        ):
            assert answer.json()["result"]["text"] == "查"
        assert api.violations == []
        assert api.sent(7)[1].labels == ["a"]
        attached = await client.post(
            url.replace("Message", "Document"),
            data={"chat_id": "7", "document": "attach://part"},
            files={"part": ("a.bin", b"\r\n\r\n--\x00")},
        )
        assert attached.json()["result"]["document"]["file_size"] == 7
        await client.post(url, data=TEXT, files={"part": ("a", b"b")})
        photo_url = url.replace("Message", "Photo")
        await client.post(photo_url, data={"chat_id": 7}, files={"photo": ("a.png", b"")})
        for kind, content in (
            ("application/json", b"{"),
            ("application/json", b"[]"),
            ("text/plain", b"x"),
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=y", b"x"),
        ):
            bad = await client.post(url, content=content, headers={"Content-Type": kind})
            assert bad.status_code == 400
    assert [v.split(": ", 1)[1][:8] for v in api.violations] == [
        *("part: un", "photo: t", "body: no", "body: no", "body: co", "body: mu", "body: un")
    ]


async def test_tokens_and_paths(api: BotApiDouble) -> None:
    stranger = Bot("999:OTHER", base_url=f"{api.base_url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    async with httpx.AsyncClient() as client:
        wrong = await client.get(f"{api.base_url}/bot999:OTHER/getMe")
        assert wrong.json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
        assert wrong.status_code == 401
        for path in ("/", "/botnonsense/getMe", f"/bot{api.token}", "/file/x"):
            assert (await client.get(api.base_url + path)).status_code == 404


async def test_polling(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7, "Li", language_code="en")
    for text in ("/start@double_bot go", "see https://a.b #tag", "@double_bot me@x.org"):
        li.say(text)
    first = await bot.get_updates(limit=2)
    assert [u.update_id for u in first] == [1, 2]
    assert first[0].message is not None
    assert first[0].message.from_user is not None
    assert first[0].message.from_user.language_code == "en"
    assert [e.type for e in first[0].message.entities] == ["bot_command"]
    assert len(await bot.get_updates()) == 3
    assert [u.update_id for u in await bot.get_updates(offset=3)] == [3]
    assert [u.update_id for u in await bot.get_updates()] == [3]
    assert api.pending == 1
    li.say("one")
    li.say("two")
    assert [u.update_id for u in await bot.get_updates(offset=-1)] == [5]
    assert api.pending == 1
    started = time.monotonic()
    poll = asyncio.create_task(bot.get_updates(offset=6, timeout=5))
    await asyncio.sleep(0.1)
    li.edit(1, "changed")
    [update] = await poll
    assert update.edited_message is not None
    assert time.monotonic() - started < 1
    assert await bot.get_updates(offset=7, timeout=0) == ()
    await bot.get_updates(offset=7, allowed_updates=["callback_query"])
    li.say("not wanted")
    assert await bot.get_updates() == ()
    assert len(api.world.updates.filtered) == 1
    assert api.violations == []


async def test_conflicts(api: BotApiDouble, bot: Bot) -> None:
    async with Bot(api.token, base_url=f"{api.base_url}/bot") as other:
        earlier = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.sleep(0.1)
        later = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await earlier
        api.private_chat(7).say("hello")
        assert len(await later) == 1
    api.conflict()
    with pytest.raises(Conflict):
        await bot.get_updates(timeout=5)
    running = asyncio.create_task(bot.get_updates(offset=2, timeout=5))
    await asyncio.sleep(0.1)
    api.conflict()
    with pytest.raises(Conflict):
        await running
    assert api.violations == []


async def test_a_poller_that_left_is_no_conflict(api: BotApiDouble, bot: Bot) -> None:
    async with httpx.AsyncClient() as client:
        url = f"{api.base_url}/bot{api.token}/getUpdates?timeout=20"
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url, timeout=0.1)
    await asyncio.sleep(0.05)
    assert await bot.get_updates(timeout=0) == ()
    assert [r.status for r in api.calls("getUpdates")] == [None, 200]


async def test_kinds_of_messages(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7, "Li")
    li.photo("/cap tion")
    li.photo()
    li.sticker()
    li.voice()
    li.contact()
    li.forward("news", "Wang")
    li.forward("news", api.user(9, "Wang"))
    li.say("more", via_bot={"id": 1, "is_bot": True, "first_name": "b"})
    li.raw_update({"poll_answer": {"poll_id": "1", "option_ids": [], "option_persistent_ids": []}})
    seen = await bot.get_updates()
    messages = [u.message for u in seen[:-1]]
    assert all(m is not None and m.chat.id == 7 for m in messages)
    assert messages[0] is not None
    assert messages[0].caption_entities[0].type == "bot_command"
    assert [bool(m and m.forward_origin) for m in messages[5:7]] == [True, True]
    assert [bool(m and (m.sticker or m.voice or m.contact)) for m in messages[2:5]] == [True] * 3
    assert messages[7] is not None
    assert messages[7].via_bot is not None
    with pytest.raises(ValueError, match="characters"):
        li.say("x" * 4097)


async def test_raw_updates(api: BotApiDouble) -> None:
    api.queue_raw({"message": "not an object"})
    api.queue_raw({"nothing": 1}, assign_id=False)
    api.queue_raw({"update_id": 40, "message": None})
    api.queue_raw({"update_id": 1, "again": True})
    api.private_chat(7).say("x")
    updates = (await call(api, "getUpdates", {}))["result"]
    assert [u.get("update_id") for u in updates] == [1, None, 40, 1, 42]
    again = (await call(api, "getUpdates", {"offset": 2}))["result"]
    assert [u.get("update_id") for u in again] == [40, 42]


async def test_buttons_and_answers(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7, "Li")
    button = InlineKeyboardButton("Yes", callback_data="y")
    link = InlineKeyboardButton("Link", url="https://a.b")
    await bot.send_message(7, "ok?", reply_markup=InlineKeyboardMarkup([[button, link]]))
    [sent] = await api.wait_for_messages(7, 1)
    for missing in ("No", "Link"):
        with pytest.raises(LookupError, match="Yes"):
            li.press(sent, missing)
    pressed = [li.press(sent, "Yes"), li.press(sent.message_id, "y"), li.press(sent, "y")]
    updates = await bot.get_updates()
    query = updates[0].callback_query
    assert query is not None
    assert (query.id, query.data) == (pressed[0], "y")
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    assert api.unanswered() == pressed
    assert await query.answer("t" * 200, show_alert=True)
    assert (await api.wait_for_answer(pressed[0]))["show_alert"] is True
    assert api.callback_answer(pressed[1]) is None
    assert api.violations == []
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()
    assert api.violations == [f"answerCallbackQuery: callback_query_id: {pressed[0]} was answered before"]
    api.violations.clear()
    api.expire_queries()
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(pressed[1])
    assert api.violations == []


async def test_edits(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7)
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="b")]])
    sent = await bot.send_message(7, "one", reply_markup=keys)
    await bot.edit_message_text("<b>two</b>", 7, sent.message_id, parse_mode=HTML)
    [seen] = api.sent(7)
    assert (seen.text, seen.reply_markup, seen.history[0].text) == ("two", None, "one")
    assert seen.history[0].reply_markup == keys.to_dict()
    with pytest.raises(LookupError):
        li.press(seen, "a")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("<b>two</b> ", 7, sent.message_id, parse_mode=HTML)
    await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=keys)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(7, sent.message_id, reply_markup=keys)
    assert seen.labels == ["a"]
    forced = await bot.send_message(7, "name?", reply_markup=ForceReply())
    assert api.violations == []
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", 7, forced.message_id)
    assert len(api.violations) == 1
    api.violations.clear()
    photo = await bot.send_photo(7, "FILE")
    assert api.violations == []
    with pytest.raises(BadRequest, match="no text in the message"):
        await bot.edit_message_text("x", 7, photo.message_id)
    api.violations.clear()
    await bot.delete_message(7, sent.message_id)
    assert seen.deleted
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", 7, sent.message_id)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(7, "x", reply_to_message_id=sent.message_id)
    with pytest.raises(LookupError):
        li.press(seen, "a")
    assert api.violations == []


async def test_strict_counts_refusals() -> None:
    async with BotApiDouble(strict=True) as api:
        api.private_chat(7)
        message_id = (await call(api, "sendMessage", TEXT))["result"]["message_id"]
        await call(api, "editMessageText", {**TEXT, "message_id": message_id})
        assert len(api.violations) == 1
        assert "not modified" in api.violations[0]


async def test_inline(api: BotApiDouble, bot: Bot) -> None:
    li = api.private_chat(7)
    query_id = api.inline(li, "query")
    [update] = await bot.get_updates()
    assert update.inline_query is not None
    content = InputTextMessageContent("<b>x</b>", parse_mode=HTML)
    articles = [InlineQueryResultArticle(str(i), "t", content) for i in range(50)]
    assert await update.inline_query.answer(articles, cache_time=5, is_personal=True)
    answer = api.inline_answer(query_id)
    assert answer is not None
    assert len(answer["results"]) == 50
    photo = {
        "type": "photo",
        "id": "p",
        "photo_file_id": "F",
        "caption": "<b>c</b>",
        "parse_mode": "HTML",
    }
    given = {"inline_query_id": query_id, "results": [photo]}
    assert (await call(api, "answerInlineQuery", given))["ok"]
    assert api.violations == []


async def test_group_privacy(api: BotApiDouble, bot: Bot) -> None:
    group = api.group(-100, "Family", members=[7, 8], admins=[9])
    own = await bot.send_message(-100, "hi")
    group.say(7, "chatter")
    group.say(7, "/help")
    group.say(8, "/help@double_bot")
    group.say(8, "/help@other_bot")
    group.say(8, "hey @double_bot")
    group.say(8, "hey @double_bottom")
    group.say(8, "agreed", reply_to=own.message_id)
    texts = [u.message.text for u in await bot.get_updates() if u.message]
    assert texts == ["/help", "/help@double_bot", "hey @double_bot", "agreed"]
    group.chat.privacy = False
    group.say(7, "more chatter")
    assert len(await bot.get_updates()) == 5
    assert [m.user.id for m in await bot.get_chat_administrators(-100)] == [9]
    assert (await bot.get_chat_member(-100, 9)).status == "creator"
    assert (await bot.get_chat_member(-100, 7)).status == "member"
    assert await bot.get_chat_member_count(-100) == 4
    assert api.violations == []
    contact = ReplyKeyboardMarkup([[KeyboardButton("c", request_contact=True)]])
    with pytest.raises(BadRequest, match="private chats only"):
        await bot.send_message(-100, "x", reply_markup=contact)
    assert len(api.violations) == 1


async def test_forum_topics(api: BotApiDouble, bot: Bot) -> None:
    group = api.group(FORUM, "Forum", forum=True, members=[7], privacy=False)
    thread = group.topic(7, "Pensions")
    asked = group.say(7, "how", thread_id=thread)
    assert asked["is_topic_message"] is True
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="b")]])
    await bot.send_message(FORUM, "so", message_thread_id=thread, reply_markup=keys)
    await bot.send_message(FORUM, "so", reply_to_message_id=asked["message_id"])
    assert [m.message_thread_id for m in api.sent(FORUM)] == [thread, thread]
    assert api.sent(FORUM)[1].reply_to == asked["message_id"]
    group.press(7, api.sent(FORUM)[0], "a")
    assert (await bot.get_updates())[-1].callback_query is not None
    assert api.violations == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(FORUM, "so", message_thread_id=thread + 50)
    with pytest.raises(LookupError):
        group.say(7, "x", thread_id=999)
    assert len(api.violations) == 1


async def test_migration_and_leaving(api: BotApiDouble, bot: Bot) -> None:
    group = api.group(-100, "Small", members=[7])
    large = group.migrate(FORUM)
    updates = await bot.get_updates()
    assert updates[0].message is not None
    assert updates[0].message.migrate_to_chat_id == FORUM
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-100, "x")
    assert caught.value.new_chat_id == FORUM
    await bot.send_message(FORUM, "x")
    large.remove_bot(7)
    assert (await bot.get_updates(offset=3))[-1].my_chat_member is not None
    with pytest.raises(Forbidden, match="kicked"):
        await bot.send_message(FORUM, "x")
    large.add_bot(7)
    assert await bot.leave_chat(FORUM)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(FORUM, "x")
    assert api.violations == []


async def test_blocked_and_never_started(api: BotApiDouble, bot: Bot) -> None:
    li, new = api.private_chat(7), api.private_chat(8, started=False)
    li.block()
    for chat_id, reason in ((7, "blocked by the user"), (8, "can't initiate")):
        with pytest.raises(Forbidden, match=reason):
            await bot.send_message(chat_id, "x")
    li.say("back")
    new.say("/start")
    await bot.send_message(7, "x")
    await bot.send_message(8, "x")
    assert api.violations == []


async def test_faults(api: BotApiDouble, bot: Bot) -> None:
    api.private_chat(7)
    api.fail_next("sendMessage", times=2, status=429, retry_after=3)
    for _ in range(2):
        with pytest.raises(RetryAfter) as flood:
            await bot.send_message(7, "x")
        assert flood.value.retry_after == timedelta(seconds=3)
    api.fail_next("sendMessage", status=500)
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(7, "x")
    api.fail_next("sendMessage", status=502)
    with pytest.raises(NetworkError, match=r"502|Bad Gateway"):
        await bot.send_message(7, "x")
    api.fail_next("sendMessage", reset=True)
    with pytest.raises(NetworkError, match="Error"):
        await bot.send_message(7, "x")
    assert api.sent() == []
    api.fail_next("sendMessage", after_effect=True)
    with pytest.raises(NetworkError, match="Error"):
        await bot.send_message(7, "ghost")
    assert [m.text for m in api.sent()] == ["ghost"]
    api.fail_next("*", delay=0.2)
    started = time.monotonic()
    await bot.send_message(7, "late")
    assert time.monotonic() - started >= 0.2
    api.fail_next("getUpdates", status=502)
    with pytest.raises(NetworkError, match=r"502|Bad Gateway"):
        await bot.get_updates()
    api.fail_next("sendMessage", status=500)
    api.clear_faults()
    await bot.send_message(7, "fine")
    assert [bool(r.fault) for r in api.calls("sendMessage")] == [True] * 7 + [False]
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await api.wait_until(lambda: len(api.calls("getUpdates")) == 2)
    api.cut_connections()
    with pytest.raises(NetworkError, match="Error"):
        await poll
    assert api.violations == []


async def test_waiting(api: BotApiDouble, bot: Bot) -> None:
    api.private_chat(7)
    later = asyncio.get_running_loop().create_task(api.wait_for(lambda m: "2" in m.text))
    await bot.send_message(7, "no 1")
    await bot.send_message(7, "no 2")
    assert (await later).text == "no 2"
    assert len(await api.wait_for(2)) == 2
    with pytest.raises(TimeoutError, match="3 messages"):
        await api.wait_for_messages(7, 3, timeout=0.05)


async def test_webhook(api: BotApiDouble, bot: Bot) -> None:
    got: list[tuple[str | None, Json]] = []
    refusals = [500, 403]

    async def hook(request: Request) -> Response:
        body = await request.json()
        got.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), body))
        if refusals:
            return Response("no", refusals.pop())
        reply = {"method": "sendMessage", "chat_id": 7, "text": f"re {body['message']['text']}"}
        return JSONResponse(reply)

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    running = asyncio.create_task(server.serve())
    await api.wait_until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    li = api.private_chat(7)
    li.say("early")
    url = f"http://127.0.0.1:{port}/hook"
    await bot.set_webhook(url, secret_token="s3-T", allowed_updates=["message"])
    li.say("two")
    await api.wait_for_messages(7, 2)
    assert [body["message"]["text"] for _, body in got] == ["early", "early", "early", "two"]
    assert {secret for secret, _ in got} == {"s3-T"}
    assert [m.text for m in api.sent(7)] == ["re early", "re two"]
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await api.wait_until(lambda: api.pending == 0)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (url, 0)
    assert info.last_error_message is not None
    for number in range(200):
        api.private_chat(100 + number % 60).say(str(number))
    await api.wait_until(lambda: api.pending == 0)
    assert len(got) == 204
    await bot.delete_webhook()
    li.say("three")
    assert len(await bot.get_updates()) == 1
    assert api.violations == []
    server.should_exit = True
    await running


async def test_application(api: BotApiDouble) -> None:
    """A whole bot runs against it."""

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.effective_message is not None
        await update.effective_message.reply_text(f"re {update.effective_message.text}")

    app = Application.builder().token(api.token).base_url(f"{api.base_url}/bot").build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling()
        people = [api.private_chat(number) for number in range(10, 20)]
        for number in range(30):
            people[number % 10].say(f"n{number}")
        await api.wait_for(30)
        assert {m.text for m in people[3].messages()} == {"re n3", "re n13", "re n23"}
        await app.updater.stop()
        await app.stop()
    assert api.violations == []


async def test_a_thousand_updates(api: BotApiDouble) -> None:
    li = api.private_chat(7)
    url = f"{api.base_url}/bot{api.token}/getUpdates"
    started = time.monotonic()
    async with httpx.AsyncClient() as client:
        for number in range(1000):
            li.say(f"message {number}")
        seen, offset = 0, 0
        while seen < 1000:
            batch = (await client.get(url, params={"offset": offset})).json()["result"]
            seen, offset = seen + len(batch), batch[-1]["update_id"] + 1
    assert time.monotonic() - started < 1
