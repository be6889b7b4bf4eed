"""SQLite's manners: what a connection is told, how a transaction begins, where its statements run, who has the file open."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import aiosqlite
from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine


def file_of(address: URL) -> Path | None:
    """The file of a SQLite address; None for another database, or one in memory."""
    is_file = address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:"
    return Path(str(address.database)) if is_file else None


class InPlace(aiosqlite.Connection):
    """A connection whose statements run where they are called, once the transaction has begun.

    Elsewhere each would go to a thread and back, which costs more than itself. What may wait does so in the thread: for the
    lock at the beginning, for the disk at the end. Nothing between the two waits for anybody.
    """

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        connection = self._connection
        if connection is not None and self._running and _never_waits(fn.__name__, connection):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


def _never_waits(name: str, connection: sqlite3.Connection) -> bool:
    return name in {"cursor", "rollback"} or (connection.in_transaction and name != "commit")


def connect(database: str, **named: Any) -> InPlace:
    """What SQLAlchemy's driver calls instead of `aiosqlite.connect`."""
    named["check_same_thread"] = False  # two threads use it, one after the other
    connection = InPlace(lambda: sqlite3.connect(database, **named), iter_chunk_size=64)
    connection._thread.daemon = (
        True  # as SQLAlchemy does with its own: a forgotten connection must not keep the process
    )
    return connection


def set_up(connection: Any, _record: object) -> None:
    """What each new connection is told."""
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


def begin(connection: Connection) -> None:
    """Take the write lock at once: two that read first and write later would refuse each other."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class FileLock:
    """Tells whether this process alone has a SQLite file open. Held until released or until the process dies.

    Attributes:
        alone: nobody else had it when it was opened; False where the platform cannot tell.
    """

    def __init__(self, path: Path) -> None:
        self.alone = False
        self._file: int | None = None
        with contextlib.suppress(ImportError, OSError):
            import fcntl  # noqa: PLC0415 -- not on every platform

            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.alone = True

    @classmethod
    def of(cls, engine: AsyncEngine) -> Self | None:
        """The lock beside a SQLite file; None for another database."""
        file = file_of(engine.url)
        return cls(file.with_name(file.name + "-lock")) if file else None

    def release(self) -> None:
        """Let the next one have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
