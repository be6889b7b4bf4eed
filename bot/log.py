"""Logging: one line an event, without tokens and without personal numbers."""

from __future__ import annotations

import logging
import re
import sys

from bot.privacy import redact

_TOKEN = re.compile(r"\b(bot)?\d{5,}(?::|%3A)[\w-]{3,}")


def safe(text: str) -> str:
    """A text for the log or the screen of whoever runs the bot: without tokens and without what tells who a user is."""
    return redact(_TOKEN.sub("«token»", text))


class SafeFormatter(logging.Formatter):
    """Masks whatever looks like a bot token or a personal number, in messages and tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return safe(super().format(record))


class Trouble:
    """Says once that something does not work, and once that it works again, however often both are met.

    Args:
        log: where to say it.
        what: the subject of the sentence: “the database”.
    """

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._met = False

    def met(self, error: Exception) -> None:
        """It does not work."""
        if not self._met:
            self._log.warning("%s does not work (%s): trying again", self._what, error)
        self._met = True

    def over(self) -> None:
        """It works."""
        if self._met:
            self._log.info("%s works again", self._what)
        self._met = False


def set_up(level: int = logging.INFO) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # httpx logs every address, and the token is a part of it.
    for name in ("httpx", "httpcore", "aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It logs each failure with a traceback; the same failure reaches the sender and the receiver, who say it once.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
