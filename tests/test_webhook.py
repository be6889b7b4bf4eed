"""Webhook mode end to end: the double delivers to the real process, as Telegram does."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.incoming import Me
from bot.channels.telegram.receiver import ALLOWED_UPDATES, received
from bot.channels.telegram.webhook import parse
from bot.storage import Received
from tests.bot_api_double import BotApiDouble
from tests.process import SECRET, Bot, free_port
from tests.test_telegram import api, both_engines, launch, someone, told

__all__ = ["api", "launch"]

HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Hook:
    """Addresses of a bot in webhook mode."""

    def __init__(self) -> None:
        self.port, self.http_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}/telegram"
        self.http = f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SHEBAO_WEBHOOK_URL": self.url,
            "SHEBAO_WEBHOOK_LISTEN": f"127.0.0.1:{self.port}",
            "SHEBAO_WEBHOOK_SECRET": SECRET,
            "SHEBAO_HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
        }

    async def post(self, content: bytes | str, secret: str | None = SECRET, **headers: str) -> int:
        sent = {"Content-Type": "application/json", **headers}
        if secret is not None:
            sent[HEADER] = secret
        async with httpx.AsyncClient(trust_env=False) as client:
            return (await client.post(self.url, content=content, headers=sent)).status_code


async def registered(api: BotApiDouble) -> None:
    await api.wait_until(lambda: any(call.ok for call in api.calls("setWebhook")), timeout=20)


@pytest.fixture
def hook() -> Hook:
    return Hook()


@both_engines
async def test_a_conversation_by_webhook(api: BotApiDouble, launch: Callable[..., Bot], hook: Hook) -> None:
    early = someone(api)
    early.say("停保后怎么恢复")  # before the bot is there: nothing that waits is dropped
    bot = launch(**hook.environment)
    chat = someone(api)
    chat.say("我爸去世了，医保账户怎么注销？")
    question = await told(api, chat, 1)
    chat.press(question, "没有未结清费用")
    assert "<b>所需材料</b>" in (await told(api, chat, 2)).html
    assert (await told(api, early, 1)).text.startswith("停保后怎么恢复")
    [call] = api.calls("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert call.params["allowed_updates"] == ALLOWED_UPDATES
    assert not call.params.get("drop_pending_updates")
    assert bot.end() == 0
    assert api.calls("getUpdates") == api.calls("deleteWebhook") == []  # other replicas go on with it
    assert SECRET not in bot.log


async def test_who_does_not_know_the_secret_or_sends_no_update_is_turned_away(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    bot = launch(**hook.environment)
    await registered(api)
    update = json.dumps({"update_id": 77, "message": {"text": "停保"}})
    assert await hook.post(update, secret=None) == 403
    assert await hook.post(update, secret="") == 403
    assert await hook.post(update, secret=SECRET[:-1]) == 403
    assert await hook.post(update, secret=SECRET + "x") == 403
    assert await hook.post("x" * 2_000_000, secret="wrong") == 403
    assert await hook.post(update, **{"Content-Type": "text/plain"}) == 415
    assert await hook.post("{") == 400
    assert await hook.post("[" * 100_000) == 400
    assert await hook.post("[]") == 400
    assert await hook.post("{}") == 400
    assert await hook.post('{"update_id": 1e400}') == 400
    assert await hook.post(f'{{"update_id": {2**63}}}') == 400
    assert await hook.post('{"update_id": -1}') == 400
    assert await hook.post(b"\xff\xfe") == 400
    assert await hook.post(" " * (1024 * 1024 + 1)) == 413
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(hook.url, headers={HEADER: SECRET})).status_code == 405
        assert (await client.post(f"http://127.0.0.1:{hook.port}/other")).status_code == 404
        assert (await client.get(f"http://127.0.0.1:{hook.port}/metrics")).status_code == 404
        assert (await client.get(hook.url, headers={"X-Long": "x" * 100_000})).status_code == 400
        metrics = (await client.get(f"{hook.http}/metrics")).text
    assert bot.rows("select count(*) from inbox") == [(0,)]
    assert 'shebao_webhook_requests_total{status="403"} 5.0' in metrics
    # Signs that no database takes are no reason to refuse: Telegram would bring the update again for a day.
    assert await hook.post('{"update_id": 5, "message": {"text": "\\ud800\\u0000"}}') == 200
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)


async def test_a_body_without_an_announced_length_is_cut_off_where_it_is_too_long(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    launch(**hook.environment)
    await registered(api)
    reader, writer = await asyncio.open_connection("127.0.0.1", hook.port)
    head = f"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{HEADER}: {SECRET}\r\n"
    writer.write((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    for _ in range(33):
        writer.write(chunk)
    await writer.drain()
    assert b" 413 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_what_cannot_be_stored_is_refused_and_taken_when_it_comes_again(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    bot = launch(**hook.environment)
    await registered(api)
    locked = sqlite3.connect(bot.folder / "data/shebao.db", isolation_level=None)
    try:
        locked.execute("begin immediate")
        chat = someone(api)
        chat.say("停保后怎么恢复")
        async with httpx.AsyncClient(trust_env=False) as client:
            ready = await client.get(f"{hook.http}/readyz", timeout=10)
            alive = await client.get(f"{hook.http}/healthz")
        await api.wait_until(lambda: "503" in api.world.webhook.get("last_error_message", ""), timeout=30)
        locked.execute("rollback")
    finally:
        locked.close()
    assert (ready.status_code, ready.json()["database"], alive.status_code) == (503, "not ready", 200)
    assert (await told(api, chat, 1)).text.startswith("停保后怎么恢复")
    assert len(api.sent(chat.id)) == 1
    assert bot.log.count("storing updates does not work") == 1
    assert "停保" not in bot.log  # the database's error would quote what it was given


async def test_an_update_that_is_brought_again_is_answered_once(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    launch(**hook.environment)
    await registered(api)
    chat = someone(api)
    message = {
        "message_id": 9,
        "date": 1,
        "chat": {"id": chat.id, "type": "private"},
        "from": {"id": chat.id, "is_bot": False, "first_name": "x"},
        "text": "停保后怎么恢复",
    }
    update = json.dumps({"update_id": 5_000_000, "message": message})
    # At once and one after the other: an answer of ours may be lost on its way, or two proxies may bring the same.
    assert await asyncio.gather(*(hook.post(update) for _ in range(5))) == [200] * 5
    assert await hook.post(update) == 200
    await told(api, chat, 1)
    assert await hook.post(json.dumps({"update_id": 5_000_001, "message": message | {"text": "谢谢"}})) == 200
    assert (await told(api, chat, 2)).text.startswith("不客气")


async def test_a_webhook_that_telegram_refuses_ends_with_one_sentence(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    api.fail_next("setWebhook", status=400, description="Bad Request: bad webhook: IP address 127.0.0.1 is reserved")
    bot = launch(**hook.environment)
    assert await bot.ended() == 1
    assert "Telegram refuses the webhook" in bot.log
    assert "SHEBAO_WEBHOOK_URL" in bot.log


async def test_a_busy_telegram_is_asked_again_for_the_webhook(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook
) -> None:
    api.fail_next("setWebhook", times=1, status=429, retry_after=1)
    api.fail_next("setWebhook", times=1, status=500)
    launch(**hook.environment)
    chat = someone(api)
    chat.say("谢谢")
    await told(api, chat, 1)
    assert [call.status for call in api.calls("setWebhook")] == [429, 500, 200]


async def test_an_address_in_use_ends_with_one_sentence(
    api: BotApiDouble, launch: Callable[..., Bot], hook: Hook, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bot = launch(SHEBAO_HTTP_LISTEN=f"127.0.0.1:{taken.getsockname()[1]}")
        assert await bot.ended() == 1
    assert "SHEBAO_HTTP_LISTEN" in bot.log
    assert "cannot be listened on" in bot.log


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON: st.SearchStrategy[object] = st.deferred(
    lambda: LEAVES | st.lists(JSON, max_size=4) | st.dictionaries(st.text(max_size=8), JSON, max_size=4)
)


def row_of(body: bytes) -> Received | None:
    raw = parse(body)
    return received(raw, 1.0, Me(123456, "double_bot")) if raw is not None else None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_whatever_breaks_the_reading_of_updates(body: bytes) -> None:
    row = row_of(body)
    assert row is None or isinstance(row.update_id, int)


@settings(max_examples=150, deadline=None)
@given(st.integers(), st.integers(-(10**90), 10**90), st.dictionaries(st.sampled_from(["callback_query", "x"]), JSON))
def test_what_is_read_from_a_body_can_be_stored(number: int, chat: int, rest: dict[str, object]) -> None:
    update = {"update_id": number, "message": {"chat": {"id": chat}}, **rest}
    row = row_of(json.dumps(update).encode())
    if row is not None:
        assert 0 <= row.update_id < 2**63
        assert len(row.chat) <= 80
        json.dumps(dict(row.payload), ensure_ascii=False).encode()
