"""What the bot's HTTP server says about the Telegram channel."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable

from starlette.routing import Route

from bot import metrics
from bot.address import address_of
from bot.serving import Serving
from bot.settings import Settings
from bot.storage import Store, answers, backlog
from bot.web import Check, Listener, metrics_route, probe_routes


async def listen(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    store: Store,
    serving: Serving,
    *,
    connected: Check,
    webhook: Route | None,
) -> None:
    """Open the HTTP servers that the settings ask for, until `stack` is left.

    Args:
        stack: holds them.
        settings: which and where.
        store: asked for its depth and whether it answers.
        serving: asked for what is known.
        connected: whether Telegram is.
        webhook: the route that takes updates, in webhook mode.

    Raises:
        ChannelError: where an address cannot be listened on.
    """

    async def database() -> bool:
        return await answers(store.engine)

    async def knowledge() -> bool:
        return bool(serving.assistant.knowledge.entries)

    probes = probe_routes({"database": database, "knowledge": knowledge, "telegram": connected})
    if settings.http_listen:
        routes = [*probes, metrics_route(_depths(store))]
        await stack.enter_async_context(Listener(*address_of(settings.http_listen), routes, "SHEBAO_HTTP_LISTEN"))
    if webhook:
        # No metrics here: a proxy that hands on every path would show them to everybody.
        routes = [webhook] if settings.http_listen else [webhook, *probes]
        await stack.enter_async_context(Listener(*address_of(settings.webhook_listen), routes, "SHEBAO_WEBHOOK_LISTEN"))


def _depths(store: Store) -> Callable[[], Awaitable[None]]:
    async def refresh() -> None:
        now = await backlog(store.engine)
        metrics.INBOX.labels("waiting").set(now.inbox_waiting)
        metrics.INBOX.labels("failed").set(now.inbox_failed)
        metrics.OUTBOX.labels("waiting").set(now.outbox_waiting)
        metrics.OUTBOX.labels("failed").set(now.outbox_failed)

    return refresh
