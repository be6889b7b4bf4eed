"""How calls of the Bot API travel: over real sockets on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram import transport
from bot.channels.telegram.transport import Transport, call
from tests.process import free_port

TOKEN = "12345:secret_part_of_the_token"
# Made for this file, trusted by nobody.
SELF_SIGNED = Path(__file__).with_name("data") / "self-signed.pem"
WELL = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"ok":true,"result":[1]}'


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    transport._proxy_of.cache_clear()
    yield
    transport._proxy_of.cache_clear()


@contextlib.asynccontextmanager
async def server(answer: bytes | None, heard: list[bytes], tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that says the same to everybody; None: nothing at all."""

    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            if answer is None:
                await asyncio.sleep(5)
            else:
                writer.write(answer)
                await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for task in serving:
            assert task
            task.cancel()
        await asyncio.gather(*filter(None, serving), return_exceptions=True)


@contextlib.asynccontextmanager
async def bot_at(url: str) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=Transport(2), get_updates_request=Transport(1))
    await bot.request.initialize()
    try:
        yield bot
    finally:
        await bot.request.shutdown()


async def ask(url: str, seconds: float = 5) -> object:
    async with bot_at(url) as bot:
        return await call(bot, "getUpdates", {"offset": 1, "text": "医保"}, seconds)


async def test_a_call_goes_as_json_and_its_result_comes_back_as_it_is() -> None:
    heard: list[bytes] = []
    async with server(WELL, heard) as port:
        assert await ask(f"http://127.0.0.1:{port}") == [1]
    assert heard[0].startswith(f"POST /bot{TOKEN}/getUpdates HTTP/1.1".encode())
    assert b"application/json" in heard[0]


async def test_a_call_goes_through_the_proxy_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    async with server(WELL, heard) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        assert await ask("http://telegram.example") == [1]
    assert heard[0].startswith(b"POST http://telegram.example/bot")


async def test_a_host_in_no_proxy_is_called_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    async with server(WELL, heard) as port:
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        assert await ask(f"http://127.0.0.1:{port}") == [1]


async def test_a_proxy_of_another_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(NetworkError, match="ALL_PROXY names no http proxy"):
        await ask("http://telegram.example")


async def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(SELF_SIGNED)
    heard: list[bytes] = []
    async with server(WELL, heard, tls) as port:
        with pytest.raises(NetworkError, match="Certificate"):
            await ask(f"https://127.0.0.1:{port}")
    assert heard == []


def _says(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "kind", "seconds"),
    [
        (None, TimedOut, 0.3),
        (b"", NetworkError, 5),
        (_says("502 Bad Gateway", "<html>down</html>"), NetworkError, 5),
        (_says("200 OK", "<html>log in to this network</html>"), TelegramError, 5),
        (_says("200 OK", "[]"), TelegramError, 5),
        (_says("429 Too Many", '{"ok":false,"parameters":{"retry_after":3}}'), RetryAfter, 5),
    ],
)
async def test_what_fails_is_an_error_of_telegrams_kind_without_the_token(
    answer: bytes | None, kind: type[Exception], seconds: float, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with server(answer, []) as port:
        with pytest.raises(kind) as error:
            await ask(f"http://127.0.0.1:{port}", seconds)
    assert "secret_part" not in str(error.value) + caplog.text


async def test_a_server_that_is_not_there_is_an_error_without_the_token() -> None:
    with pytest.raises(NetworkError, match=r"Connect call failed|refused") as error:
        await ask(f"http://127.0.0.1:{free_port()}")
    assert "secret_part" not in str(error.value)


async def test_a_transport_that_is_closed_says_so() -> None:
    async with bot_at("http://127.0.0.1:9") as bot:
        await bot.request.shutdown()
        with pytest.raises(NetworkError, match="not open"):
            await call(bot, "getMe", {}, 1)
