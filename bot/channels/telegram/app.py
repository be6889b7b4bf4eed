"""Starting and stopping the Telegram channel."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot import metrics, wording
from bot.answers import fonts
from bot.channels.telegram.admins import Answering
from bot.channels.telegram.admins import register as register_admins
from bot.channels.telegram.checklists import Checklists
from bot.channels.telegram.facts import Facts
from bot.channels.telegram.handler import Handler
from bot.channels.telegram.incoming import NOBODY, Me
from bot.channels.telegram.inline import InlineResults
from bot.channels.telegram.inline_queue import InlineQueries
from bot.channels.telegram.limits import Limits
from bot.channels.telegram.people import People
from bot.channels.telegram.probes import listen
from bot.channels.telegram.receiver import Receiver, refused_token, retry_seconds
from bot.channels.telegram.sender import AT_ONCE, Sender
from bot.channels.telegram.transport import Transport
from bot.channels.telegram.upkeep import keep_hold, prune
from bot.channels.telegram.webhook import Webhook, register
from bot.channels.telegram.worker import Worker
from bot.dialogue import Assistant
from bot.errors import ChannelError
from bot.language import Language
from bot.log import Trouble
from bot.serving import Serving, run_errands
from bot.settings import Settings
from bot.storage import Store

log = logging.getLogger(__name__)

DRAIN_SECONDS = 6.0
STOP_SECONDS = 2.0
"""For what a worker has in hand; a database that does not answer must not keep the process."""
FIRST_TRIES = 5


Beside = Callable[[Store], AbstractAsyncContextManager[None]]
"""What else this process serves, over the same store."""


async def run(settings: Settings, serving: Serving, beside: Beside | None = None) -> None:
    """Serve Telegram, and what stands beside it, until a signal or cancellation.

    Raises:
        SettingsError: where the font that is named cannot be used.
        ChannelError: where Telegram refuses the token or the webhook, or an address cannot be listened on.
        StorageError: where the database cannot be opened.
    """
    assert settings.token is not None
    font = fonts.find(settings.font)
    if font is None:
        log.warning("no Chinese font is found: papers are not offered as pictures (install %s)", fonts.PACKAGE)
    checklists = Checklists(lambda: serving.assistant.knowledge, font, settings.cache_dir)
    gc.freeze()  # the knowledge and the libraries stay: to look through them for garbage takes a tenth of a second each time
    store = await Store.open(settings.database)
    token = settings.token.get_secret_value()
    bot = Bot(
        token,
        base_url=f"{settings.api_base_url}/bot",
        request=Transport(AT_ONCE + 8),
        get_updates_request=Transport(1),
    )
    knowledge = serving.assistant.knowledge
    metrics.describe(knowledge.revision, len(knowledge.entries))
    try:
        await _Service(bot, store, serving, settings, beside, checklists=checklists).run()
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
        # Without a language code: what people see whose language is neither.
        spoken: tuple[tuple[Language, str | None], ...] = (("en", None), ("en", "en"), ("zh", "zh"))
        for language, code in spoken:
            commands = {name: BotCommand(name, text.of(language)) for name, text in wording.COMMANDS.items()}
            await bot.set_my_commands(list(commands.values()), language_code=code)
            there = [commands[name] for name in wording.GROUP_COMMANDS]
            await bot.set_my_commands(there, BotCommandScopeAllGroupChats(), language_code=code)
            await bot.set_my_description(wording.BOT_DESCRIPTION.of(language), language_code=code)
            await bot.set_my_short_description(wording.BOT_SHORT_DESCRIPTION.of(language), language_code=code)
    except TelegramError as error:
        log.warning("commands could not be registered (%s); the bot works without", error)


class _Service:
    """Everything that runs side by side in one process."""

    def __init__(
        self,
        bot: Bot,
        store: Store,
        serving: Serving,
        settings: Settings,
        beside: Beside | None,
        *,
        checklists: Checklists,
    ) -> None:
        self._bot, self._store, self._serving, self._settings = bot, store, serving, settings
        self._beside, self._checklists = beside, checklists
        self._arrived, self._ready, self._stopped = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._receiver: Receiver | None = None
        self._registered = False
        self._me = NOBODY
        self._inline = InlineQueries(bot, serving.derive(InlineResults))

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        async with contextlib.AsyncExitStack() as servers:
            servers.push_async_callback(self._inline.close)
            webhook = None
            if self._settings.webhook_secret and self._settings.webhook_url:
                secret = self._settings.webhook_secret.get_secret_value()
                webhook = Webhook(self._store, self._arrived, secret, self._inline)
            route = webhook.route(self._settings.webhook_path) if webhook else None
            await listen(servers, self._settings, self._store, self._serving, connected=self._connected, webhook=route)
            if self._beside:
                await servers.enter_async_context(self._beside(self._store))
            await _start(self._bot)
            self._me = Me(self._bot.id, self._bot.username)
            if webhook:
                webhook.me = self._me
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # where the platform has no such signals
                    loop.add_signal_handler(number, self._stop)
            await self._serve(servers)

    def _handler(self, assistant: Assistant) -> Handler:
        return Handler(
            assistant,
            self._me,
            ask_per_minute=self._settings.ask_per_minute,
            ask_per_group=self._settings.ask_per_group_per_minute,
            admins=self._settings.admins,
            checklists=self._checklists,
        )

    async def _connected(self) -> bool:
        # In webhook mode a failing send does not count: who can store must stay reachable, or the updates have nowhere to go.
        return self._registered or (self._receiver is not None and self._receiver.connected)

    def _stop(self) -> None:
        for event in (self._stopped, self._arrived, self._ready):
            event.set()

    async def _receive(self) -> None:
        if self._settings.webhook_url is None:
            self._receiver = Receiver(self._bot, self._store, self._arrived, self._me, self._inline)
            log.info("updates come by polling")
            await self._receiver.run()
        else:
            await register(self._bot, self._settings)
            self._registered = True
            await self._stopped.wait()

    async def _serve(self, servers: contextlib.AsyncExitStack) -> None:
        settings, store = self._settings, self._store
        limits = Limits(settings.send_per_second, settings.send_per_chat_per_second, settings.send_per_group_per_minute)
        trouble = Trouble(log, "the database")
        handler = self._serving.derive(self._handler)
        answering = Answering(store, self._serving, self._ready)
        facts = Facts(store, People(self._bot), self._me)
        workers = [Worker(store, handler, self._arrived, self._ready, trouble, facts) for _ in range(store.workers)]
        sender = Sender(self._bot, store, limits, self._ready, trouble, make=self._checklists.call)
        receiving = asyncio.create_task(self._receive())
        tending = [asyncio.create_task(keep_hold(store)), asyncio.create_task(prune(store))]
        tending.append(asyncio.create_task(run_errands(store, self._serving, settings, answering.answer)))
        tending.append(asyncio.create_task(register_admins(self._bot, sorted(settings.admins))))
        working = [asyncio.create_task(sender.run(self._stopped))]
        working += [asyncio.create_task(each.run(self._stopped)) for each in workers]
        until_stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait([receiving, *working, until_stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Receiving may be cut off at any moment: what is not confirmed comes again. The others finish what they have in hand.
            self._stop()
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
            await _drain(servers, workers[0], sender)
        finally:
            for task in tending:
                task.cancel()
            await asyncio.gather(*tending, return_exceptions=True)


async def _drain(servers: contextlib.AsyncExitStack, worker: Worker, sender: Sender) -> None:
    """Take no more requests, and answer what is stored already, as far as there is time."""
    end = time.monotonic() + DRAIN_SECONDS
    with contextlib.suppress(TimeoutError, SQLAlchemyError, OSError):
        async with asyncio.timeout(DRAIN_SECONDS / 2):
            await servers.aclose()
            while await worker.step():
                pass
    with contextlib.suppress(SQLAlchemyError, OSError):
        await sender.drain(end - time.monotonic())
