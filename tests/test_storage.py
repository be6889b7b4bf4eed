"""The store, on both engines: one transaction an update, nothing lost, nothing twice, the schema as the migrations say."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.dialogue import Conversation
from bot.errors import StorageError
from bot.storage import LeaseLostError, Outgoing, Pace, Question, Received, Settled, Store, migrate
from bot.storage import engine as engines
from bot.storage.engine import open_engine
from bot.storage.tables import metadata

UNPACED = Pace()
OLD = "0001"
ROWS = {
    "inbox": "insert into inbox values (7, 'telegram:1', 100.0, '{\"update_id\": 7}', 'waiting', 1, null)",
    "conversations": "insert into conversations values ('telegram:1', '{\"question\": \"old\"}', 100.0)",
    "outbox": "insert into outbox values (3, 'telegram:1', 'sendMessage', '{}', 100.0, 0.0, 'waiting', 0, null)",
    "questions": "insert into questions values (5, 'telegram:1', 100.0, 'x', 'zh', 'none', null, '{}')",
    "feedback": "insert into feedback values (6, 5, 'up', 101.0)",
}


def update(number: int, chat: str = "telegram:1", at: float = 100.0) -> Received:
    return Received(number, chat, {"update_id": number}, at)


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    await migrate(database)
    opened = await Store.open(database)
    yield opened
    await opened.close()


@pytest.fixture
async def replica(store: Store, database: str) -> AsyncIterator[Store]:
    """A second process on the same database."""
    opened = await Store.open(database)
    yield opened
    await opened.close()


async def say(store: Store, *chats: str, count: int = 1) -> None:
    """Put messages into the outbox of each chat, numbered."""
    await store.receive([update(number, chat) for number, chat in enumerate(chats, 1)])
    async with store.claim(len(chats)) as batch, store.handling(batch) as units:
        for unit in units:
            await unit.send([Outgoing("sendMessage", {"n": n}) for n in range(1, count + 1)])


def ahead(clock: Callable[[], float], seconds: float) -> Callable[[], float]:
    """A clock that shows a later time."""
    return lambda: clock() + seconds


def shown(messages: list[Outgoing]) -> list[tuple[str, object]]:
    return [(message.chat, message.parameters["n"]) for message in messages]


async def test_migrations_and_tables_say_the_same(database: str) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    await migrate(database)
    engine = await open_engine(database)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_a_database_of_the_schema_before_keeps_its_rows(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(engines, "_upgrade", lambda connection: command.upgrade(engines._config(connection), OLD))
        old = await engines._upgraded(engines._address(database))
    async with old.begin() as connection:
        for statement in ROWS.values():
            await connection.execute(text(statement))
    await old.dispose()
    await migrate(database)
    store = await Store.open(database)
    async with store._engine.connect() as connection:
        counts = {table: await connection.scalar(text(f"select count(*) from {table}")) for table in ROWS}  # noqa: S608
    assert counts == dict.fromkeys(ROWS, 1)
    assert [message.id for message in await store.turn([], 9, UNPACED)] == [3]
    async with store.claim() as batch, store.handling(batch) as units:
        assert [(received.update_id, received.attempts) for received in batch] == [(7, 1)]
        assert (await units[0].conversation()).question == "old"
        assert await units[0].judge(5, "down")
        assert await units[0].record(Question("new", "zh", "none", None, {})) != 5
    await store.close()


async def test_postgresql_without_its_tables_is_refused_in_one_sentence(database: str) -> None:
    if database.startswith("sqlite"):  # is brought up to date by itself
        await (await Store.open(database)).close()
    else:
        with pytest.raises(StorageError, match="run `shebao migrate` once, then start again"):
            await Store.open(database)


@pytest.mark.parametrize(
    "url",
    ["postgresql://127.0.0.1:1/x", "mysql://x/y", "nonsense", "postgresql+psycopg2://x/y", "sqlite+pysqlite:///x"],
)
async def test_what_cannot_be_opened_is_said(url: str) -> None:
    with pytest.raises(StorageError, match="SHEBAO_DATABASE_URL"):
        await Store.open(url)


async def test_updates_come_out_oldest_first_and_each_once(store: Store) -> None:
    await store.receive([update(2), update(1)])
    await store.receive([update(2), update(3)])
    seen = []
    for _ in range(3):
        async with store.claim(5) as batch, store.handling(batch):
            seen += [received.update_id for received in batch]
    assert seen == [1, 2, 3]
    async with store.claim(5) as batch:
        assert batch == []


async def test_a_chat_is_in_one_hand_at_a_time_and_chats_go_side_by_side(store: Store, replica: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:1"), update(3, "telegram:2")])
    async with store.claim(1) as mine, replica.claim(5) as theirs, store.claim(5) as nothing:
        assert [received.update_id for received in mine] == [1]
        assert [received.update_id for received in theirs] == [3]
        assert nothing == []
        async with store.handling(mine):
            pass
        async with replica.claim(5) as after:
            assert [received.update_id for received in after] == [2]


async def test_many_replicas_handle_everything_once_and_in_order(store: Store, replica: Store) -> None:
    chats = [f"telegram:{number}" for number in range(8)]
    await store.receive([update(number, chats[number % 8]) for number in range(96)])
    handled: list[tuple[str, int]] = []

    async def work(of: Store) -> None:
        while True:
            async with of.claim(3) as batch:
                if not batch:
                    return
                async with of.handling(batch) as units:
                    for received, unit in zip(batch, units, strict=True):
                        await unit.send([Outgoing("sendMessage", {"n": received.update_id})])
                handled.extend((received.chat, received.update_id) for received in batch)

    await asyncio.gather(*(work(of) for of in (store, replica) for _ in range(3)))
    await work(store)  # whoever found everything in others' hands has gone
    assert len(handled) == 96
    sent: list[Outgoing] = []
    while taken := [*await store.turn([], 3, UNPACED), *await replica.turn([], 3, UNPACED)]:
        sent += taken
        for of in (store, replica):
            await of.turn([Settled(message) for message in taken if message.lease.startswith(of._name)], 0, UNPACED)
    for chat in chats:
        numbers = [message.parameters["n"] for message in sent if message.chat == chat]
        assert numbers == sorted(numbers)
        assert len(numbers) == 12


async def test_what_a_dead_replica_had_in_hand_is_taken_over_and_it_finds_out(
    store: Store, replica: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say(store, "telegram:5")
    await store.receive([update(9)])
    async with store.claim() as mine:
        (message,) = await store.turn([], 1, UNPACED)
        monkeypatch.setattr(replica, "now", ahead(replica.now, 12.5))
        async with replica.claim() as theirs:
            assert [received.update_id for received in theirs] == [9]
            assert [again.id for again in await replica.turn([], 1, UNPACED)] == [message.id]

            async def too_late() -> None:
                async with store.handling(mine) as units:
                    await units[0].send([Outgoing("sendMessage", {"n": 1})])

            with pytest.raises(LeaseLostError):
                await too_late()
            async with replica.handling(theirs):
                pass
    assert await replica.turn([], 9, UNPACED) == []


async def test_what_is_under_way_is_kept_in_hand(store: Store, replica: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await say(store, "telegram:5")
    await store.receive([update(9)])
    async with store.claim():
        await store.turn([], 1, UNPACED)
        for each, seconds in ((store, 8.0), (replica, 12.5)):
            monkeypatch.setattr(each, "now", ahead(each.now, seconds))
        await store.keep_hold()
        async with replica.claim() as taken:
            assert taken == []
        assert await replica.turn([], 1, UNPACED) == []


async def test_an_error_while_handling_keeps_nothing_of_it(store: Store) -> None:
    await store.receive([update(1)])

    async def fail() -> None:
        async with store.claim() as batch, store.handling(batch) as units:
            await units[0].move(Conversation(question="x"))
            await units[0].record(Question("x", "zh", "none", None, {}))
            await units[0].send([Outgoing("sendMessage", {"text": "x"})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await store.turn([], 9, UNPACED) == []
    async with store.claim() as batch, store.handling(batch) as units:
        assert replace(batch[0], lease="") == update(1)
        assert await units[0].conversation() == Conversation()


async def test_what_cannot_be_handled_is_set_aside_with_its_error(store: Store) -> None:
    await store.receive([update(1), update(2)])
    async with store.claim() as first:
        await store.try_later(first[0], "odd")
    async with store.claim() as again:
        assert [(received.update_id, received.attempts) for received in again] == [(1, 1)]
        async with store.handling(again, "odd") as units:
            await units[0].send([Outgoing("sendMessage", {"text": "sorry"})])
    async with store.claim() as following:
        assert [received.update_id for received in following] == [2]
    assert [message.parameters for message in await store.turn([], 9, UNPACED)] == [{"text": "sorry"}]


async def test_messages_go_in_order_within_a_chat_and_side_by_side_across_chats(store: Store) -> None:
    await say(store, "telegram:1", "telegram:2", count=2)
    heads = await store.turn([], 9, UNPACED)
    assert shown(heads) == [("telegram:1", 1), ("telegram:2", 1)]
    assert await store.turn([], 9, UNPACED) == []
    soon = store.now() + 0.3
    now = await store.turn([Settled(heads[0], "waiting", soon, error="busy"), Settled(heads[1])], 9, UNPACED)
    assert shown(now) == [("telegram:2", 2)]
    assert await store.turn([Settled(now[0], "failed", error="blocked")], 9, UNPACED) == []
    assert await store.next_due(UNPACED) == pytest.approx(soon)
    await asyncio.sleep(0.31)
    assert [(head.chat, head.attempts) for head in await store.turn([], 9, UNPACED)] == [("telegram:1", 1)]


async def test_replicas_share_the_limits(store: Store, replica: Store) -> None:
    limits = Pace(0.2, 1.0, frozenset({"answerCallbackQuery"}))
    await say(store, *(f"telegram:{number}" for number in range(6)), count=2)
    one, two = await store.turn([], 3, limits), await replica.turn([], 3, limits)
    times = [message.send_at for message in (*one, *two)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps == pytest.approx([0.2] * 5, abs=0.001)
    until = store.now() + 0.5
    await store.turn([Settled(message, free_at=until) for message in one], 0, limits)
    assert await replica.turn([], 9, limits) == []
    assert await replica.next_due(limits) == pytest.approx(until)
    await asyncio.sleep(0.51)
    assert shown(await replica.turn([], 9, limits)) == [(message.chat, 2) for message in one]


async def test_the_answer_to_a_press_waits_for_no_limit(store: Store) -> None:
    limits = Pace(0.5, 1.0, frozenset({"answerCallbackQuery"}))
    await store.receive([update(1)])
    async with store.claim() as batch, store.handling(batch) as units:
        await units[0].send([Outgoing(method, {}) for method in ("sendMessage", "answerCallbackQuery", "sendMessage")])
    first = await store.turn([], 9, limits)
    free = store.now() + 0.9
    answer = await store.turn([Settled(first[0], free_at=free)], 9, limits)
    assert [message.method for message in answer] == ["answerCallbackQuery"]
    assert answer[0].send_at <= store.now()
    assert await store.turn([Settled(answer[0])], 9, limits) == []
    assert await store.next_due(limits) == pytest.approx(free)


async def test_a_conversation_is_kept_per_chat(store: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:2"), update(3, "telegram:1")])
    states = []
    for _ in range(2):
        async with store.claim(5) as batch, store.handling(batch) as units:
            for received, unit in zip(batch, units, strict=True):
                states.append((await unit.conversation()).question)
                await unit.move(Conversation(question=f"of {received.chat}"))
    assert states == ["", "", "of telegram:1"]


async def test_only_who_asked_may_judge_and_the_last_word_counts(store: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:2")])
    async with store.claim(2) as batch, store.handling(batch) as (mine, other):
        number = await mine.record(Question("x", "zh", "answered", "y", {"a": "b"}))
        assert await mine.judge(number, "up")
        assert await mine.judge(number, "down")
        assert not await mine.judge(number + 1, "up")
        assert not await other.judge(number, "up")


async def test_questions_of_the_last_minute_are_counted(store: Store) -> None:
    await store.receive([update(n, at=100.0 + 30 * n) for n in range(4)])
    counts = []
    for _ in range(4):
        async with store.claim() as batch, store.handling(batch) as units:
            counts.append(await units[0].asked_within(60))
    assert counts == [1, 2, 2, 2]


async def test_who_asked_in_a_group_is_forgotten_after_thirty_days_and_the_question_stays(store: Store) -> None:
    group = "telegram:-1"
    day = 86_400.0
    old, lately = store.now() - 31 * day, store.now() - 29 * day
    for number, at in enumerate((old, lately), 1):
        await store.receive([update(number, group, at)])
        async with store.claim() as batch, store.handling(batch) as (unit,):
            await unit.record(Question("x", "zh-hant", "none", None, {}, asker=number, asked_in=5, context="{}"))
            await unit.places.seen(group, number, at)
    while await store.prune(batch=1):
        pass
    async with store.engine.connect() as connection:
        kept = (await connection.execute(text("select asker, asked_in, context from questions order by id"))).all()
        seen = (await connection.execute(text("select user_id from members"))).all()
    assert [tuple(row) for row in kept] == [(None, None, None), (2, 5, "{}")]
    assert [tuple(row) for row in seen] == [(2,)]
    assert list(await store.groups_of(2, 3)) == [group]
    assert await store.asker_of(2) == 2


async def test_a_group_that_moves_takes_its_questions_members_and_messages_along(store: Store) -> None:
    old, new = "telegram:-1", "telegram:-100"
    await store.receive([update(1, old), update(2, old), update(3, new)])
    async with store.claim(2) as batch, store.handling(batch) as units:
        for received, unit in zip(batch, units, strict=True):
            await unit.places.seen(received.chat, 7, 100.0)
            await unit.move(Conversation(question=received.chat))
            if received.chat == old:
                number = await unit.record(Question("x", "zh", "none", None, {}, asker=7, context="{}"))
                reply = {"message_id": 4}
                await unit.send([Outgoing("sendMessage", {"chat_id": -1, "reply_parameters": reply}, question=number)])
    async with store.claim() as batch, store.handling(batch) as (unit,):
        await unit.send([Outgoing("editMessageText", {"chat_id": -1, "message_id": 9, "text": "x"}, chat=old)])
    await store.receive([update(4, old)])
    async with store.claim() as batch, store.handling(batch) as (unit,):
        await unit.places.move(old, new)
        assert await unit.places.moved_to(old) == new
    async with store.engine.connect() as connection:
        rows = (await connection.execute(text("select chat, method, parameters from outbox order by id"))).all()
        chats = (await connection.execute(text("select chat from questions union select chat from members"))).all()
    assert {row.chat for row in rows} == {new}
    assert [json.loads(row.parameters) for row in rows] == [{"chat_id": -100}, {"chat_id": -100, "text": "x"}]
    assert [row.method for row in rows] == ["sendMessage", "sendMessage"]
    assert [tuple(row) for row in chats] == [(new,)]
    assert list(await store.groups_of(7, 3)) == [new]


async def test_what_is_old_is_forgotten_in_batches_and_questions_stay(store: Store) -> None:
    day, now = 86_400.0, store.now()
    ages = {1: 0.0, 2: 2 * day, 3: 2 * day, 4: 2 * day, 5: 31 * day}
    await store.receive([update(number, f"telegram:{number}", now - age) for number, age in ages.items()])
    async with store.claim(4) as batch, store.handling(batch) as units:
        for unit in units:
            await unit.move(Conversation(question="x"))
            await unit.record(Question("x", "zh", "none", None, {}))
            await unit.send([Outgoing("sendMessage", {"n": 1})])
    await store.turn([Settled(message) for message in (await store.turn([], 9, UNPACED))[:3]], 0, UNPACED)
    async with store.claim() as batch, store.handling(batch, "odd") as units:
        await units[0].move(Conversation(question="x"))
    await store.receive([update(6, "telegram:6", now - 40 * day)])
    assert await store.prune(batch=2)
    while await store.prune(batch=2):
        pass
    async with store._engine.connect() as connection:
        left = {}
        for table, key in (
            ("inbox", "update_id"),
            ("outbox", "chat"),
            ("conversations", "chat"),
            ("questions", "chat"),
        ):
            left[table] = list((await connection.execute(text(f"select {key} from {table} order by 1"))).scalars())  # noqa: S608
    assert left["inbox"] == [1, 6], "what waits is never forgotten"
    assert left["outbox"] == ["telegram:1", "telegram:4"]
    assert left["conversations"] == [f"telegram:{number}" for number in range(1, 5)]
    assert len(left["questions"]) == 4


async def test_a_killed_process_on_sqlite_keeps_nobody_waiting(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    killed = await Store.open(url)
    await killed.receive([update(1)])
    async with killed.claim() as batch:
        assert batch
        assert killed._lock
        killed._lock.release()  # as the death of its process does
        following = await Store.open(url)
        async with following.claim() as again:
            assert [received.update_id for received in again] == [1]
    await following.close()
    await killed.close()


async def test_a_database_in_use_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.engine.BUSY_SECONDS", 0.1)
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    engine = await open_engine(url)
    async with engine.begin():
        with pytest.raises(StorageError, match="in use by another program"):
            await open_engine(url)
    await engine.dispose()
