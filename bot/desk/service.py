"""Serving the desk: the routes, what stands before them, and the process where it runs alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Router
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot import metrics
from bot.address import Address, address_of
from bot.desk.accounts import Accounts, session_key
from bot.desk.api import Api
from bot.desk.cases import Cases
from bot.desk.guard import SESSION_SECONDS, Guard, Headers, Policy, path_of
from bot.desk.lawbook import LawBook
from bot.desk.login import Login
from bot.desk.pages import Pages
from bot.desk.rendering import Renderer, language_of
from bot.desk.texts import Speech
from bot.dialogue import Assistant
from bot.serving import Serving, run_errands
from bot.settings import Settings
from bot.storage import Store, answers
from bot.web import Listener, metrics_route, probe_routes

log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")
SETTING = "SHEBAO_DESK_LISTEN"


class Desk:
    """The desk's application.

    Args:
        settings: who may use it.
        serving: what answers now.
        store: keeps feedback.

    Raises:
        SettingsError: where the accounts or the key of the sessions cannot be read.
    """

    def __init__(self, settings: Settings, serving: Serving, store: Store) -> None:
        self._renderer = Renderer()
        accounts = Accounts.of(settings)
        key = session_key(settings.data_dir / "desk.key")
        at = settings.desk_address
        secure = at is not None and not at.is_loopback
        token = settings.desk_api_token.get_secret_value() if settings.desk_api_token else None
        policy = Policy(accounts, key, token, secure)
        thresholds = (settings.answer_at, settings.clarify_at)

        def known(assistant: Assistant) -> Router:
            cases, law = Cases(assistant), LawBook(assistant.knowledge)
            pages = Pages(cases, law, self._renderer, thresholds, login=accounts is not None)
            return Router([*pages.routes(), *Api(cases, law, store).routes()])

        self.routes: list[BaseRoute] = [
            *(Login(accounts, key, self._renderer).routes() if accounts else ()),
            Mount("/static", StaticFiles(directory=STATIC)),
            Mount("", _Newest(serving.derive(known))),
        ]
        self.middleware = [
            Middleware(Headers, secure=secure),
            Middleware(
                SessionMiddleware,
                secret_key=key,
                session_cookie="desk",
                max_age=SESSION_SECONDS,
                same_site="strict",
            ),
            Middleware(Guard, policy=policy, refuse=self.refuse),
        ]

    def refuse(self, request: Request, error: Exception) -> Response:
        """What is said where a request cannot be fulfilled: a page to a browser, JSON to everything else."""
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        reads = request.method == "GET" or "text/html" in request.headers.get("accept", "")
        if reads and not path_of(request).startswith(("/api/", "/static/")):
            say = Speech(language_of(request))
            missing = error.status_code == 404
            said, detail = say("not_found" if missing else "refused"), "" if missing else error.detail
            return self._renderer.respond(
                "trouble.html", request, error.status_code, headers, error=said, detail=detail
            )
        return JSONResponse({"error": error.detail}, error.status_code, headers)

    def listener(self, at: Address) -> Listener:
        """A server for it."""
        handlers = {HTTPException: self.refuse}
        return Listener(*at, self.routes, SETTING, middleware=self.middleware, handlers=handlers)


class _Newest:
    """Each request to the routes of the knowledge that answers when it comes; it goes on with those."""

    def __init__(self, routes: Callable[[], Router]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routes()(scope, receive, send)


@contextlib.asynccontextmanager
async def serve(settings: Settings, serving: Serving, store: Store, said: Callable[[str], None]) -> AsyncIterator[None]:
    """Serve the desk within the block, where the settings ask for one.

    Args:
        said: told the desk's address.

    Raises:
        ChannelError: where the address cannot be listened on.
        SettingsError: where the accounts cannot be read.
    """
    if settings.desk_address is None:
        yield
        return
    async with Desk(settings, serving, store).listener(settings.desk_address) as listener:
        said(f"http://{Address(settings.desk_address.host, listener.port)}")
        yield


async def run(settings: Settings, serving: Serving, said: Callable[[str], None]) -> None:
    """Serve the desk alone, until a signal or cancellation.

    Raises:
        ChannelError, SettingsError: as `serve`.
        StorageError: where the database cannot be opened.
    """
    store = await Store.open(settings.database)
    knowledge = serving.assistant.knowledge
    metrics.describe(knowledge.revision, len(knowledge.entries))
    stopped = asyncio.Event()
    try:
        async with contextlib.AsyncExitStack() as servers:
            if settings.http_listen:
                probes = _probes(serving, store)
                at = address_of(settings.http_listen)
                await servers.enter_async_context(Listener(*at, probes, "SHEBAO_HTTP_LISTEN"))
            await servers.enter_async_context(serve(settings, serving, store, said))
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # where the platform has no such signals
                    asyncio.get_running_loop().add_signal_handler(number, stopped.set)
            errands = asyncio.create_task(run_errands(store, serving, settings))
            await stopped.wait()
            errands.cancel()
            await asyncio.gather(errands, return_exceptions=True)
    finally:
        await store.close()


def _probes(serving: Serving, store: Store) -> list[BaseRoute]:
    async def database() -> bool:
        return await answers(store.engine)

    async def knowledge() -> bool:
        return bool(serving.assistant.knowledge.entries)

    async def nothing() -> None:
        """No queue stands behind the desk alone."""

    return [*probe_routes({"database": database, "knowledge": knowledge}), metrics_route(nothing)]
