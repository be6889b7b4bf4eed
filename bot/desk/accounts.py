"""Who may sit at the desk: one password for all, or an account each; passwords as argon2 hashes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import os
import re
import tempfile
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import SettingsError, UsageError
from bot.settings import Settings

LEAST_LENGTH = 10
MOST_LENGTH = 256
_NAME = re.compile(r"[^\s:/<>\"'&]{1,40}")
_SHARED = ""
"""The name behind the one password for all."""
_AT_ONCE = 2
"""Each check takes 64 MiB for a moment."""


class Accounts:
    """Checks names and passwords.

    Args:
        password: the one for all, or None.
        file: of accounts, or None. It is read again when it changes, so that an account taken out is out at once.

    Raises:
        SettingsError: where the file cannot be read, or holds no account.
    """

    def __init__(self, password: str | None = None, file: Path | None = None) -> None:
        self._hasher = PasswordHasher()
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._hashes: dict[str, str] = {_SHARED: self._hasher.hash(password)} if password else {}
        # Who gives a name that does not exist must wait as long as who gives a wrong password.
        self._nobody = self._hasher.hash(os.urandom(16).hex())
        self._checking = asyncio.Semaphore(_AT_ONCE)
        self._sealed = hashlib.sha256((password or "").encode()).hexdigest() if password else ""
        if file is not None and not self._current():
            raise SettingsError(f"SHEBAO_DESK_ACCOUNTS: {file} holds no account: write one with `shebao account NAME`")

    @classmethod
    def of(cls, settings: Settings) -> Accounts | None:
        """As the settings say; None where nobody needs to log in."""
        if settings.desk_password:
            return cls(password=settings.desk_password.get_secret_value())
        return cls(file=settings.desk_accounts) if settings.desk_accounts else None

    @property
    def named(self) -> bool:
        """Whether a name is asked for."""
        return self._file is not None

    async def check(self, name: str, password: str) -> str | None:
        """The account's name, if name and password are right."""
        name = name.strip() if self.named else _SHARED
        known = self._current().get(name)
        async with self._checking:
            right = await asyncio.to_thread(self._verify, known or self._nobody, password[:MOST_LENGTH])
        return name if known and right else None

    def mark(self, name: str, key: str) -> str | None:
        """What a session of the account holds; it changes with the password. None where there is no such account."""
        known = self._current().get(name)
        if known is None:
            return None
        return hmac.new(key.encode(), f"{name}\n{self._sealed or known}".encode(), hashlib.sha256).hexdigest()[:32]

    def _verify(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False

    def _current(self) -> dict[str, str]:
        if self._file is None:
            return self._hashes
        try:
            status = self._file.stat()
            if (status.st_mtime_ns, status.st_size) != self._read_at:
                self._hashes = _read(self._file)
                self._read_at = (status.st_mtime_ns, status.st_size)
        except (OSError, UnicodeDecodeError) as error:
            if self._read_at is None:
                raise SettingsError(f"SHEBAO_DESK_ACCOUNTS: {self._file} cannot be read ({error})") from None
            self._hashes, self._read_at = {}, (0, 0)  # gone since: nobody is let in
        return self._hashes


def write_account(file: Path, name: str, password: str) -> None:
    """Add an account to the file, or give it another password.

    Raises:
        UsageError: where name or password cannot be used, or the file cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise UsageError("A name has 1 to 40 characters, without spaces and without : / < > & and quotes")
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH:
        raise UsageError(f"A password has {LEAST_LENGTH} to {MOST_LENGTH} characters")
    try:
        accounts = _read(file) if file.exists() else {}
        accounts[name] = PasswordHasher().hash(password)
        text = "".join(f"{each}:{hashed}\n" for each, hashed in accounts.items())
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
        with contextlib.closing(os.fdopen(handle, "w", encoding="utf-8")) as written:
            written.write(text)
        Path(temporary).replace(file)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be written ({error}): name another file in SHEBAO_DESK_ACCOUNTS") from None


def session_key(file: Path) -> str:
    """The key that session cookies are signed with; made once and kept, so that a restart logs nobody out.

    Raises:
        SettingsError: where it can be neither read nor written.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=file.parent)
            with os.fdopen(handle, "w", encoding="ascii") as written:
                written.write(os.urandom(32).hex())
            with contextlib.suppress(FileExistsError):  # another process was first: its key holds
                os.link(temporary, file)
            Path(temporary).unlink()
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be written ({error}): name another folder in SHEBAO_DATA_DIR") from None
    if len(key) < 64:
        raise SettingsError(f"{file} is damaged: delete it, and a new one is made; everybody logs in once more then")
    return key


def _read(file: Path) -> dict[str, str]:
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    pairs = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {name: hashed for name, _, hashed in pairs if name and hashed}
