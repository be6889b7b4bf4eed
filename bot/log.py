"""Logging: one line an event, without tokens and without personal numbers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import sys
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

from bot.privacy import redact

Format = Literal["text", "json"]

QUIET_SECONDS = 2.0
STALE_SECONDS = 180.0

_TOKEN = re.compile(r"\b(bot)?\d{5,}(?::|%3A)[\w-]{3,}")
_request: ContextVar[int | None] = ContextVar("request", default=None)


@contextlib.contextmanager
def about(update_id: int | None) -> Iterator[None]:
    """Everything logged in this block, in this task, carries the update's number as its request id."""
    before = _request.set(update_id)
    try:
        yield
    finally:
        _request.reset(before)


def safe(text: str) -> str:
    """A text for the log or the screen of whoever runs the bot: without tokens and without what tells who a user is."""
    return redact(_TOKEN.sub("«token»", text))


def cause(error: Exception | str) -> str:
    """What an error says, in one line; a database's without the statement that it befell."""
    said = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return said or type(error).__name__


class SafeFormatter(logging.Formatter):
    """Masks whatever looks like a bot token or a personal number, in messages and tracebacks alike."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        return safe(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's own name
        """The line without a traceback."""
        request = _request.get()
        line = super().formatMessage(record)
        return line if request is None else f"{line} (update {request})"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request (the update's number), error (a traceback)."""

    def format(self, record: logging.LogRecord) -> str:
        """The finished line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": safe(record.getMessage()),
        }
        if (request := _request.get()) is not None:
            fields["request"] = request
        if record.exc_info:
            fields["error"] = safe(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


class Trouble:
    """Says once that something does not work, and once that it works again, however often both are met.

    It works again when whatever met the trouble has come through, and nothing else has met any for a moment: where one in ten
    fails, that is one trouble, not one each time. To be used where an event loop runs.

    Args:
        log: where to say it.
        what: the subject of the sentence: “the database”.
    """

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._said = False
        self._last = 0.0
        self._met: dict[object, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def met(self, error: Exception | str, by: object = None) -> None:
        """It does not work for somebody."""
        self._last = self._met[by] = time.monotonic()
        if not self._said:
            self._log.warning("%s does not work (%s): trying again", self._what, cause(error))
        self._said = True

    def over(self, by: object = None) -> None:
        """It works for somebody, or they have given up."""
        self._met.pop(by, None)
        if self._said and self._timer is None:
            self._look()

    def _look(self) -> None:
        self._timer = None
        # Who is not heard of any more has come through elsewhere: in another replica.
        until = max([self._last + QUIET_SECONDS, *(met + STALE_SECONDS for met in self._met.values())])
        if (wait := until - time.monotonic()) > 0:
            self._timer = asyncio.get_running_loop().call_later(min(wait, QUIET_SECONDS), self._look)
            return
        self._log.info("%s works again", self._what)
        self._said = False
        self._met.clear()


def set_up(form: Format = "text", level: str = "INFO") -> None:
    """Log to standard error.

    Args:
        form: lines to read, or JSON to collect.
        level: of our own lines; libraries never say more than INFO, since they would log what people write.
    """
    handler = logging.StreamHandler(sys.stderr)
    text = SafeFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if form == "json" else text)
    logging.basicConfig(level=max(logging.INFO, logging.getLevelNamesMapping()[level]), handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(level)
    # httpx logs every address, and the token is a part of it.
    for name in ("httpx", "httpcore", "aiosqlite", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of each request that is no HTTP: a line for everybody who wants to fill the disk.
    logging.getLogger("uvicorn").setLevel(logging.ERROR)
    # It logs each failure with a traceback; the same failure reaches the sender and the receiver, who say it once.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
