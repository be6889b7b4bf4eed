"""Starting and stopping the Telegram channel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, BotCommand
from telegram.error import InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot import wording
from bot.channels.telegram.handler import Handler
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.receiver import Receiver, refused_token, retry_seconds
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.upkeep import keep_hold, prune
from bot.channels.telegram.worker import Worker
from bot.dialogue import Assistant
from bot.errors import ChannelError
from bot.language import Language
from bot.log import Trouble
from bot.settings import Settings
from bot.storage import Store

log = logging.getLogger(__name__)

DRAIN_SECONDS = 6.0
STOP_SECONDS = 2.0
"""For what a worker has in hand; a database that does not answer must not keep the process."""
FIRST_TRIES = 5


async def run(settings: Settings, assistant: Assistant) -> None:
    """Serve Telegram until a signal or cancellation.

    Raises:
        ChannelError: where Telegram refuses the token.
        StorageError: where the database cannot be opened.
    """
    assert settings.token is not None
    store = await Store.open(settings.database)
    token = settings.token.get_secret_value()
    requests = HTTPXRequest(connection_pool_size=32, pool_timeout=10), HTTPXRequest(connection_pool_size=2)
    bot = Bot(token, base_url=f"{settings.api_base_url}/bot", request=requests[0], get_updates_request=requests[1])
    try:
        await _start(bot)
        await _serve(bot, store, assistant, settings)
    finally:
        with contextlib.suppress(TelegramError):
            await bot.shutdown()
        await store.close()


async def _start(bot: Bot) -> None:
    """Say hello to Telegram, and tell it our commands in both languages."""
    for attempt in range(1, FIRST_TRIES + 1):
        try:
            await bot.initialize()
            break
        except InvalidToken:
            raise refused_token() from None
        except TelegramError as error:
            if attempt == FIRST_TRIES:
                raise ChannelError(
                    f"Telegram cannot be reached ({error}): check the network and TELEGRAM_API_BASE_URL"
                ) from None
            await asyncio.sleep(retry_seconds(error) if isinstance(error, RetryAfter) else attempt)
    log.info("connected as @%s", bot.username)
    try:
        await bot.delete_webhook()
        # Without a language code: what people see whose language is neither.
        spoken: tuple[tuple[Language, str | None], ...] = (("en", None), ("en", "en"), ("zh", "zh"))
        for language, code in spoken:
            commands = [BotCommand(name, text.of(language)) for name, text in wording.COMMANDS.items()]
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_description(wording.BOT_DESCRIPTION.of(language), language_code=code)
            await bot.set_my_short_description(wording.BOT_SHORT_DESCRIPTION.of(language), language_code=code)
    except TelegramError as error:
        log.warning("commands could not be registered (%s); the bot works without", error)


async def _serve(bot: Bot, store: Store, assistant: Assistant, settings: Settings) -> None:
    arrived, ready = asyncio.Event(), asyncio.Event()
    limits = Limits(settings.send_per_second, settings.send_per_chat_per_second, settings.send_per_group_per_minute)
    receiver = Receiver(bot, store, arrived)
    trouble = Trouble(log, "the database")
    handler = Handler(assistant, settings.ask_per_minute)
    workers = [Worker(store, handler, arrived, ready, trouble) for _ in range(store.workers)]
    sender = Sender(bot, store, limits, ready, trouble)
    stopped = asyncio.Event()

    def stop() -> None:
        for event in (stopped, arrived, ready):
            event.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # where the platform has no such signals
            loop.add_signal_handler(number, stop)
    receiving = asyncio.create_task(receiver.run())
    tending = [asyncio.create_task(keep_hold(store)), asyncio.create_task(prune(store))]
    working = [asyncio.create_task(sender.run(stopped))]
    working += [asyncio.create_task(each.run(stopped)) for each in workers]
    until_stopped = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait([receiving, *working, until_stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        # Receiving may be cut off at any moment: what is not confirmed comes again. The others finish what they have in hand.
        stop()
        receiving.cancel()
        await asyncio.wait(working, timeout=STOP_SECONDS)
        for task in working:
            task.cancel()
        ended = await asyncio.gather(receiving, *working, until_stopped, return_exceptions=True)
    try:
        for result in ended:
            if isinstance(result, Exception):
                raise result
        log.info("stopping: finishing what is under way")
        await _drain(workers[0], sender)
    finally:
        for task in tending:
            task.cancel()
        await asyncio.gather(*tending, return_exceptions=True)


async def _drain(worker: Worker, sender: Sender) -> None:
    """Answer what is stored already, as far as there is time."""
    end = time.monotonic() + DRAIN_SECONDS
    with contextlib.suppress(TimeoutError, SQLAlchemyError, OSError):
        async with asyncio.timeout(DRAIN_SECONDS / 2):
            while await worker.step():
                pass
    with contextlib.suppress(SQLAlchemyError, OSError):
        await sender.drain(end - time.monotonic())
