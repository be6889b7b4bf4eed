"""The store empty and with a million stored questions: `python -m benchmarks.storage` (needs the dev extra; some minutes)."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time

import click
from sqlalchemy import text

from benchmarks.markdown import figure, table
from bot.dialogue import Conversation
from bot.storage import Outgoing, Pace, Question, Received, Settled, Store, migrate
from tests.postgres import Postgres

HEAD = ["engine", "rows", "receive, ms", "claim and handle, ms", "take and note, ms", "prune a batch, ms"]
DAY = 86_400.0
FILL = {
    "sqlite": "with recursive n(n) as (select 0 union all select n + 1 from n where n < {last}) ",
    "postgresql": "with n(n) as (select generate_series(0, {last})) ",
}
ROWS = (
    ("inbox", "n, {chat}, {at}, '{{}}', 'done', 0, null"),
    ("outbox", "n, {chat}, 'sendMessage', '{{}}', {at}, 0, 'sent', 0, null, n"),
    ("questions", "n, {chat}, {at}, 'x', 'zh', 'none', null, '{{}}'"),
)


async def _fill(store: Store, rows: int) -> None:
    """All of them of the last day, which is the most that is ever kept: nothing is to be forgotten yet."""
    name = store._engine.dialect.name
    prefix = FILL[name].format(last=rows - 1)
    async with store._engine.begin() as connection:
        for table_name, values in ROWS:
            line = values.format(chat="'telegram:' || (n % 100000)", at=f"{store.now()} - n * {DAY / rows}")
            await connection.execute(text(f"insert into {table_name} {prefix} select {line} from n"))
            if name == "postgresql" and table_name != "inbox":
                # The rows brought their own numbers; the next ones go on behind them.
                await connection.execute(text(f"select setval('{table_name}_id_seq', {rows})"))
        line = f"select 'telegram:' || n, '{{}}', {store.now()} from n where n < 100000"
        await connection.execute(text(f"insert into conversations {prefix} {line}"))
    if name == "postgresql":
        async with store._engine.begin() as connection:
            await connection.execute(text("analyze"))


async def _measure(url: str, rows: int, rounds: int) -> list[str]:
    await migrate(url)
    store = await Store.open(url)
    if rows:
        await _fill(store, rows)
    times: list[list[float]] = [[], [], []]
    for number in range(rounds):
        at = [time.perf_counter()]
        chat = f"telegram:{number * 37}"
        await store.receive([Received(10_000_000 + number, chat, {"update_id": number}, store.now())])
        at.append(time.perf_counter())
        async with store.claim(8) as batch, store.handling(batch) as (unit,):
            await unit.asked_within(60)
            await unit.move(Conversation(question="x"))
            await unit.record(Question("x", "zh", "none", None, {}))
            await unit.send([Outgoing("sendMessage", {"text": "x"})])
        at.append(time.perf_counter())
        taken = await store.turn([], 24, Pace())
        await store.turn([Settled(message) for message in taken], 0, Pace())
        at.append(time.perf_counter())
        for kind in range(3):
            times[kind].append((at[kind + 1] - at[kind]) * 1000)
    async with store._engine.begin() as connection:
        await connection.execute(text(f"update inbox set received_at = received_at - {DAY} where update_id < 5000"))
    began = time.perf_counter()
    await store.prune()
    times.append([(time.perf_counter() - began) * 1000])
    await store.close()
    return [figure(statistics.median(each), 2) for each in times]


@click.command()
@click.option("--rows", default=1_000_000, show_default=True)
@click.option("--rounds", default=200, show_default=True)
def main(rows: int, rounds: int) -> None:
    """Measure each step of a question's way through the store, one at a time; medians."""
    found = []
    with Postgres() as server:
        for engine in ("SQLite", "PostgreSQL"):
            for count in (0, rows):
                with tempfile.TemporaryDirectory() as folder:
                    url = f"sqlite+aiosqlite:///{folder}/x.db" if engine == "SQLite" else server.database()
                    found.append([engine, f"{count:,}", *asyncio.run(_measure(url, count, rounds))])
    print(table(HEAD, found))


if __name__ == "__main__":
    main()
