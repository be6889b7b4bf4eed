"""The store empty and with a million stored questions: `python -m benchmarks.storage` (needs the dev extra; some minutes)."""

from __future__ import annotations

import asyncio
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import click
from sqlalchemy import text

from benchmarks.markdown import figure, table
from bot.dialogue import Conversation
from bot.storage import Outgoing, Pace, Question, Received, Settled, Store, inspect, migrate
from tests.bot_api_double import BotApiDouble
from tests.killing import NUMERALS
from tests.postgres import Postgres
from tests.process import TOKEN, Bot

DAY = 86_400.0
CHATS = 100_000
BATCH = 500
MIB = 2**20
HEAD = [
    "engine",
    "rows",
    "receive, ms",
    "claim and handle, ms",
    "take and note, ms",
    "`/forget`, ms",
    "`doctor`'s look, ms",
    f"clear away {BATCH}, ms",
    "memory, MiB",
]
FILL = {
    "sqlite": "with recursive n(n) as (select 0 union all select n + 1 from n where n < {last}) ",
    "postgresql": "with n(n) as (select generate_series(0, {last})) ",
}
ROWS = (
    ("inbox (update_id, chat, received_at, payload, state, attempts)", "n, {chat}, {at}, '{{}}', 'done', 0"),
    (
        "outbox (id, chat, method, parameters, created_at, not_before, state, attempts, update_id, question_id, message_id)",
        "n, {chat}, 'sendMessage', '{{}}', {at}, 0, 'sent', 0, n, n, n",
    ),
    (
        "questions (id, chat, asked_at, text, language, outcome, details, asked_in)",
        "n, {chat}, {at}, 'x', 'zh', 'none', '{{}}', n",
    ),
)


async def fill(store: Store, rows: int) -> None:
    """As many questions, done and answered, all of the last day, which is the most that is ever kept: none is to be forgotten yet."""
    name = store.engine.dialect.name
    prefix = FILL[name].format(last=rows - 1)
    at = f"{store.now()} - n * {DAY / rows}"
    async with store.engine.begin() as connection:
        for target, values in ROWS:
            table_name = target.partition(" ")[0]
            line = values.format(chat=f"'telegram:' || (n % {CHATS})", at=at)
            await connection.execute(text(f"insert into {target} {prefix} select {line} from n"))
            if name == "postgresql" and table_name != "inbox":
                # The rows brought their own numbers; the next ones go on behind them.
                await connection.execute(text(f"select setval('{table_name}_id_seq', {rows})"))
        line = f"select 'telegram:' || n, '{{}}', {store.now()} from n where n < {CHATS}"
        await connection.execute(text(f"insert into conversations {prefix} {line}"))
        line = f"select 'telegram:-' || (n % 1000), n, {store.now()} from n where n < {CHATS}"
        await connection.execute(text(f"insert into members {prefix} {line}"))
        line = f"select n + 1, n + 1, 'up', {at} from n where n % 10 = 0 and n < {rows - 1}"
        await connection.execute(text(f"insert into feedback (id, question_id, verdict, given_at) {prefix} {line}"))
        if name == "postgresql":
            await connection.execute(text(f"select setval('feedback_id_seq', {rows})"))
    if name == "postgresql":
        async with store.engine.begin() as connection:
            await connection.execute(text("analyze"))


async def _steps(store: Store, url: str, rounds: int) -> list[float]:
    """Medians, in milliseconds, of each step of a question's way, and of what is done beside it."""
    times: list[list[float]] = [[] for _ in range(6)]

    async def timed(kind: int, what: Callable[[], Awaitable[object]]) -> None:
        began = time.perf_counter()
        await what()
        times[kind].append((time.perf_counter() - began) * 1000)

    async def receive() -> None:
        await store.receive([Received(10_000_000 + number, chat, {"update_id": number}, store.now())])

    async def handle() -> None:
        async with store.claim(8) as batch, store.handling(batch) as (unit,):
            await unit.asked_within(60)
            await unit.move(Conversation(question="x"))
            await unit.record(Question("x", "zh", "none", None, {}))
            await unit.send([Outgoing("sendMessage", {"text": "x"})])

    async def send() -> None:
        taken = await store.turn([], 24, Pace())
        await store.turn([Settled(message) for message in taken], 0, Pace())

    async def forget() -> None:
        async with store.claim(8) as batch, store.handling(batch) as (unit,):
            await unit.forget(int(chat.partition(":")[2]))

    for number in range(rounds):
        chat = f"telegram:{number * 37}"
        for kind, step in enumerate((receive, handle, send)):
            await timed(kind, step)
    for number in range(rounds, rounds + 20):
        chat = f"telegram:{number * 37}"
        await receive()
        await timed(3, forget)
        await timed(4, lambda: inspect(url))
    old = store.now() - 2 * DAY
    await store.receive([Received(15_000_000 + number, "telegram:1", {}, old) for number in range(5 * BATCH)])
    async with store.engine.begin() as connection:
        await connection.execute(text("update inbox set state = 'done' where state = 'waiting'"))
    for _ in range(5):
        await timed(5, store.prune)
    return [statistics.median(each) for each in times]


async def _memory(url: str, folder: Path, questions: int) -> float:
    """What the whole process takes, in MiB, once it has answered some questions, beside its probes and metrics."""
    async with BotApiDouble(token=TOKEN) as api:
        environment = {
            "SHEBAO_DATABASE_URL": url,
            "SHEBAO_SEND_PER_SECOND": "0",
            "SHEBAO_DATA_DIR": str(folder / "data"),
        }
        bot = Bot(api, folder, **environment).start()
        try:
            api.queue_raw({"update_id": 20_000_000})  # the numbers go on behind those that are stored
            for number in range(questions):
                api.private_chat(number).say(f"第{NUMERALS[number % 10]}条")
            await api.wait_for(questions, 120)
            return _resident(bot.pid)
        finally:
            bot.stop()


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / MIB


async def _measure(url: str, folder: Path, rows: int, rounds: int, questions: int) -> list[str]:
    await migrate(url)
    store = await Store.open(url)
    if rows:
        await fill(store, rows)
    found = await _steps(store, url, rounds)
    await store.close()
    return [*(figure(each, 2) for each in found), figure(await _memory(url, folder, questions), 0)]


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--rounds", default=200, show_default=True)
@click.option("--questions", default=500, show_default=True, help="Answered by a process before its memory is read.")
def main(rows: int, rounds: int, questions: int) -> None:
    """Measure each step of a question's way through the store, one at a time; medians. Memory is that of the whole bot."""
    found = []
    with Postgres() as server:
        for engine in ("SQLite", "PostgreSQL"):
            for count in (0, rows):
                with tempfile.TemporaryDirectory() as name:
                    folder = Path(name)
                    url = f"sqlite+aiosqlite:///{folder}/x.db" if engine == "SQLite" else server.database()
                    measured = asyncio.run(_measure(url, folder, count, rounds, questions))
                    found.append([engine, f"{count:,}", *measured])
    print(table(HEAD, found))


if __name__ == "__main__":
    main()
