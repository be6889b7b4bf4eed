"""What becomes of questions when something goes wrong, beside python-telegram-bot as it comes: `python -m benchmarks.faults`.

Needs the dev extra and some ten minutes, most of them waiting. Both bots run as processes of their own against a Bot API
double, and meet the same faults, one after the other; each time new people ask one question each.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from benchmarks.markdown import table
from bot.storage import migrate
from tests.bot_api_double import BotApiDouble, PrivateChat
from tests.postgres import Postgres
from tests.process import ROOT, TOKEN, Bot

HEAD = ["fault", *(f"{who}: {what}" for who in ("shebao-bot", "bare") for what in ("once", "twice", "lost"))]
NONE = ["–", "–", "–"]
QUIET_SECONDS = 60.0
"""Where somebody has no answer after so long without any, none comes: a bot that takes one at a time may wait 5 s for each."""
DONE_SECONDS = 4.0
"""Where everybody has one, a second one would come within so long."""
TEXT = "第一条"
people = itertools.count(1000)


class BareBot:
    """`benchmarks.bare_bot` as a process."""

    def __init__(self, api: BotApiDouble) -> None:
        self._command = [sys.executable, "-m", "benchmarks.bare_bot", api.base_url, TOKEN]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> BareBot:
        """Start it."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self

    def stop(self) -> None:
        """End it."""
        assert self._process
        self._process.kill()
        self._process.wait(15)


@dataclass(frozen=True)
class Scene:
    """What a fault is done to.

    Attributes:
        api: the double.
        bot: the process.
        folder: of the bot's data.
        asking: who asks.
    """

    api: BotApiDouble
    bot: Bot | BareBot
    folder: Path
    asking: list[PrivateChat]

    def ask(self) -> None:
        """Everybody asks."""
        for person in self.asking:
            person.say(TEXT)

    def counts(self) -> list[int]:
        """How many answers each has got."""
        return [len(self.api.sent(person.id)) for person in self.asking]

    async def quiet(self) -> None:
        """Come back when nothing more is to be expected."""
        seen, since = self.counts(), time.monotonic()
        while time.monotonic() - since < (DONE_SECONDS if all(seen) else QUIET_SECONDS):
            await asyncio.sleep(0.05)
            if (now := self.counts()) != seen:
                seen, since = now, time.monotonic()


Fault = Callable[[Scene], Awaitable[None]]


async def _failing(scene: Scene, method: str = "sendMessage", **how: object) -> None:
    """Every second answer meets the fault; of `getUpdates`, the next three calls do."""
    times = len(scene.asking) // 2 if method == "sendMessage" else 3
    scene.api.fail_next(method, times, **how)  # type: ignore[arg-type]
    if method == "getUpdates":
        scene.api.cut_connections()  # the call under way would bring the questions all the same
    scene.ask()


async def _cut(scene: Scene) -> None:
    scene.api.cut_connections()
    scene.ask()
    for _ in range(2):
        await asyncio.sleep(0.1)
        scene.api.cut_connections()


async def _second_poller(scene: Scene) -> None:
    scene.api.conflict(times=2)
    scene.ask()


async def _given_out_again(scene: Scene) -> None:
    updates = [
        {
            "update_id": 1_000_000 + person.id,
            "message": {
                "message_id": 900 + person.id,
                "date": 1,
                "chat": {"id": person.id, "type": "private"},
                "from": {"id": person.id, "is_bot": False, "first_name": "x"},
                "text": TEXT,
            },
        }
        for person in scene.asking
    ]
    for update in updates:
        scene.api.queue_raw(dict(update), assign_id=False)
    await scene.quiet()
    for update in updates:
        scene.api.queue_raw(dict(update), assign_id=False)


