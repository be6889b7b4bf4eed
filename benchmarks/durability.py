"""kill -9 at random moments, at full size: `python -m benchmarks.durability` (needs the dev extra; some minutes)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from benchmarks.markdown import table
from bot.storage import migrate
from tests.killing import Outcome, ask_and_kill
from tests.postgres import Postgres

HEAD = ["engine", "mode", "questions", "kills", "lost", "duplicated", "out of order", "s"]


async def _measure(url: str, chats: int, each: int, kills: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        database = url or f"sqlite+aiosqlite:///{folder}/shebao.db"
        await migrate(database)
        return await ask_and_kill(
            database,
            Path(folder),
            chats=chats,
            each=each,
            kills=kills,
            seed=seed,
            SHEBAO_DATA_DIR=f"{folder}/data",
            SHEBAO_SEND_PER_CHAT_PER_SECOND="1",
        )


@click.command()
@click.option("--chats", default=200, show_default=True)
@click.option("--each", default=3, show_default=True, help="Questions of one chat, at most ten.")
@click.option("--kills", default=10, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(chats: int, each: int, kills: int, seed: int) -> None:
    """Ask, kill, count; with Telegram's usual sending limits."""
    rows = []
    with Postgres() as server:
        for engine, url in (("SQLite", ""), ("PostgreSQL", server.database())):
            found = asyncio.run(_measure(url, chats, each, kills, seed))
            counts = (found.questions, found.kills, found.lost, found.duplicated, found.out_of_order)
            rows.append([engine, "polling", *map(str, counts), f"{found.seconds:.0f}"])
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
