"""The order of the checks."""

from __future__ import annotations

from bot.address import address_of
from bot.doctor import texts
from bot.doctor.finding import Finding, found
from bot.doctor.machine import data_folder, database, knowledge, pictures
from bot.doctor.remote import process, telegram
from bot.errors import SettingsError
from bot.language import Text
from bot.settings import Settings, read


async def examine() -> list[Finding]:
    """Every check; one that fails does not keep the others from being made."""
    settings, first = _settings()
    if settings is None:
        return [first]
    return [
        first,
        knowledge(settings),
        data_folder(settings),
        pictures(settings),
        *await database(settings.database),
        *await telegram(settings),
    ]


async def examine_quickly() -> list[Finding]:
    """What a container's health check needs, within two seconds and without Telegram.

    Where the bot has an HTTP server, that is asked; else the data folder and the database are looked at.
    """
    settings, first = _settings()
    if settings is None:
        return [first]
    listen = settings.http_listen or (settings.webhook_listen if settings.webhook_url else None)
    if listen:
        return [first, await process(address_of(listen))]
    return [first, data_folder(settings), *await database(settings.database)]


def _settings() -> tuple[Settings | None, Finding]:
    try:
        settings = read()
    except SettingsError as error:
        said = str(error).replace("\n", "; ")
        return None, Finding("settings", "wrong", Text.model_construct(zh=said, en=said))
    way = "webhook" if settings.webhook_url else "polling"
    return settings, found("settings", "ok", texts.SETTINGS, way=way)
