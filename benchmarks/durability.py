"""kill -9 at random moments, at full size: `python -m benchmarks.durability` (needs the dev extra; some minutes)."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import click

from benchmarks.markdown import table
from bot.storage import migrate
from tests.fleet import Mode
from tests.killing import Outcome, ask_and_end
from tests.postgres import Postgres

HEAD = ["mode", "engine", "questions", "kills", "lost", "duplicated", "out of order", "s"]
ROWS: tuple[tuple[Mode, str], ...] = (
    ("polling", "SQLite"),
    ("polling", "PostgreSQL"),
    ("webhook", "SQLite"),
    ("webhook", "PostgreSQL"),
    ("webhook, two replicas", "PostgreSQL"),
)


async def _measure(mode: Mode, url: str, *, chats: int, each: int, kills: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        database = url or f"sqlite+aiosqlite:///{folder}/shebao.db"
        await migrate(database)
        return await ask_and_end(
            database,
            Path(folder),
            mode,
            chats=chats,
            each=each,
            ends=kills,
            seed=seed,
            SHEBAO_SEND_PER_CHAT_PER_SECOND="1",
        )


@click.command()
@click.option("--chats", default=200, show_default=True)
@click.option("--each", default=3, show_default=True, help="Questions of one chat, at most ten.")
@click.option("--kills", default=10, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(chats: int, each: int, kills: int, seed: int) -> None:
    """Ask, kill, count; with Telegram's usual sending limits. Of two replicas, one by chance is killed each time."""
    rows = []
    with Postgres() as server:
        for mode, engine in ROWS:
            url = server.database() if engine == "PostgreSQL" else ""
            found = asyncio.run(_measure(mode, url, chats=chats, each=each, kills=kills, seed=seed))
            counts = (found.questions, found.ends, found.lost, found.duplicated, found.out_of_order)
            rows.append([mode, engine, *map(str, counts), f"{found.seconds:.0f}"])
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
