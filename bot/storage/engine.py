"""Opening the database: the engine, SQLite's manners, the schema brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StorageError

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5


async def open_engine(url: str) -> AsyncEngine:
    """A database with the newest schema.

    Args:
        url: SQLAlchemy address; a SQLite file's folder is made if it is not there.

    Raises:
        StorageError: where it cannot be opened, saying what to do.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise StorageError(
            "SHEBAO_DATABASE_URL is no database address: write it like sqlite+aiosqlite:///data/shebao.db"
        ) from None
    is_file = address.get_backend_name() == "sqlite" and bool(address.database) and address.database != ":memory:"
    if is_file:
        _make_folder(Path(str(address.database)).parent)
    try:
        # An error of the database must not write what people said into the log.
        engine = create_async_engine(
            address, connect_args={"timeout": BUSY_SECONDS} if is_file else {}, hide_parameters=True
        )
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StorageError(
            f"SHEBAO_DATABASE_URL names a database that is not supported here ({error}): use sqlite+aiosqlite"
        ) from None
    except SQLAlchemyError as error:
        raise StorageError(f"SHEBAO_DATABASE_URL cannot be used: {error}. Use sqlite+aiosqlite:///FILE") from None
    if address.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except (DBAPIError, OSError) as error:
        await engine.dispose()
        raise StorageError(_explain(error, str(address.database))) from None
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Asked for by writing: root may write anywhere, a read-only mount lets nobody.
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StorageError(
            f"The data folder {folder} cannot be written ({error.strerror}): make it writable, or name another one in SHEBAO_DATA_DIR"
        ) from None


def _explain(error: Exception, database: str) -> str:
    said = str(getattr(error, "orig", None) or error)
    if "locked" in said:
        return f"The database {database} is in use by another program: stop that one, or name another file in SHEBAO_DATABASE_URL"
    if "not a database" in said or "malformed" in said:
        return (
            f"{database} is no SQLite database or is damaged: move it away, or name another file in SHEBAO_DATABASE_URL"
        )
    return f"The database {database} cannot be opened ({said}): check SHEBAO_DATABASE_URL and SHEBAO_DATA_DIR"


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions itself (below); the driver's own way cannot begin one that will write.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
    except sqlite3.OperationalError:
        pass  # a read-only or locked file: the first statement says so, with its own words
    finally:
        cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # Taking the write lock at once: two that read first and write later would refuse each other.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
