"""The bot as it is run: one process that polls, one behind a webhook, or two of them on one database."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.balancer import Balancer
from tests.bot_api_double import BotApiDouble
from tests.process import SECRET, Bot, free_port

Mode = Literal["polling", "webhook", "webhook, two replicas"]


class Fleet:
    """Starts the processes of a mode, and ends them at the end of its `async with` block.

    Args:
        api: what they talk to.
        folder: for their logs and data.
        mode: which.
        database: its address.
        environment: more settings, for all of them.

    Attributes:
        bots: the processes.
        balancer: in front of them, where there are two.
    """

    def __init__(self, api: BotApiDouble, folder: Path, mode: Mode, database: str, **environment: str) -> None:
        self._api = api
        self._ports = [free_port() for _ in range(2 if mode == "webhook, two replicas" else 1)]
        public = self._ports[0]
        self.balancer: Balancer | None = None
        if len(self._ports) > 1:
            public = free_port()
            self.balancer = Balancer(public, self._ports)
        shared = {"SHEBAO_DATABASE_URL": database, "SHEBAO_DATA_DIR": str(folder / "data"), **environment}
        if mode != "polling":
            shared |= {"SHEBAO_WEBHOOK_URL": f"http://127.0.0.1:{public}/telegram", "SHEBAO_WEBHOOK_SECRET": SECRET}
        self.bots: list[Bot] = []
        for port in self._ports:
            place = folder / f"replica-{port}"
            place.mkdir()
            self.bots.append(Bot(api, place, **shared, SHEBAO_WEBHOOK_LISTEN=f"127.0.0.1:{port}"))

    async def __aenter__(self) -> Self:
        if self.balancer:
            await self.balancer.__aenter__()
        for bot in self.bots:
            bot.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bot in self.bots:
            await asyncio.to_thread(bot.stop)
        if self.balancer:
            await self.balancer.__aexit__(kind, error, trace)

    async def serving(self) -> None:
        """Wait until all of them have started."""
        await self._api.wait_until(lambda: all(bot.serving for bot in self.bots), 60, "the start")

    async def end(self) -> None:
        """End all of them by SIGTERM, as they should be; nothing of an unforeseen error may stand in their logs."""
        await self.serving()
        codes = await asyncio.gather(*(asyncio.to_thread(bot.end) for bot in self.bots))
        assert codes == [0] * len(self.bots), self.log
        assert "Traceback" not in self.log, self.log

    @property
    def log(self) -> str:
        """What all of them have logged."""
        return "".join(bot.log for bot in self.bots)
