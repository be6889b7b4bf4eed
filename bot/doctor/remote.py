"""Checks over the network: Telegram, the clock by its answer, and the bot's own HTTP server."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.address import Address
from bot.doctor import texts
from bot.doctor.finding import Finding, found
from bot.settings import Settings

WAIT_SECONDS = 10.0
QUICK_SECONDS = 2.0
CLOCK_SECONDS = 60
RECENT_SECONDS = 3600


async def telegram(settings: Settings) -> list[Finding]:
    """The token, the clock and the webhook."""
    if settings.token is None:
        return [found("telegram", "note", texts.NO_TOKEN)]
    base = f"{settings.api_base_url}/bot{settings.token.get_secret_value()}"
    try:
        async with httpx.AsyncClient(timeout=WAIT_SECONDS) as client:
            asked = time.time()
            answer = await client.post(f"{base}/getMe")
            clock = _clock(answer.headers.get("date"), (asked + time.time()) / 2)
            if answer.status_code in {401, 403, 404}:
                return [found("telegram", "wrong", texts.TOKEN_WRONG), clock]
            me = _result(answer)
            info = _result(await client.post(f"{base}/getWebhookInfo"))
    except (httpx.HTTPError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        return [found("telegram", "wrong", texts.TELEGRAM_WRONG, address=settings.api_base_url, reason=reason)]
    name = me.get("username", "")
    return [found("telegram", "ok", texts.TELEGRAM, name=name), clock, _webhook(settings, info)]


async def process(address: Address) -> Finding:
    """Whether the bot on this machine answers."""
    # What listens on every interface is asked on this machine's own.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 -- compared, not listened on
    url = f"http://{Address(host, address.port)}/healthz"
    try:
        async with httpx.AsyncClient(timeout=QUICK_SECONDS, trust_env=False) as client:
            (await client.get(url)).raise_for_status()
    except httpx.HTTPError as error:
        return found("process", "wrong", texts.PROCESS_WRONG, url=url, reason=type(error).__name__)
    return found("process", "ok", texts.PROCESS, url=url)


def _result(answer: httpx.Response) -> Mapping[str, Any]:
    """What a call of the Bot API gave.

    Raises:
        ValueError: where it gave nothing of use, saying the status and no more: the address holds the token.
    """
    result = answer.json().get("result") if answer.is_success else None
    if not isinstance(result, dict):
        raise ValueError(f"status {answer.status_code}")  # noqa: TRY004 -- what it stands for is a failed call
    return result


def _clock(date: str | None, now: float) -> Finding:
    try:
        theirs = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        return found("clock", "note", texts.CLOCK_UNKNOWN)
    seconds = round(now - theirs)
    if abs(seconds) > CLOCK_SECONDS:
        return found("clock", "wrong", texts.CLOCK_WRONG, seconds=seconds)
    return found("clock", "ok", texts.CLOCK, seconds=seconds)


def _webhook(settings: Settings, info: Mapping[str, Any]) -> Finding:
    registered, pending = info.get("url", ""), info.get("pending_update_count", 0)
    if settings.webhook_url is None:
        if registered:
            return found("webhook", "wrong", texts.WEBHOOK_LEFT, url=registered)
        return found("webhook", "ok", texts.POLLING)
    if registered != settings.webhook_url:
        text = texts.WEBHOOK_MISSING
        return found("webhook", "wrong", text, found=registered, url=settings.webhook_url)
    ago = time.time() - info.get("last_error_date", 0)
    if ago < RECENT_SECONDS and pending:
        reason = info.get("last_error_message", "")
        text = texts.WEBHOOK_WRONG
        return found("webhook", "wrong", text, pending=pending, minutes=round(ago / 60), reason=reason)
    return found("webhook", "ok", texts.WEBHOOK, url=registered, pending=pending)
