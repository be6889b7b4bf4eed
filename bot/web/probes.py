"""What a supervisor asks: does the process live, can it work, and how does it do?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 2.0


def probe_routes(checks: Mapping[str, Check]) -> list[Route]:
    """`/healthz`, which answers while the process lives, and `/readyz`, which says 503 and what is not ready.

    Args:
        checks: by the name that is shown; one that raises or takes longer than two seconds counts as not ready.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        passed = await asyncio.gather(*(_passes(check) for check in checks.values()))
        states = {name: "ok" if ok else "not ready" for name, ok in zip(checks, passed, strict=True)}
        return JSONResponse(states, 200 if all(passed) else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def metrics_route(refresh: Callable[[], Awaitable[None]]) -> Route:
    """`/metrics` in Prometheus' text format.

    Args:
        refresh: brings the gauges up to date; should it fail, they keep their last values.
    """

    async def show(_request: Request) -> Response:
        async def refreshed() -> bool:
            await refresh()
            return True

        await _passes(refreshed)
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

    return Route("/metrics", show)


async def _passes(check: Check) -> bool:
    # Not cancelled when it takes too long: a database driver broken off in mid-sentence loses its connection.
    running = asyncio.ensure_future(check())
    done, _ = await asyncio.wait({running}, timeout=CHECK_SECONDS)
    if not done:
        running.add_done_callback(lambda late: late.cancelled() or late.exception())
        return False
    return running.exception() is None and running.result()
