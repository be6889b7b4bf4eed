"""Updates a second, and how long an answer takes, beside python-telegram-bot as it comes: `python -m benchmarks.load`.

Every bot runs as a process of its own against `benchmarks.bot_api` on this machine, with the sending limits off. Each update is
one question of the project's own sets, from a chat of its own. Throughput: all are there at once, and the time until the last is
answered counts. Half load: they come at half that rate. The bots take turns for some rounds, since a machine is not equally
fast at all times; each figure is the median of the rounds. A bot's processor time tells what it costs where cores are shared.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bot_api import TOKEN
from benchmarks.datasets import OWN, ROOT, read
from benchmarks.markdown import table
from tests.postgres import Postgres
from tests.process import free_port

WARM_UP = 300
LONGEST = 120.0
OFF = (
    "SHEBAO_SEND_PER_SECOND",
    "SHEBAO_SEND_PER_CHAT_PER_SECOND",
    "SHEBAO_SEND_PER_GROUP_PER_MINUTE",
    "SHEBAO_ASK_PER_MINUTE",
)
HEADER = (
    "bot", "updates/s", "× bare", "processor, ms an update", "at half load: median, ms", "p99, ms", "memory, MiB"
)  # fmt: skip


@dataclass(frozen=True)
class Load:
    """What became of one load.

    Attributes:
        rate: updates answered a second.
        processor: milliseconds of the bot's processes for each.
        median, p99: milliseconds from the moment at which an update can be fetched, or is brought, to its answer.
    """

    rate: float
    processor: float
    median: float
    p99: float


class Api:
    """`benchmarks.bot_api` as a process."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._texts = [query.text for query in read(OWN).queries]
        self._first = 1_000
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bot_api", self.url.rpartition(":")[2]], cwd=ROOT
        )
        self._client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        _wait_for(lambda: self._client.get("/told").is_success)

    def close(self) -> None:
        """End it."""
        self._client.close()
        self._process.kill()
        self._process.wait()

    def load(self, bot: Bot, count: int, rate: float = 0) -> Load:
        """Have `count` updates answered, at a rate a second or (0) all at once."""
        self._first += 1_000_000
        order = {"texts": self._texts, "count": count, "rate": rate, "first": self._first, **bot.order}
        before, end = bot.seconds(), time.monotonic() + LONGEST
        self._client.post("/feed", json=order)
        while (told := self._client.get("/told").json())["answered"] < count:
            if time.monotonic() > end:
                raise SystemExit(f"{bot.name}: only {told['answered']} of {count} were answered in {LONGEST:.0f} s")
            time.sleep(0.1)
        waits = sorted(answered - offered for offered, answered in told["times"])
        seconds = max(at for _, at in told["times"]) - min(at for at, _ in told["times"])
        return Load(
            rate=count / seconds,
            processor=(bot.seconds() - before) / count * 1000,
            median=statistics.median(waits) * 1000,
            p99=waits[int(len(waits) * 0.99)] * 1000,
        )


class Bot:
    """A bot under load: one process, or several that share a database.

    Args:
        name: of the bot, in the table.
        commands: one for each process, with its environment.
        order: what the Bot API must know to reach it, beyond the questions.
        pinned: all processes share the machine's first core and go before all others there, so that each of several is busy.
    """

    def __init__(
        self,
        name: str,
        commands: Sequence[tuple[Sequence[str], Mapping[str, str]]],
        order: Mapping[str, Any],
        *,
        pinned: bool = False,
    ) -> None:
        self.name = name
        self.order = order
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._processes = [
            subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, **quiet)  # type: ignore[call-overload]
            for command, environment in commands
        ]
        for process in self._processes if pinned else ():
            os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
            # Whoever is not root shares the core with the Bot API and PostgreSQL.
            with contextlib.suppress(PermissionError):
                os.sched_setscheduler(process.pid, os.SCHED_RR, os.sched_param(1))

    def seconds(self) -> float:
        """Processor time that it has taken so far."""
        ticks = 0
        for process in self._processes:
            fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Its resident memory now, of all its processes, in MiB."""
        sizes = [Path(f"/proc/{process.pid}/statm").read_text("utf-8").split()[1] for process in self._processes]
        return sum(map(int, sizes)) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def close(self) -> None:
        """End it."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)


Starter = Callable[[Api], AbstractContextManager[Bot]]


def bare(name: str, *, concurrent: bool = False, webhook: bool = False) -> Starter:
    """python-telegram-bot that repeats what it hears.

    Args:
        name: in the table.
        concurrent: updates are handled side by side.
        webhook: updates are brought, not fetched.
    """

    @contextlib.contextmanager
    def start(api: Api) -> Iterator[Bot]:
        command = [sys.executable, "-m", "benchmarks.bare_bot", api.url, TOKEN, *(["concurrent"] if concurrent else [])]
        order: dict[str, Any] = {}
        if webhook:
            port, secret = free_port(), secrets.token_hex(8)
            command += ["webhook", str(port), secret]
            order = {"webhooks": [f"http://127.0.0.1:{port}/telegram"], "secret": secret}
        with contextlib.closing(Bot(name, [(command, {})], order)) as bot:
            if webhook:
                _wait_for(lambda: httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code == 404)
            yield bot

    return start


