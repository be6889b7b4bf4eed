"""Opening the database: the engine, SQLite's manners, PostgreSQL's driver, the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import StorageError
from bot.storage import sqlite
from bot.storage.sqlite import file_of

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 5
CONNECT_SECONDS = 10
COMMAND_SECONDS = 30
CONNECTIONS = 8
"""To PostgreSQL, a process. SQLite lets one write at a time, so one connection is all it needs."""

_EXAMPLES = "sqlite+aiosqlite:///data/shebao.db or postgresql+asyncpg://USER:PASSWORD@HOST/NAME"
_MIGRATING = 7_403_217  # any number: the advisory lock of whoever migrates


async def open_engine(url: str) -> AsyncEngine:
    """A database with the newest schema: SQLite's is brought up to date, PostgreSQL's must be.

    Args:
        url: SQLAlchemy address; a SQLite file's folder is made if it is not there.

    Raises:
        StorageError: where it cannot be opened, saying what to do.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return await _upgraded(address)
    engine = _engine(address)
    try:
        async with engine.connect() as connection:
            current = await connection.run_sync(is_current)
    except (DBAPIError, OSError) as error:
        await engine.dispose()
        raise StorageError(_explain(error, address)) from None
    if not current:
        await engine.dispose()
        raise StorageError(
            f"The database {address.database} does not have this version's tables: run `shebao migrate` once, then start again"
        )
    return engine


async def migrate(url: str) -> str:
    """Bring a database's schema up to date; returns its version.

    Raises:
        StorageError: where it cannot be opened.
    """
    engine = await _upgraded(_address(url))
    await engine.dispose()
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def engine_to_look(url: str) -> AsyncEngine | None:
    """A database as it is, to be looked at; a SQLite file can only be read, so that a bot at work is not held up.

    None for a SQLite file that is not there yet.

    Raises:
        StorageError: where the address is none.
    """
    address = _address(url)
    file = file_of(address)
    if file is None:
        return _engine(address)
    if not file.exists():
        return None
    read_only = address.set(database=f"file:{quote(str(file))}", query={"mode": "ro", "uri": "true"})
    return create_async_engine(read_only, hide_parameters=True)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise StorageError(f"SHEBAO_DATABASE_URL is no database address: write it like {_EXAMPLES}") from None
    # As hosts of databases hand them out.
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+asyncpg")
    if address.drivername == "sqlite":
        address = address.set(drivername="sqlite+aiosqlite")
    if address.drivername not in {"sqlite+aiosqlite", "postgresql+asyncpg"}:
        raise StorageError(
            f"SHEBAO_DATABASE_URL names a database that is not supported here ({address.drivername}): use {_EXAMPLES}"
        )
    return address


def _engine(address: URL) -> AsyncEngine:
    try:
        if address.get_backend_name() != "sqlite":
            return create_async_engine(
                address,
                hide_parameters=True,  # an error of the database must not write what people said into the log
                pool_size=CONNECTIONS,
                max_overflow=0,
                pool_recycle=1800,
                connect_args={
                    "async_creator_fn": _connect,
                    "timeout": CONNECT_SECONDS,
                    "command_timeout": COMMAND_SECONDS,
                },
            )
        # One connection: its users queue up in the process, instead of polling for the file's lock.
        limits: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if file_of(address) else {}
        arguments: dict[str, Any] = {"async_creator_fn": sqlite.connect}
        if file_of(address):
            arguments["timeout"] = BUSY_SECONDS
        engine = create_async_engine(address, connect_args=arguments, hide_parameters=True, **limits)
    except (NoSuchModuleError, ModuleNotFoundError, SQLAlchemyError) as error:
        raise StorageError(f"SHEBAO_DATABASE_URL cannot be used: {error}. Use {_EXAMPLES}") from None
    event.listen(engine.sync_engine, "connect", sqlite.set_up)
    event.listen(engine.sync_engine, "begin", sqlite.begin)
    return engine


async def _connect(*arguments: Any, **named: Any) -> Any:
    """Connect to PostgreSQL; what fails here is passed on by SQLAlchemy as it is, so it is made an OSError."""
    import asyncpg  # noqa: PLC0415 -- a tenth of a second that SQLite's users need not wait for

    try:
        return await asyncpg.connect(*arguments, **named)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise OSError(str(error)) from error


async def _upgraded(address: URL) -> AsyncEngine:
    file = file_of(address)
    if file:
        _make_folder(file.parent)
    engine = _engine(address)
    try:
        async with engine.begin() as connection:
            if not file and connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATING})
            await connection.run_sync(_upgrade)
    except (DBAPIError, OSError) as error:
        await engine.dispose()
        raise StorageError(_explain(error, address)) from None
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


def _explain(error: Exception, address: URL) -> str:
    said = str(getattr(error, "orig", None) or error) or type(error).__name__
    database = address.database
    if address.get_backend_name() != "sqlite":
        return (
            f"The database {database} at {address.host or 'this machine'} cannot be opened ({said}): check SHEBAO_DATABASE_URL, "
            "and that PostgreSQL is running and reachable"
        )
    if "locked" in said:
        return f"The database {database} is in use by another program: stop that one, or name another file in SHEBAO_DATABASE_URL"
    if "not a database" in said or "malformed" in said:
        return (
            f"{database} is no SQLite database or is damaged: move it away, or name another file in SHEBAO_DATABASE_URL"
        )
    return f"The database {database} cannot be opened ({said}): check SHEBAO_DATABASE_URL and SHEBAO_DATA_DIR"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the database has this version's tables."""
    heads = ScriptDirectory.from_config(_config()).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(heads)
