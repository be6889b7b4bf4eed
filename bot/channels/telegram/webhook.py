"""Taking updates that Telegram brings: stored first, answered with 200 afterwards."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from http import HTTPStatus
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot import metrics
from bot.channels.telegram.incoming import NOBODY
from bot.channels.telegram.inline_queue import InlineQueries
from bot.channels.telegram.receiver import ALLOWED_UPDATES, number_of, received, refused_token, retry_seconds
from bot.errors import ChannelError
from bot.log import Trouble, about
from bot.settings import Settings
from bot.storage import Received, Store
from bot.web import read_body

log = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
STORE_SECONDS = 20.0
MAX_WAIT = 30.0
BATCH = 100
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 -- the header's name
DECLINED = HTTPStatus.BAD_REQUEST


class Webhook:
    """The endpoint. What arrives while a transaction is under way goes into the next one together.

    Args:
        store: keeps what comes in.
        arrived: set whenever something new is stored.
        secret: what the header must hold.
        inline: answers inline queries, which are never stored.

    Attributes:
        me: the bot itself; to be set once that is known.
    """

    def __init__(self, store: Store, arrived: asyncio.Event, secret: str, inline: InlineQueries) -> None:
        self._store = store
        self._arrived = arrived
        self._secret = secret.encode()
        self.me = NOBODY
        self._inline = inline
        self._waiting: list[tuple[Received, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None
        self._trouble = Trouble(log, "storing updates")

    def route(self, path: str) -> Route:
        """The endpoint at a path; other methods than POST get a 405."""
        return Route(path, self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        try:
            status = await self._take(request)
        except TimeoutError:
            status = HTTPStatus.REQUEST_TIMEOUT
        except ClientDisconnect:
            status = DECLINED
        metrics.WEBHOOK.labels(str(status.value)).inc()
        # Telegram may pick any connection again; one whose body was not read to its end must not be kept.
        headers = {} if status == HTTPStatus.OK else {"Connection": "close"}
        return Response(status_code=status, headers=headers)

    async def _take(self, request: Request) -> HTTPStatus:
        # The secret first: whoever does not know it learns nothing, and nothing of theirs is kept or parsed.
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode("latin-1", "replace"), self._secret):
            await read_body(request, 0)
            return HTTPStatus.FORBIDDEN
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            await read_body(request, 0)
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
        body = await read_body(request, MAX_BODY)
        if body is None:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raw = parse(body)
        if raw is None:
            return DECLINED
        update = received(raw, self._store.now(), self.me)
        if update is None:
            return HTTPStatus.OK  # what members of a group say to each other
        if self._inline.take(update):
            return HTTPStatus.OK
        with about(update.update_id):
            try:
                async with asyncio.timeout(STORE_SECONDS):
                    await self._stored(update)
            except (SQLAlchemyError, OSError) as error:
                self._trouble.met(error)
                return HTTPStatus.SERVICE_UNAVAILABLE
            self._trouble.over()
            log.debug("received")
        return HTTPStatus.OK

    async def _stored(self, update: Received) -> None:
        """Come back when the update is in the store.

        Raises:
            SQLAlchemyError: where it could not be stored.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((update, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_all())
        await stored

    async def _store_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._store.receive([update for update, _ in batch])
            except Exception as error:  # noqa: BLE001 -- each request is told and decides
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(error)
                continue
            metrics.UPDATES.labels("webhook").inc(len(batch))
            self._arrived.set()
            for _, stored in batch:
                if not stored.done():  # its request may have been given up
                    stored.set_result(None)


def parse(body: bytes) -> Any:
    """A posted update; None where it is none."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return update if number_of(update) is not None else None


async def register(bot: Bot, settings: Settings) -> None:
    """Tell Telegram where to bring updates, again and again until it has understood.

    Raises:
        ChannelError: where it refuses the token or the address.
    """
    assert settings.webhook_url
    assert settings.webhook_secret
    failures = 0
    while True:
        try:
            await bot.set_webhook(
                settings.webhook_url,
                allowed_updates=ALLOWED_UPDATES,
                drop_pending_updates=False,
                secret_token=settings.webhook_secret.get_secret_value(),
            )
        except (InvalidToken, Forbidden):
            raise refused_token() from None
        except BadRequest as error:
            raise ChannelError(
                f"Telegram refuses the webhook ({error}): check SHEBAO_WEBHOOK_URL and its certificate"
            ) from None
        except RetryAfter as error:
            await asyncio.sleep(retry_seconds(error))
        except TelegramError as error:
            if not failures:
                log.warning("the webhook cannot be registered (%s): trying again", error)
            failures += 1
            await asyncio.sleep(min(MAX_WAIT, 0.5 * 2 ** min(failures, 6)))
        else:
            log.info("updates come by webhook")
            return
