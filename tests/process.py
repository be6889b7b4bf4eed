"""The bot as a process of its own, as the end-to-end tests and the benchmarks run it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import asyncpg

from tests import forking
from tests.bot_api_double import BotApiDouble

ROOT = Path(__file__).resolve().parent.parent
TOKEN = "123456:TEST-secret_part"
SECRET = "a-Secret_of-32-signs-0123456789ab"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process(Protocol):
    """What is asked of a process."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...


class Bot:
    """The bot as a process of its own.

    Attributes:
        prepared: whether its processes come from one that has imported everything already, which saves a second of each.
    """

    prepared = False

    def __init__(self, api: BotApiDouble, folder: Path, **environment: str) -> None:
        self.folder = folder
        self._log = folder / "bot.log"
        self._env = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": api.base_url,
            "SHEBAO_DATA_DIR": str(folder / "data"),
            "SHEBAO_SEND_PER_CHAT_PER_SECOND": "0",
            "SHEBAO_SEND_PER_GROUP_PER_MINUTE": "0",
            "SHEBAO_ASK_PER_MINUTE": "0",
            "SHEBAO_DESK_LISTEN": "off",
            **environment,
        }
        self._process: Process | None = None
        self._began = 0

    def start(self, *, bare: bool = False) -> Bot:
        """Start it.

        Args:
            bare: by Python, as a user does, whatever is `prepared`.
        """
        with self._log.open("ab") as log:
            self._began = log.tell()
            if self.prepared and not bare:
                self._process = forking.Forked(["run"], self._env, ROOT, self._log)
                return self
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stderr=log,
                stdout=log,
            )
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self._process
        self._process.send_signal(number)
        return self._process.wait(15)

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def stop(self) -> None:
        """End it, if it has not ended yet."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(15)

    async def ended(self) -> int:
        assert self._process
        return await asyncio.to_thread(self._process.wait, 30)

    @property
    def serving(self) -> bool:
        """Whether it has come so far that it takes updates, and signals."""
        return b"updates come by" in self._log.read_bytes()[self._began :]

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        if url := self._env.get("SHEBAO_DATABASE_URL"):
            # In a thread of its own, since the test's has a loop already.
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(asyncio.run, _fetch(url, query)).result()
        with sqlite3.connect(self.folder / "data/shebao.db") as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found


async def _fetch(url: str, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()
