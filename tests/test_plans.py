"""What is done slows nothing: every statement of the store finds its rows by an index, on both engines."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.storage import fill
from bot.dialogue import Conversation
from bot.storage import Outgoing, Pace, Question, Received, Settled, Store, backlog, migrate, statistics, unanswered
from tests.postgres import Postgres

ROWS = 6000
BURST = 1000
GROWING = {"inbox", "outbox", "questions", "conversations", "feedback", "members"}
SHORT = re.compile(r"(inbox|outbox)_(waiting|waiting_by_chat|failed)")
"""Indexes of what waits or failed, which is little: they may be read from end to end."""

Statement = tuple[str, Any]


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    await migrate(database)
    opened = await Store.open(database)
    await fill(opened, ROWS)
    yield opened
    await opened.close()


async def statements(store: Store) -> list[Statement]:
    """All that the store says to the database while questions are asked, answered, judged, forgotten and cleared away."""
    said: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        said.setdefault(statement, parameters[0] if many else parameters)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    limits = Pace(0.001, 1.0, frozenset({"answerCallbackQuery"}))
    now = store.now()
    await store.receive([Received(10 * ROWS + n, f"telegram:{n}", {}, now) for n in range(4)])
    async with store.claim(2) as batch, store.handling(batch) as (unit, forgetting):
        await unit.asked_within(60)
        await unit.move(Conversation(question="x"))
        number = await unit.record(Question("x", "zh", "answered", "y", {}, asker=7))
        await unit.judge(number, "up")
        await unit.note_errand("stats", "", "zh")
        await unit.send([Outgoing("sendMessage", {}), Outgoing("sendMessage", {})])
        await forgetting.forget(7)
        await forgetting.send([Outgoing("sendMessage", {})])
        await unit.asked_within(60, 7)
        for cards in (unit.cards, unit.cards_of("telegram:5")):
            await cards.asked_in(5)
            await cards.answered_by(5)
            await cards.latest()
            await cards.shown(5)
            await cards.withdraw(5)
        await unit.cards.keep(number, Question("x", "zh", "answered", "y", {}))
        await unit.places.seen("telegram:-1", 7, now)
        await unit.places.move("telegram:-1", "telegram:-100")
        await unit.places.moved_to("telegram:-1")
        await unit.places.left("telegram:-5")
    async with store.claim(1) as batch:
        await store.try_later(batch[0], "odd")
    async with store.claim(1) as batch:
        await store.keep_hold()
        async with store.handling(batch, "odd"):
            pass
    taken = await store.turn([], 9, limits)
    await store.keep_hold()
    await store.turn([Settled(taken[0], "waiting", now + 60), *map(Settled, taken[1:])], 9, limits)
    await store.next_due(limits)
    await store.asker_of(5)
    await store.groups_of(7, 3)
    await store.prune()
    await backlog(store.engine)
    for errand in await store.errands():
        await store.finish(errand, [Outgoing("sendMessage", {})])
    async with store.engine.connect() as connection:
        await statistics(connection, [now - 600, now - 1200])
        await unanswered(connection, now - 1200)
    event.remove(store.engine.sync_engine, "before_cursor_execute", note)
    return list(said.items())


async def walks(engine: AsyncEngine, statement: str, parameters: Any) -> list[str]:
    """Which growing tables a statement reads from end to end, and how."""
    async with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row.detail for row in rows if row.detail.startswith("SCAN")]
            tables = {step: step.split()[1] for step in steps}
            names = {**{name: name for name in GROWING}, **_aliases(statement)}
            return [step for step in steps if names.get(tables[step]) and not SHORT.search(step)]
        plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
        nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return [f"{node['Node Type']} of {node['Relation Name']}" for node in nodes if _is_walk(node)]


def _aliases(statement: str) -> dict[str, str]:
    return {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", statement) if table in GROWING}


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]


def _is_walk(node: dict[str, Any]) -> bool:
    if node.get("Relation Name") not in GROWING or node["Node Type"] in {"ModifyTable", "Bitmap Heap Scan"}:
        return False
    bounded = "Index Cond" in node or SHORT.fullmatch(node.get("Index Name", ""))
    return not bounded


async def test_no_statement_reads_a_growing_table_from_end_to_end(store: Store) -> None:
    said = await statements(store)
    assert len(said) > 25
    found = {}
    for statement, parameters in said:
        if statement.split()[0] in {"SELECT", "UPDATE", "DELETE"} and (
            how := await walks(store.engine, statement, parameters)
        ):
            found[statement] = how
    assert found == {}


@pytest.mark.parametrize("before", [0, ROWS])
async def test_a_burst_costs_each_look_at_most_its_own_length_whatever_postgresql_believes(
    postgres: Postgres, before: int
) -> None:
    url = postgres.database()
    await migrate(url)
    store = await Store.open(url)
    if before:
        await fill(store, before)  # the last look found nothing waiting
    now = store.now()
    await store.receive([Received(10 * ROWS + n, f"telegram:{n}", {}, now) for n in range(BURST)])
    while True:  # one message of each chat is on its way
        async with store.claim(500) as batch, store.handling(batch) if batch else contextlib.nullcontext([]) as units:
            for unit in units:
                await unit.send([Outgoing("sendMessage", {}), Outgoing("sendMessage", {})])
        if not batch:
            break
    await store.turn([], BURST // 2, Pace())
    await store.receive([Received(20 * ROWS + n, f"telegram:{n}", {}, now) for n in range(BURST)])
    said = [(statement, known) for statement, known in await statements(store) if statement.startswith("SELECT")]
    visits = {statement: await rows_visited(store.engine, statement, known) for statement, known in said}
    await store.close()
    assert max(visits.values()) > BURST / 2, "nothing waits"
    assert {statement: count for statement, count in visits.items() if count > 12 * BURST} == {}


async def rows_visited(engine: AsyncEngine, statement: str, parameters: Any) -> float:
    """How many rows PostgreSQL looks at for a statement."""
    async with engine.connect() as connection:
        explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
        plan = (await connection.exec_driver_sql(explain, parameters)).scalar_one()
        nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        parts = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
        return float(sum(node["Actual Loops"] * sum(node.get(part, 0) for part in parts) for node in nodes))


async def test_reading_from_end_to_end_would_be_noticed(store: Store) -> None:
    for query in (
        "SELECT count(*) FROM inbox WHERE payload = 'x'",
        "SELECT count(*) FROM outbox AS earlier WHERE parameters = 'x'",
        "DELETE FROM questions WHERE text = 'x'",
    ):
        assert await walks(store.engine, query, ()), query


async def test_the_filled_store_is_as_large_as_it_says(store: Store) -> None:
    async with store.engine.connect() as connection:
        for table in ("inbox", "outbox", "questions"):
            assert await connection.scalar(text(f"select count(*) from {table}")) == ROWS  # noqa: S608
