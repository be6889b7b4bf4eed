"""Listening: uvicorn inside the bot's own loop, stopped by whoever runs the bot."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ExceptionHandler

from bot.errors import ChannelError

MAX_HEADER_BYTES = 16 * 1024
MAX_CONNECTIONS = 1000
GRACE_SECONDS = 3


class Listener:
    """An HTTP server for some routes, listening within its `async with` block.

    Args:
        host: to listen on; "0.0.0.0" for all interfaces.
        port: 0 for any free one.
        routes: what is served.
        setting: the variable that names the address, for the error's message.
        middleware: around the routes, the outermost first.
        handlers: of exceptions, by class or status.

    Attributes:
        port: the port it listens on.

    Raises:
        ChannelError: on entering, where the address cannot be used.
    """

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[BaseRoute],
        setting: str,
        *,
        middleware: Sequence[Middleware] = (),
        handlers: Mapping[Any, ExceptionHandler] | None = None,
    ) -> None:
        self._host = host
        self.port = port
        self._setting = setting
        config = uvicorn.Config(
            Starlette(routes=list(routes), middleware=list(middleware), exception_handlers=dict(handlers or {})),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MAX_CONNECTIONS,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self._host, self.port))
            listening.listen(2048)
        except OSError as error:
            listening.close()
            raise ChannelError(
                f"{self._setting}: {self._host}:{self.port} cannot be listened on ({error.strerror or error}): stop the"
                " program that does, or name another address"
            ) from None
        listening.setblocking(False)
        self.port = listening.getsockname()[1]
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take no more requests, and finish those under way."""
        self._server.should_exit = True
        if self._serving:
            await self._serving


class _Server(uvicorn.Server):
    """uvicorn, leaving the signals to the bot."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
