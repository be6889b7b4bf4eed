"""The store: one transaction an update, nothing lost, nothing twice, the schema as the migrations say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.dialogue import Conversation
from bot.errors import StorageError
from bot.storage import Outgoing, Question, Received, Store
from bot.storage.engine import open_engine
from bot.storage.tables import metadata


def update(number: int, chat: str = "telegram:1", at: float = 100.0) -> Received:
    return Received(number, chat, {"update_id": number}, at)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(f"sqlite+aiosqlite:///{tmp_path / 'deep/er/x.db'}")
    yield opened
    await opened.close()


async def test_migrations_and_tables_say_the_same(tmp_path: Path) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    engine = await open_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_updates_come_out_oldest_first_and_each_once(store: Store) -> None:
    await store.receive([update(2), update(1)])
    await store.receive([update(2), update(3)])
    seen = []
    while received := await store.next():
        seen.append(received.update_id)
        async with store.handling(received):
            pass
    assert seen == [1, 2, 3]


async def test_an_error_while_handling_keeps_nothing_of_it(store: Store) -> None:
    await store.receive([update(1)])
    received = await store.next()
    assert received

    async def fail() -> None:
        async with store.handling(received) as unit:
            await unit.move(Conversation(question="x"))
            await unit.record(Question("x", "zh", "none", None, {}))
            await unit.send([Outgoing("sendMessage", {"text": "x"})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await store.next() == received
    assert await store.due(1e12) == []
    async with store.handling(received) as unit:
        assert await unit.conversation() == Conversation()


async def test_what_cannot_be_handled_is_set_aside_with_its_error(store: Store) -> None:
    await store.receive([update(1), update(2)])
    first = await store.next()
    assert first
    await store.try_later(first, "odd")
    again = await store.next()
    assert again
    assert again.attempts == 1
    async with store.handling(again, "odd") as unit:
        await unit.send([Outgoing("sendMessage", {"text": "sorry"})])
    following = await store.next()
    assert following
    assert following.update_id == 2
    assert [message.parameters for message in await store.due(0)] == [{"text": "sorry"}]


async def test_messages_go_in_order_within_a_chat_and_side_by_side_across_chats(store: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:2")])
    while received := await store.next():
        async with store.handling(received) as unit:
            await unit.send([Outgoing("sendMessage", {"n": n}) for n in (1, 2)])
    heads = await store.due(0)
    assert [(head.chat, head.parameters["n"]) for head in heads] == [("telegram:1", 1), ("telegram:2", 1)]
    await store.postponed(heads[0], 500.0, "busy")
    await store.sent(heads[1])
    now = await store.due(0)
    assert [(head.chat, head.parameters["n"]) for head in now] == [("telegram:2", 2)]
    await store.dropped(now[0], "blocked")
    assert await store.due(0) == []
    assert await store.next_due() == 500.0
    assert [(head.chat, head.attempts) for head in await store.due(500.0)] == [("telegram:1", 1)]


async def test_a_conversation_is_kept_per_chat(store: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:2"), update(3, "telegram:1")])
    states = []
    while received := await store.next():
        async with store.handling(received) as unit:
            states.append((await unit.conversation()).question)
            await unit.move(Conversation(question=f"of {received.chat}"))
    assert states == ["", "", "of telegram:1"]


async def test_only_who_asked_may_judge_and_the_last_word_counts(store: Store) -> None:
    await store.receive([update(1, "telegram:1"), update(2, "telegram:2")])
    mine = await store.next()
    assert mine
    async with store.handling(mine) as unit:
        number = await unit.record(Question("x", "zh", "answered", "y", {"a": "b"}))
        assert await unit.judge(number, "up")
        assert await unit.judge(number, "down")
        assert not await unit.judge(number + 1, "up")
    other = await store.next()
    assert other
    async with store.handling(other) as unit:
        assert not await unit.judge(number, "up")


async def test_questions_of_the_last_minute_are_counted(store: Store) -> None:
    await store.receive([update(n, at=100.0 + 30 * n) for n in range(4)])
    counts = []
    while received := await store.next():
        async with store.handling(received) as unit:
            counts.append(await unit.asked_within(60))
    assert counts == [1, 2, 2, 2]


async def test_a_database_in_use_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.engine.BUSY_SECONDS", 0.1)
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    engine = await open_engine(url)
    async with engine.begin():
        with pytest.raises(StorageError, match="in use by another program"):
            await open_engine(url)
    await engine.dispose()
