"""Processes of the bot that need not import anything: forked from one that has imported it all, and has done nothing else."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

IMPORTED = ["bot.cli", "bot.channels.telegram.app", "bot.desk", "bot.serving", "asyncpg", "alembic.command"]


class Forked:
    """`python -m bot` with some arguments, as `subprocess.Popen` would run it.

    Args:
        arguments: behind the program's name.
        environment: all of it.
        folder: to run in.
        log: takes what it writes.
    """

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(IMPORTED)
        self._process = context.Process(target=_main, args=(list(arguments), dict(environment), str(folder), str(log)))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code, minus the signal's number where one ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; its exit code.

        Raises:
            TimeoutExpired: where it goes on for longer.
        """
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("shebao", timeout or 0.0)
        return code

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it has not ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it."""
        self._process.kill()


def _main(arguments: list[str], environment: dict[str, str], folder: str, log: str) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    written = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in ((0, nothing), (1, written), (2, written)):
        os.dup2(file, number)
    sys.argv = ["shebao", *arguments]
    from bot.cli import main  # noqa: PLC0415 -- what is forked has it already; whoever forks needs it not

    main()
