"""What goes wrong around the bot: it waits, says so once, and goes on; every question gets its answer, once.

The bot runs in this process with real settings and talks HTTP to the double, so that clocks, names and waiting times can be
tampered with. What needs a process of its own (a file system that is full, a kill) starts one.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import resource
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, Engine, event

from bot import log
from bot.channels.telegram import app
from bot.dialogue import Assistant
from bot.serving import Serving
from bot.settings import read
from bot.storage import Outgoing, Pace, Received, Settled, Store, migrate
from bot.storage.clock import Clock
from tests.bot_api_double import BotApiDouble, PrivateChat
from tests.killing import answers
from tests.process import TOKEN, Bot
from tests.test_telegram import api, launch

__all__ = ["api", "launch"]

# What bot.channels.telegram ignores when it runs by itself, pytest's own filters hide.
pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot")

NUMERALS = "一二三四五六七八九"
HOUR = 3600.0
people = itertools.count(5000)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the bot waits for between two looks, so that a test need not."""
    for name, seconds in {
        "bot.log.QUIET_SECONDS": 0.4,
        "bot.channels.telegram.receiver.RIVAL_SECONDS": 0.2,
        "bot.channels.telegram.receiver.MAX_WAIT": 0.3,
        "bot.channels.telegram.sender.IDLE_SECONDS": 0.2,
        "bot.channels.telegram.sender.MAX_BACKOFF": 0.3,
        "bot.storage.engine.BUSY_SECONDS": 0.3,
        "bot.storage.engine.COMMAND_SECONDS": 0.5,
    }.items():
        monkeypatch.setattr(name, seconds)


Serve = Callable[[], contextlib.AbstractAsyncContextManager[None]]


@pytest.fixture
def serve(
    api: BotApiDouble,
    assistant: Assistant,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Serve:
    """Runs the bot while a block runs."""
    caplog.set_level(logging.INFO, "bot")
    for name, value in {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": api.base_url,
        "SHEBAO_DATABASE_URL": database,
        "SHEBAO_SEND_PER_CHAT_PER_SECOND": "0",
        "SHEBAO_ASK_PER_MINUTE": "0",
    }.items():
        monkeypatch.setenv(name, value)

    @contextlib.asynccontextmanager
    async def running() -> AsyncIterator[None]:
        await migrate(database)
        task = asyncio.create_task(app.run(read(), Serving(assistant)))
        try:
            yield
        finally:
            await api.wait_until(lambda: task.done() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL)
            if not task.done():
                signal.raise_signal(signal.SIGTERM)
            await task

    return running


sqlite_only = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Crowd:
    """Some people, what they ask, and what they got."""

    def __init__(self, api: BotApiDouble, count: int = 3) -> None:
        self._api = api
        self._chats: list[PrivateChat] = [api.private_chat(next(people)) for _ in range(count)]
        self._asked = 0

    def ask(self, **extra: Any) -> None:
        """Everybody asks the next question."""
        self._asked += 1
        for chat in self._chats:
            chat.say(f"第{NUMERALS[self._asked - 1]}条", **extra)

    def got(self) -> list[list[int]]:
        return [answers(self._api, chat.id) for chat in self._chats]

    async def answered(self) -> None:
        """Everybody has every answer once and in order, and none comes again."""
        expected = [list(range(1, self._asked + 1))] * len(self._chats)
        await self._api.wait_until(lambda: sum(map(len, self.got())) >= len(self._chats) * self._asked, timeout=20)
        await asyncio.sleep(0.15)
        assert self.got() == expected


class Said:
    """What the log says of troubles."""

    def __init__(self, api: BotApiDouble, caplog: pytest.LogCaptureFixture) -> None:
        self._api = api
        self._caplog = caplog

    def about(self, what: str) -> list[str]:
        lines = [record.getMessage() for record in self._caplog.records if record.name.startswith("bot")]
        words = (f"{what} does not work", f"{what} works again")
        return [word for line in lines for word in words if line.startswith(word)]

    async def once(self, *subjects: str) -> None:
        """Each trouble is said once, and once that it is over."""
        for what in subjects:
            await self._api.wait_until(partial(self._ended, what), timeout=10, what=f"the end of the trouble: {what}")
            assert self.about(what) == [f"{what} does not work", f"{what} works again"]

    def _ended(self, what: str) -> bool:
        return len(self.about(what)) > 1


@pytest.fixture
def said(api: BotApiDouble, caplog: pytest.LogCaptureFixture) -> Said:
    return Said(api, caplog)


FAULTS: dict[str, dict[str, Any]] = {
    "429": {"status": 429, "retry_after": 1},
    "500": {"status": 500},
    "502 in HTML": {"status": 502},
    "reset": {"reset": True},
}
each_fault = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)


