"""A load balancer in front of replicas: as simple as one can be, so that all depends on the replicas."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web import Listener

HANDED_ON = ("content-type", "x-telegram-bot-api-secret-token")


class Balancer:
    """Hands each request to the next of several ports on this machine, whether anybody answers there or not.

    Args:
        port: to listen on.
        ports: of the replicas.

    Attributes:
        taken: how many requests each port has answered with 200.
    """

    def __init__(self, port: int, ports: Sequence[int]) -> None:
        self.taken: Counter[int] = Counter()
        self._turns = itertools.cycle(ports)
        self._client = httpx.AsyncClient(trust_env=False, timeout=30)
        self._listener = Listener("127.0.0.1", port, [Route("/{path:path}", self._hand_on, methods=["POST"])], "port")

    async def __aenter__(self) -> Self:
        await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listener.__aexit__(kind, error, trace)
        await self._client.aclose()

    async def _hand_on(self, request: Request) -> Response:
        port = next(self._turns)
        headers = {name: value for name, value in request.headers.items() if name in HANDED_ON}
        try:
            answer = await self._client.post(
                f"http://127.0.0.1:{port}{request.url.path}", content=await request.body(), headers=headers
            )
        except httpx.HTTPError:
            return Response(status_code=502)  # as Telegram sees it when a replica is gone: it brings the update again
        self.taken[port] += answer.status_code == 200
        return Response(status_code=answer.status_code)