def ours(
    name: str,
    replicas: int = 1,
    *,
    webhook: bool = False,
    postgres: Postgres | None = None,
    new: bool = False,
    pinned: bool = False,
) -> Starter:
    """shebao-bot, in one process or several.

    Args:
        name: in the table.
        replicas: how many processes.
        webhook: updates are brought, not fetched.
        postgres: the database; None: SQLite.
        new: no question is asked twice in the same words.
        pinned: see `Bot`.
    """

    @contextlib.contextmanager
    def start(api: Api) -> Iterator[Bot]:
        with tempfile.TemporaryDirectory() as folder:
            settings = dict.fromkeys(OFF, "0")
            settings |= {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": api.url, "SHEBAO_DATA_DIR": folder}
            if postgres:
                settings["SHEBAO_DATABASE_URL"] = postgres.database()
                subprocess.run(
                    [sys.executable, "-m", "bot", "migrate"],
                    cwd=ROOT,
                    check=True,
                    env={**os.environ, **settings},
                    stdout=subprocess.DEVNULL,
                )
            secret = secrets.token_hex(8)
            ports = [free_port() for _ in range(replicas)]
            command = [sys.executable, "-m", "bot", "run"]
            commands = []
            for port in ports:
                listen = {
                    "SHEBAO_WEBHOOK_URL": "http://127.0.0.1/telegram",
                    "SHEBAO_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
                    "SHEBAO_WEBHOOK_SECRET": secret,
                }
                commands.append((command, settings | (listen if webhook else {})))
            order: dict[str, Any] = (
                {"webhooks": [f"http://127.0.0.1:{port}/telegram" for port in ports], "secret": secret}
                if webhook
                else {}
            )
            order["new"] = new
            with contextlib.closing(Bot(name, commands, order, pinned=pinned)) as bot:
                if webhook:
                    for port in ports:
                        _wait_for(partial(_listens, port))
                yield bot

    return start


def _listens(port: int) -> bool:
    return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).is_success


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if condition():
                return
        if time.monotonic() > end:
            raise SystemExit("a process did not start within 30 s")
        time.sleep(0.1)


def measure(start: Starter, count: int) -> tuple[str, Load, Load, float]:
    """A bot's name, its throughput, its half load, and its memory afterwards."""
    with contextlib.closing(Api()) as api, start(api) as bot:
        api.load(bot, WARM_UP)
        whole = api.load(bot, count)
        half = api.load(bot, min(count, int(whole.rate * 5)), whole.rate / 2)
        return bot.name, whole, half, bot.memory()


def main() -> None:
    """Print the README's table."""
    parser = argparse.ArgumentParser(description="Updates a second, and how long an answer takes.")
    parser.add_argument("--count", type=int, default=2000, help="updates in a load (default: %(default)s)")
    parser.add_argument("--only", default="", help="bots whose names hold this, beside the first")
    parser.add_argument("--rounds", type=int, default=3, help="(default: %(default)s)")
    arguments = parser.parse_args()
    found: dict[str, list[tuple[Load, Load, float]]] = {}
    with Postgres(durable=True) as postgres:
        by_webhook = partial(ours, webhook=True, postgres=postgres)
        kinds: dict[str, Callable[[str], Starter]] = {
            "python-telegram-bot, repeating": bare,
            "the same, updates side by side": partial(bare, concurrent=True),
            "the same, webhook": partial(bare, webhook=True),
            "shebao-bot, SQLite, polling": ours,
            "the same, each question in words of its own": partial(ours, new=True),
            "shebao-bot, SQLite, webhook": partial(ours, webhook=True),
            "shebao-bot, PostgreSQL, polling": partial(ours, postgres=postgres),
            "shebao-bot, PostgreSQL, webhook": by_webhook,
            "two replicas, PostgreSQL, webhook": partial(by_webhook, replicas=2),
            # In words of their own, since two memories of questions take twice as long to fill.
            "one replica on one core, PostgreSQL, webhook": partial(by_webhook, pinned=True, new=True),
            "two replicas on one core, PostgreSQL, webhook": partial(by_webhook, replicas=2, pinned=True, new=True),
        }
        peer_name = next(iter(kinds))
        starters = [make(name) for name, make in kinds.items() if name == peer_name or arguments.only in name]
        for _ in range(arguments.rounds):
            for start in starters:
                name, whole, half, memory = measure(start, arguments.count)
                found.setdefault(name, []).append((whole, half, memory))
                print(name, whole, half, memory, file=sys.stderr, flush=True)
    middle = statistics.median
    peer = [whole.rate for whole, _, _ in next(iter(found.values()))]
    rows = []
    for name, rounds in found.items():
        ratio = middle(whole.rate / other for (whole, _, _), other in zip(rounds, peer, strict=True))
        rows.append(
            [
                name,
                f"{middle(whole.rate for whole, _, _ in rounds):.0f}",
                f"{ratio:.2f}",
                f"{middle(whole.processor for whole, _, _ in rounds):.2f}",
                f"{middle(half.median for _, half, _ in rounds):.0f}",
                f"{middle(half.p99 for _, half, _ in rounds):.0f}",
                f"{middle(memory for _, _, memory in rounds):.0f}",
            ]
        )
    print(table(HEADER, rows))


if __name__ == "__main__":
    main()
