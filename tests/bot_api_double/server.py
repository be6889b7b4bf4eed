"""The HTTP server: a thread with a loop of its own, so that bots in other processes reach it."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable
from email.utils import formatdate
from typing import cast

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .body import read_params
from .dispatch import Dispatcher, Reply
from .errors import JsonObject, error_body

_PATH = re.compile(r"/bot(?P<token>\d{1,20}:[A-Za-z0-9_-]+)/(?P<method>[A-Za-z]+)/?")
logger = logging.getLogger(__name__)
_START_TIMEOUT = 10.0


class _Uvicorn(uvicorn.Server):
    """uvicorn, waiting to be stopped instead of looking every tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._stopped: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        if not self.should_exit:
            await self._stopped.wait()

    def stop(self) -> None:
        """Ends the server; may be called from any thread."""
        self.should_exit = True
        if self._stopped is not None:
            self.call(self._stopped.set)

    def call(self, what: Callable[[], object]) -> None:
        """Runs something in the server's thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(what)


class Server:
    """Serves one bot's API on a free port of the loopback interface."""

    def __init__(self, token: str, dispatcher: Dispatcher) -> None:
        self._token = token
        self._dispatcher = dispatcher
        self._connections: dict[tuple[str, int], asyncio.Transport] = {}
        # asyncio switches off Nagle's delays only where the protocol is named.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._server: _Uvicorn | None = None
        self._thread: threading.Thread | None = None
        self.base_url = ""

    async def start(self) -> None:
        """Starts the thread and waits until the server accepts connections."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._serve,
            interface="asgi3",
            http=self._protocol(),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        self._server = _Uvicorn(config)
        self._thread = threading.Thread(target=self._main, name="bot-api-double", daemon=True)
        self._thread.start()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _START_TIMEOUT
        while not self._server.started:
            if loop.time() > deadline or not self._thread.is_alive():
                raise RuntimeError("the Bot API double did not start")
            await asyncio.sleep(0.002)

    def cut(self) -> None:
        """Resets every connection; may be called from any thread."""
        assert self._server is not None
        self._server.call(self._cut)

    def _cut(self) -> None:
        for transport in list(self._connections.values()):
            _break(transport)

    async def stop(self) -> None:
        """Ends polls and connections and waits for the thread."""
        if self._server is None or self._thread is None:
            return
        self._dispatcher.world.updates.close()
        self._server.stop()
        await asyncio.to_thread(self._thread.join, 5)
        self._socket.close()

    def _main(self) -> None:
        assert self._server is not None
        server = self._server

        async def run() -> None:
            await server.serve(sockets=[self._socket])
            await self._dispatcher.webhook.stop()

        asyncio.run(run())

    def _protocol(self) -> type[asyncio.Protocol]:
        """uvicorn's protocol, made to remember its connections: ASGI has no way to break one."""
        connections = self._connections

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client is not None:
                    connections[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    connections.pop(self.client, None)
                super().connection_lost(exc)

        return Protocol

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        try:
            reply = await self._answer(request, body, receive)
        except Exception:
            # A flaw of the double itself must not pass for a fault of the bot's doing.
            logger.exception("the Bot API double failed")
            trouble = f"the double failed on {request.url.path}: {traceback.format_exc()}"
            self._dispatcher.violations.append(trouble)
            reply = Reply(500, error_body(500))
        if reply is None:
            return
        if reply.reset:
            await self._reset(scope, receive)
            return
        if isinstance(reply.body, str):
            response = Response(reply.body, reply.status, media_type="text/html")
        else:
            content = json.dumps(reply.body, ensure_ascii=True).encode()
            response = Response(content, reply.status, media_type="application/json")
        response.headers["Date"] = formatdate(time.time() + self._dispatcher.clock_offset, usegmt=True)
        if reply.retry_after is not None:
            response.headers["Retry-After"] = str(reply.retry_after)
        await response(scope, receive, send)

    async def _answer(self, request: Request, body: bytes, receive: Receive) -> Reply | None:
        match = _PATH.fullmatch(request.url.path)
        if match is None:
            return Reply(404, error_body(404))
        if match["token"] != self._token:
            return Reply(401, error_body(401))
        if request.method not in {"GET", "POST"}:
            return Reply(405, {"ok": False, "error_code": 405, "description": "Method Not Allowed"})

        def read() -> JsonObject:
            content_type = request.headers.get("content-type", "")
            return read_params(request.url.query, content_type, body)

        call = self._dispatcher.handle(match["method"], read)
        if match["method"].lower() != "getupdates":
            return await call
        # A poller that goes away must not keep its poll: it would look like a second bot.
        poll = asyncio.create_task(call)
        gone = asyncio.create_task(_disconnected(receive))
        await asyncio.wait({poll, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if poll.done():
            return poll.result()
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)
        return None

    async def _reset(self, scope: Scope, receive: Receive) -> None:
        """Breaks the connection the hard way: the client sees a reset, not an end."""
        client = scope.get("client")
        transport = self._connections.get(cast("tuple[str, int]", tuple(client or ())))
        if transport is not None:
            _break(transport)
        # Returning earlier would make uvicorn answer in our place.
        await _disconnected(receive)


def _break(transport: asyncio.Transport) -> None:
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
