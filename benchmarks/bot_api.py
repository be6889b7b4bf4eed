"""A Bot API that costs little, so that a load measures the bot and not the server: it checks nothing (the tests' one does).

    python -m benchmarks.bot_api PORT

The load is ordered by `POST /feed` ({"texts", "count", "rate", "first", "webhooks", "secret"}) and told by `GET /told`. Every
update is of a chat of its own, so that the first message to a chat is its answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import uvicorn

AT_ONCE = 100
"""Updates in one answer to getUpdates, as Telegram gives them."""
POSTS = 40
"""Webhook requests at a time, as Telegram makes them by default."""
TOKEN = "42:load"  # noqa: S105 -- of no bot
BOT = {"id": 42, "is_bot": True, "first_name": "Load", "username": "load_bot"}

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Api:
    """An ASGI application: getUpdates gives what is fed, sendMessage is noted, everything else is well."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._unconfirmed: list[tuple[int, bytes]] = []
        self._more = asyncio.Event()
        self._offered: dict[int, float] = {}
        self._answered: dict[int, float] = {}
        self._messages = itertools.count(1)
        self._sent = 0
        self._feeding: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        method = scope["path"].rpartition("/")[2]
        if method == "getUpdates":
            answer = await self._updates(_number(body, b"offset"))
        elif method == "sendMessage":
            answer = self._message(_number(body, b"chat_id"))
        elif method == "getMe":
            answer = _ok(json.dumps(BOT).encode())
        elif method == "feed":
            self._feeding = asyncio.create_task(self._feed(json.loads(body)))
            answer = b"{}"
        elif method == "told":
            answer = json.dumps(self._told()).encode()
        else:
            answer = _ok(b"true")
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _told(self) -> dict[str, Any]:
        times = [[self._offered[chat], at] for chat, at in self._answered.items() if chat in self._offered]
        return {"offered": len(self._offered), "answered": len(times), "sent": self._sent, "times": times}

    async def _updates(self, offset: int) -> bytes:
        self._unconfirmed = [update for update in self._unconfirmed if update[0] >= offset]
        if not self._unconfirmed:
            if not self._waiting:
                self._more.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._more.wait(), 5)
            while self._waiting and len(self._unconfirmed) < AT_ONCE:
                self._unconfirmed.append(self._waiting.popleft())
        return _ok(b"[" + b",".join(body for _, body in self._unconfirmed) + b"]")

    def _message(self, chat: int) -> bytes:
        self._sent += 1
        self._answered.setdefault(chat, time.monotonic())
        message = {"message_id": next(self._messages), "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}
        return _ok(json.dumps(message).encode())

    async def _feed(self, order: dict[str, Any]) -> None:
        self._offered.clear()
        self._answered.clear()
        self._sent = 0
        texts: Sequence[str] = order["texts"]
        again = "！" if order.get("new") else ""
        # Asked again with one sign more it is the same question, and one that nobody has in memory.
        updates = [
            _update(
                order["first"] + i, texts[i % len(texts)] + again * (order["first"] // 1_000_000 * 4 + i // len(texts))
            )
            for i in range(order["count"])
        ]
        start = time.monotonic()
        if order.get("webhooks"):
            await self._post(updates, order, start)
            return
        for i, (number, body) in enumerate(updates):
            if order["rate"] and (early := start + i / order["rate"] - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self._offered[number] = time.monotonic()
            self._waiting.append((number, body))
            self._more.set()

    async def _post(self, updates: Sequence[tuple[int, bytes]], order: dict[str, Any], start: float) -> None:
        """Bring the updates to each of the webhooks in turn, as a balancer does."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": order["secret"], "content-type": "application/json"}
        urls = itertools.cycle(order["webhooks"])
        queue = iter(enumerate(updates))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=POSTS)) as session:

            async def post_some() -> None:
                for i, (number, body) in queue:
                    if order["rate"] and (early := start + i / order["rate"] - time.monotonic()) > 0:
                        await asyncio.sleep(early)
                    self._offered[number] = time.monotonic()
                    async with session.post(next(urls), data=body, headers=headers) as answer:
                        answer.raise_for_status()

            await asyncio.gather(*(post_some() for _ in range(POSTS)))


def _update(number: int, text: str) -> tuple[int, bytes]:
    person = {"id": number, "is_bot": False, "first_name": "Load", "language_code": "zh-hans"}
    chat = {"id": number, "type": "private", "first_name": "Load"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": chat, "from": person, "text": text}
    return number, json.dumps({"update_id": number, "message": message}).encode()


def _number(body: bytes, name: bytes) -> int:
    """A number out of a form or a JSON object, without reading all of it."""
    at = body.find(name)
    if at < 0:
        return 0
    digits = body[at + len(name) : at + len(name) + 24].lstrip(b"=\"': ")
    return int(digits[: len(digits) - len(digits.lstrip(b"0123456789"))] or 0)


def _ok(result: bytes) -> bytes:
    return b'{"ok":true,"result":' + result + b"}"


def main() -> None:
    """Serve until killed."""
    config = uvicorn.Config(Api(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error", lifespan="off")
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