@sqlite_only
@each_fault
async def test_an_answer_that_cannot_be_sent_is_sent_later_and_said_once(
    api: BotApiDouble, serve: Serve, said: Said, fault: dict[str, Any]
) -> None:
    api.fail_next("sendMessage", times=5, **fault)
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        crowd.ask()
        await crowd.answered()
        await said.once("sending")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_every_fault_of_sending_one_after_the_other(api: BotApiDouble, serve: Serve, said: Said) -> None:
    for fault in FAULTS.values():
        api.fail_next("sendMessage", **fault)
    crowd = Crowd(api, 6)
    async with serve():
        crowd.ask()
        await crowd.answered()
        await said.once("sending")


@sqlite_only
@each_fault
async def test_updates_that_cannot_be_fetched_are_fetched_later_and_said_once(
    api: BotApiDouble, serve: Serve, said: Said, fault: dict[str, Any]
) -> None:
    api.fail_next("getUpdates", times=2, **fault)
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
        await said.once("receiving")


@sqlite_only
async def test_an_answer_whose_receipt_is_lost_comes_at_most_twice(
    api: BotApiDouble, serve: Serve, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.sender.ANSWER_SECONDS", 1.0)
    monkeypatch.setattr("bot.log.QUIET_SECONDS", 1.5)
    api.fail_next("sendMessage", delay=1.8)  # Telegram takes it, and says so after the bot has stopped listening
    api.fail_next("sendMessage", after_effect=True, reset=True)
    slow, cut, third = (Crowd(api, 1) for _ in range(3))
    async with serve():
        for crowd in (slow, cut, third):
            crowd.ask()
        await third.answered()
        await api.wait_until(lambda: slow.got() == cut.got() == [[1, 1]], timeout=10)
        await said.once("sending")
    assert slow.got() == cut.got() == [[1, 1]]


@sqlite_only
async def test_a_chat_that_telegram_is_slow_with_holds_up_nobody_else(api: BotApiDouble, serve: Serve) -> None:
    api.fail_next("sendMessage", delay=7)
    slow, others = Crowd(api, 1), Crowd(api)
    async with serve():
        slow.ask()
        await api.wait_until(lambda: api.calls("sendMessage"))
        slow.ask()
        for _ in range(3):
            others.ask()
            await others.answered()
        assert slow.got() == [[]]
        await slow.answered()


@sqlite_only
async def test_a_name_that_does_not_resolve_for_a_while(
    api: BotApiDouble, serve: Serve, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, lost = socket.getaddrinfo, False

    def resolver(host: Any, *arguments: Any, **named: Any) -> Any:
        if lost:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return resolve(
            "127.0.0.1" if host in {"api.telegram.test", b"api.telegram.test"} else host, *arguments, **named
        )

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setenv("TELEGRAM_API_BASE_URL", api.base_url.replace("127.0.0.1", "api.telegram.test"))
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
        api.fail_next("sendMessage", delay=0.2, reset=True)
        crowd.ask()
        await api.wait_until(lambda: len(api.calls("sendMessage")) > 3)
        lost = True
        api.cut_connections()
        crowd.ask()
        await asyncio.sleep(1)
        lost = False
        await crowd.answered()
        await said.once("sending", "receiving")


# ---------------------------------------------------------------------- clocks


JUMPING = """
create schema jumping;
create table jumping.by (seconds float);
insert into jumping.by values (0);
create function jumping.clock_timestamp() returns timestamptz language sql volatile
as 'select pg_catalog.clock_timestamp() + seconds * interval ''1 s'' from jumping.by';
"""


class WallClock:
    """The clock that the store goes by, to be set while it does: this machine's for SQLite, the server's for PostgreSQL."""

    def __init__(self, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._url = database if database.startswith("postgresql") else ""
        self._offset = 0.0
        if not self._url:
            shown = time.time
            monkeypatch.setattr(time, "time", lambda: shown() + self._offset)

    async def install(self) -> None:
        """Let PostgreSQL show another time to whoever connects from now on."""
        if self._url:
            await _execute(self._url, JUMPING)
            name = self._url.rpartition("/")[2]
            await _execute(self._url, f"alter database {name} set search_path = jumping, public, pg_catalog")

    async def jump(self, seconds: float) -> None:
        self._offset += seconds
        if self._url:
            await _execute(self._url, "update jumping.by set seconds = $1", self._offset)


async def _execute(url: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


@pytest.fixture
async def wall_clock(database: str, monkeypatch: pytest.MonkeyPatch) -> WallClock:
    clock = WallClock(database, monkeypatch)
    await migrate(database)
    await clock.install()
    return clock


async def test_the_clock_jumps_forward_and_back_while_answers_are_on_their_way(
    api: BotApiDouble,
    wall_clock: WallClock,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SHEBAO_ASK_PER_MINUTE", "5")
    monkeypatch.setattr("bot.channels.telegram.upkeep.RENEW_SECONDS", 0.1)
    crowd, waiting = Crowd(api), Crowd(api, 1)
    async with serve():
        for jump in (HOUR, -HOUR):
            calls = len(api.calls("sendMessage"))
            api.fail_next("sendMessage", status=429, retry_after=1)
            waiting.ask()
            await api.wait_until(lambda calls=calls: len(api.calls("sendMessage")) == calls + 1)  # type: ignore[misc]
            api.fail_next("sendMessage", times=3, delay=1)
            crowd.ask()
            await api.wait_until(lambda calls=calls: len(api.calls("sendMessage")) == calls + 4)  # type: ignore[misc]
            await wall_clock.jump(jump)
            crowd.ask()
            waiting.ask()
            await crowd.answered()
            await waiting.answered()
    assert caplog.text.count("the clock has jumped by") == 2


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
async def test_replicas_follow_a_jump_together(database: str, wall_clock: WallClock, jump: float) -> None:
    store, replica = await Store.open(database), await Store.open(database)
    await store.receive([Received(1, "telegram:1", {}, store.now()), Received(2, "telegram:2", {}, store.now())])
    async with store.claim(1) as batch, store.handling(batch) as units:
        await units[0].send([Outgoing("sendMessage", {})])
    (mine,) = await store.turn([], 1, Pace())
    async with store.claim(1) as in_hand:
        assert [received.update_id for received in in_hand] == [2]
        await wall_clock.jump(jump)
        # Each looks at the clock every three seconds, one before the other.
        for _ in range(6):
            for each, other in ((store, replica), (replica, store)):
                await each.keep_hold()
                for one in (each, other):
                    assert await one.turn([], 9, Pace()) == []
                    async with one.claim(9) as taken:
                        assert taken == []
        async with store.handling(in_hand):
            pass
    await store.turn([Settled(mine)], 0, Pace())
    await store.receive([Received(3, "telegram:3", {}, store.now())])
    async with replica.claim(1) as taken:
        assert [received.update_id for received in taken] == [3]
    assert abs(store.now() - replica.now()) < 0.1
    for each in (store, replica):
        await each.close()


def test_a_database_that_answers_late_is_not_taken_for_a_jump() -> None:
    clock = Clock(shared=True)
    clock.set(clock.look(time.time(), time.monotonic()))
    late = time.time() - 5
    assert clock.look(late, time.monotonic() - 5) == 0.0
    assert not clock.settling
    assert clock.look(late, time.monotonic()) == 0.0
    assert clock.settling


async def test_what_waits_for_its_time_waits_no_longer_when_the_clock_goes_back(
    database: str, wall_clock: WallClock
) -> None:
    store, replica = await Store.open(database), await Store.open(database)
    await store.receive([Received(number, f"telegram:{number}", {}, store.now()) for number in (1, 2)])
    async with store.claim(2) as batch, store.handling(batch) as units:
        for unit in units:
            await unit.send([Outgoing("sendMessage", {})])
    soon, later = await store.turn([], 2, Pace())
    now = store.now()
    await store.turn([Settled(soon, "waiting", now + 0.05), Settled(later, "waiting", now + 60)], 0, Pace())
    await asyncio.sleep(0.1)
    await wall_clock.jump(-HOUR)
    for _ in range(6):
        await store.keep_hold()
        await replica.keep_hold()
    assert [message.id for message in await store.turn([], 9, Pace())] == [soon.id]
    due = await replica.next_due(Pace())
    assert due
    assert 50 < due - replica.now() < 60
    for each in (store, replica):
        await each.close()


async def test_an_hour_forward_forgets_nothing_early(database: str, wall_clock: WallClock) -> None:
    await migrate(database)
    store = await Store.open(database)
    await store.receive([Received(1, "telegram:1", {}, store.now())])
    async with store.claim() as batch, store.handling(batch):
        pass
    for jump in (HOUR, -2 * HOUR):
        await wall_clock.jump(jump)
        for _ in range(6):
            await store.keep_hold()
        await store.prune()
    await store.receive([Received(1, "telegram:1", {}, store.now())])
    async with store.claim() as batch:
        assert batch == [], "an update that is done stays known"
    await store.close()


# ---------------------------------------------------------------------- the database


class FullDisk:
    """A disk on which nothing more fits."""

    def __init__(self, database: str) -> None:
        self._url = database if database.startswith("postgresql") else ""
        self._pages = 2**30

    def set_up(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            # Less than there are already is as many as there are.
            connection.exec_driver_sql(f"PRAGMA max_page_count = {self._pages}")

    async def fill(self) -> None:
        self._pages = 1
        if self._url:
            raised = "begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end"
            triggers = "".join(
                f"create trigger full_disk before insert on {table} for each row execute function full_disk();"
                for table in ("inbox", "outbox", "leases")
            )
            await _execute(
                self._url, f"create function full_disk() returns trigger language plpgsql as $${raised}$$; {triggers}"
            )

    async def free(self) -> None:
        self._pages = 2**30
        if self._url:
            await _execute(self._url, "drop function full_disk cascade")


@pytest.fixture
def disk(database: str) -> Iterator[FullDisk]:
    disk = FullDisk(database)
    event.listen(Engine, "begin", disk.set_up)
    yield disk
    event.remove(Engine, "begin", disk.set_up)


async def test_a_full_disk_keeps_questions_at_telegram_until_there_is_space(
    api: BotApiDouble, serve: Serve, disk: FullDisk, said: Said
) -> None:
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
        await api.wait_until(lambda: api.pending == 0)
        await disk.fill()
        crowd.ask(link_preview_options={"url": "x" * 4000})
        await asyncio.sleep(1)
        assert api.pending == 3, "what is not stored is not confirmed"
        assert len(api.sent()) == 3
        await disk.free()
        await crowd.answered()
        await said.once("receiving")


async def test_a_file_system_that_takes_no_more_bytes(
    api: BotApiDouble, launch: Callable[..., Bot], tmp_path: Path
) -> None:
    bot = launch()
    crowd = Crowd(api)
    crowd.ask()
    await crowd.answered()
    journal = (tmp_path / "data/shebao.db-wal").stat().st_size
    _, hard = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (journal, hard))
    crowd.ask()
    await api.wait_until(lambda: "receiving does not work" in bot.log)
    await asyncio.sleep(1.2)
    assert len(api.sent()) == 3
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (hard, hard))
    await crowd.answered()
    assert bot.log.count("receiving does not work") == 1


@contextlib.asynccontextmanager
async def somebody_else_holds(database: str) -> AsyncIterator[None]:
    """Another program has the tables locked."""
    if database.startswith("postgresql"):
        connection = await asyncpg.connect(database)
        try:
            async with connection.transaction():
                await connection.execute("lock table inbox, outbox, leases in access exclusive mode")
                yield
        finally:
            await connection.close()
        return
    pipe = asyncio.subprocess.PIPE
    file = database.partition("///")[2]
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, file, stdin=pipe, stdout=pipe)
    assert holder.stdout
    try:
        assert await holder.stdout.readline() == b"held\n"
        yield
    finally:
        await holder.communicate(b"\n")


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("begin immediate")
print("held", flush=True)
sys.stdin.readline()
connection.execute("rollback")
"""


async def test_a_database_that_another_program_locks_is_waited_for(
    api: BotApiDouble, serve: Serve, said: Said, database: str
) -> None:
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
        await api.wait_until(lambda: api.pending == 0)
        async with somebody_else_holds(database):
            crowd.ask()
            await asyncio.sleep(1.2)
            assert api.pending == 3
        await crowd.answered()
        await said.once("receiving", "the database")


# ---------------------------------------------------------------------- Telegram's updates


@sqlite_only
async def test_a_second_poller_is_waited_for_and_said_once(
    api: BotApiDouble, serve: Serve, caplog: pytest.LogCaptureFixture, said: Said
) -> None:
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
        api.conflict(times=4)
        crowd.ask()
        await crowd.answered()
        await said.once("receiving")
    assert caplog.text.count("another program polls with this token") == 1


async def test_an_update_that_telegram_gives_out_again_is_answered_once(api: BotApiDouble, serve: Serve) -> None:
    chat = api.private_chat(next(people))
    message = {
        "message_id": 900,
        "date": 1,
        "chat": {"id": chat.id, "type": "private"},
        "from": {"id": chat.id, "is_bot": False, "first_name": "x"},
        "text": "第一条",
    }
    again = {"update_id": 5_000_000, "message": message}
    async with serve():
        for _ in range(2):
            api.queue_raw(again, assign_id=False)
        await api.wait_for_messages(chat.id, 1)
        api.queue_raw(again, assign_id=False)  # long done
        chat.say("第二条")
        await api.wait_for_messages(chat.id, 2)
    assert answers(api, chat.id) == [1, 2]


@sqlite_only
async def test_a_webhook_of_before_is_removed_although_the_first_try_fails(
    api: BotApiDouble, serve: Serve, said: Said
) -> None:
    api.world.webhook = {"url": "https://bot.example.org/telegram"}
    api.fail_next("deleteWebhook", status=502)
    crowd = Crowd(api)
    async with serve():
        crowd.ask()
        await crowd.answered()
    assert said.about("receiving")[0] == "receiving does not work"


# ---------------------------------------------------------------------- what is said


async def test_where_one_in_many_fails_that_is_one_trouble(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, "bot")
    monkeypatch.setattr(log, "QUIET_SECONDS", 0.1)
    monkeypatch.setattr(log, "STALE_SECONDS", 0.5)
    trouble = log.Trouble(logging.getLogger("bot.x"), "it")
    for number in range(20):
        trouble.met(OSError("e"), number)
        trouble.over("another")
        await asyncio.sleep(0.01)
        trouble.over(number)
    said = ["it does not work (e): trying again"]
    assert [record.getMessage() for record in caplog.records] == said
    trouble.met("other", "who is not heard of any more")
    await asyncio.sleep(0.3)
    trouble.over("another")
    assert [record.getMessage() for record in caplog.records] == said, "somebody is still in trouble"
    await asyncio.sleep(0.4)
    trouble.over()
    assert [record.getMessage() for record in caplog.records] == [*said, "it works again"]
