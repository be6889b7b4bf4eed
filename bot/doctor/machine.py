"""Checks of this machine: files and the database."""

from __future__ import annotations

import shutil
import tempfile

from bot.answers import fonts
from bot.doctor import texts
from bot.doctor.finding import Finding, found
from bot.errors import KnowledgeError, SettingsError, StorageError
from bot.knowledge import load_kept
from bot.language import Text
from bot.settings import Settings
from bot.storage import inspect
from bot.wording import KNOWLEDGE_HELD

MIB = 1024 * 1024
NEEDED_MIB = 100
_SHOWN = 120


def knowledge(settings: Settings) -> Finding:
    """Whether the knowledge files can be used."""
    try:
        loaded = load_kept(settings.knowledge_dir, settings.cache_dir)
    except KnowledgeError as error:
        text = texts.KNOWLEDGE_WRONG
        return found("knowledge", "wrong", text, count=len(error.problems), first=error.problems[0])
    text = KNOWLEDGE_HELD
    return found("knowledge", "ok", text, entries=len(loaded.entries), revision=loaded.revision)


def data_folder(settings: Settings) -> Finding:
    """Whether the data folder can be written, and has room."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free // MIB
    except OSError as error:
        reason = error.strerror or error
        return found("data folder", "wrong", texts.DATA_WRONG, folder=folder, reason=reason)
    if free < NEEDED_MIB:
        text = texts.DATA_FULL
        return found("data folder", "wrong", text, folder=folder, free=free, needed=NEEDED_MIB)
    return found("data folder", "ok", texts.DATA, folder=folder, free=free)


def pictures(settings: Settings) -> Finding:
    """Whether there is a font to write pictures in."""
    try:
        font = fonts.find(settings.font)
    except SettingsError as error:
        said = str(error)
        return Finding("pictures", "wrong", Text.model_construct(zh=said, en=said))
    if font is None:
        return found("pictures", "note", texts.NO_FONT, package=fonts.PACKAGE)
    return found("pictures", "ok", texts.FONT, font=font.name)


async def database(url: str) -> list[Finding]:
    """Whether the database can be used, and what waits in it or was given up."""
    try:
        seen = await inspect(url)
    except StorageError as error:
        return [found("database", "wrong", texts.DATABASE_WRONG, reason=error)]
    if not seen.exists:
        return [found("database", "ok", texts.DATABASE_NEW)]
    if seen.backlog is None:
        return [found("database", "wrong", texts.DATABASE_OLD)]
    now = seen.backlog
    findings = [found("database", "ok", texts.DATABASE)]
    if seen.errors:
        # A note, since the bot works on: whoever wrote was told, and the error is there to be mended.
        errors = "; ".join(f"{number}: {error[:_SHOWN]}" for number, error in seen.errors)
        text, waiting, failed = texts.FAILED, now.inbox_waiting, now.inbox_failed
        findings.append(found("inbox", "note", text, waiting=waiting, failed=failed, errors=errors))
    else:
        text = texts.QUEUE
        findings.append(found("inbox", "ok", text, waiting=now.inbox_waiting, failed=now.inbox_failed))
    text = texts.QUEUE
    findings.append(found("outbox", "ok", text, waiting=now.outbox_waiting, failed=now.outbox_failed))
    return findings