FAULTS: Mapping[str, Fault] = {
    "`sendMessage`: 429, retry after 1 s": partial(_failing, status=429, retry_after=1),
    "`sendMessage`: 500": partial(_failing, status=500),
    "`sendMessage`: 502 with an HTML page": partial(_failing, status=502),
    "`sendMessage`: connection reset": partial(_failing, reset=True),
    "`sendMessage`: 7 s of silence, then 502": partial(_failing, delay=7, status=502),
    "`sendMessage`: 7 s of silence, then done": partial(_failing, delay=7),
    "`sendMessage`: 33 s of silence, then done": partial(_failing, delay=33),
    "`sendMessage`: done, and its receipt lost": partial(_failing, after_effect=True, reset=True),
    "`getUpdates`: 500, three times": partial(_failing, method="getUpdates", status=500),
    "`getUpdates`: 502 with an HTML page, three times": partial(_failing, method="getUpdates", status=502),
    "`getUpdates`: connection reset, three times": partial(_failing, method="getUpdates", reset=True),
    "every connection cut, three times": _cut,
    "a second poller (409), twice": _second_poller,
    "an update given out again when it is done": _given_out_again,
}


async def _locked(scene: Scene) -> None:
    with contextlib.closing(sqlite3.connect(scene.folder / "data/shebao.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        scene.ask()
        await asyncio.sleep(8)
        other.execute("rollback")


async def _full(scene: Scene) -> None:
    assert isinstance(scene.bot, Bot)
    written = (scene.folder / "data/shebao.db-wal").stat().st_size
    _, hard = resource.prlimit(scene.bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(scene.bot.pid, resource.RLIMIT_FSIZE, (written, hard))
    scene.ask()
    await asyncio.sleep(5)
    resource.prlimit(scene.bot.pid, resource.RLIMIT_FSIZE, (hard, hard))


ON_SQLITE: Mapping[str, Fault] = {
    "the database locked by another program for 8 s": _locked,
    "no more bytes for the database's files for 5 s": _full,
}


def _restart(server: Postgres) -> Fault:
    async def restart(scene: Scene) -> None:
        scene.ask()
        await asyncio.to_thread(server.stop, signal.SIGQUIT)
        await asyncio.sleep(3)
        await asyncio.to_thread(server.start)

    return restart


@contextlib.asynccontextmanager
async def _running(bot: Callable[[BotApiDouble, Path], Bot | BareBot]) -> AsyncIterator[Scene]:
    """A bot that has answered its first question."""
    with tempfile.TemporaryDirectory() as name:
        async with BotApiDouble(token=TOKEN) as api:
            process = bot(api, Path(name))
            process.start()
            try:
                scene = Scene(api, process, Path(name), [api.private_chat(next(people))])
                scene.ask()
                await api.wait_for_messages(scene.asking[0].id, 1, timeout=60)
                yield scene
            finally:
                process.stop()


async def _counted(scene: Scene, fault: Fault, asking: int) -> list[str]:
    scene = Scene(scene.api, scene.bot, scene.folder, [scene.api.private_chat(next(people)) for _ in range(asking)])
    await fault(scene)
    await scene.quiet()
    scene.api.clear_faults()
    counts = scene.counts()
    return [str(number) for number in (counts.count(1), sum(count > 1 for count in counts), counts.count(0))]


async def _ours(asking: int, server: Postgres) -> list[list[str]]:
    async with _running(Bot) as scene:
        found = [await _counted(scene, fault, asking) for fault in (*FAULTS.values(), *ON_SQLITE.values())]
    url = server.database()
    await migrate(url)
    async with _running(lambda api, folder: Bot(api, folder, SHEBAO_DATABASE_URL=url)) as scene:
        return [*found, await _counted(scene, _restart(server), asking)]


async def _bare(asking: int) -> list[list[str]]:
    async with _running(lambda api, _: BareBot(api)) as scene:
        found = [await _counted(scene, fault, asking) for fault in FAULTS.values()]
    return [*found, *[NONE] * (len(ON_SQLITE) + 1)]


async def _measure(asking: int, server: Postgres) -> list[list[str]]:
    # Side by side, since both mostly wait; each has a double of its own.
    ours, bare = await asyncio.gather(_ours(asking, server), _bare(asking))
    names = [*FAULTS, *ON_SQLITE, "PostgreSQL killed while people ask, and back after 3 s"]
    return [[name, *one, *other] for name, one, other in zip(names, ours, bare, strict=True)]


@click.command()
@click.option("--asking", default=20, show_default=True, help="How many people ask, each time.")
def main(asking: int) -> None:
    """Of so many questions a fault: how many were answered once, more than once, never."""
    with Postgres() as server:
        rows = asyncio.run(_measure(asking, server))
    print(f"{asking} questions each.\n")
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
