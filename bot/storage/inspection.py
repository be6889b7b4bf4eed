"""Looking at a database without changing it: for probes, metrics and `shebao doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageError
from bot.storage.engine import engine_to_look, is_current
from bot.storage.tables import FAILED, WAITING, inbox, outbox

LAST_ERRORS = 5


@dataclass(frozen=True)
class Backlog:
    """How much is under way, and how much was given up."""

    inbox_waiting: int
    inbox_failed: int
    outbox_waiting: int
    outbox_failed: int


@dataclass(frozen=True)
class Inspection:
    """What a database looks like.

    Attributes:
        exists: False for a SQLite file that is not there yet.
        current: whether its schema is this version's.
        backlog: None where the schema is too old to be read.
        errors: updates set aside, the latest first: number and error.
    """

    exists: bool
    current: bool = False
    backlog: Backlog | None = None
    errors: tuple[tuple[int, str], ...] = ()


async def backlog(engine: AsyncEngine) -> Backlog:
    """What waits and what has failed; quick at any size, since both have partial indexes."""
    async with engine.connect() as connection:
        return await _backlog(connection)


async def answers(engine: AsyncEngine) -> bool:
    """Whether the database answers.

    Raises:
        SQLAlchemyError: where it does not.
    """
    async with engine.connect() as connection:
        return bool((await connection.execute(select(1))).scalar_one())


async def inspect(url: str) -> Inspection:
    """Look at a database. A SQLite file is opened for reading only, so that a bot at work is not held up.

    Raises:
        StorageError: where it does not answer.
    """
    engine = engine_to_look(url)
    if engine is None:
        return Inspection(exists=False)
    try:
        async with engine.connect() as connection:
            return await _look(connection)
    except (DBAPIError, OSError) as error:
        raise StorageError(
            str(getattr(error, "orig", None) or error).partition("\n")[0] or type(error).__name__
        ) from None
    finally:
        await engine.dispose()


async def _look(connection: AsyncConnection) -> Inspection:
    if not await connection.run_sync(is_current):
        return Inspection(exists=True)
    query = (
        select(inbox.c.update_id, inbox.c.error)
        .where(inbox.c.state == FAILED)
        .order_by(inbox.c.update_id.desc())
        .limit(LAST_ERRORS)
    )
    errors = tuple((row.update_id, row.error or "") for row in (await connection.execute(query)).all())
    return Inspection(exists=True, current=True, backlog=await _backlog(connection), errors=errors)


async def _backlog(connection: AsyncConnection) -> Backlog:
    counts = [
        (await connection.execute(select(func.count()).select_from(table).where(table.c.state == state))).scalar_one()
        for table in (inbox, outbox)
        for state in (WAITING, FAILED)
    ]
    return Backlog(*map(int, counts))
