"""The interface for other systems, fuzzed from its own document over HTTP: what it says holds, and nothing breaks it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from bot.dialogue import Assistant
from tests.browser import desk

TOKEN = "fuzz" * 6
SHOWN = {"Authorization": f"Bearer {TOKEN}"}
ENTRIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("medical-account-cancel", {}),
    ("medical-account-cancel", {"insured": "deceased", "outstanding-expenses": "unknown"}),
    ("medical-transfer", {"from-region": "shenzhen"}),
    ("work-injury-recognition", {}),
)
EXAMPLES = 50
"""For each operation."""


@contextlib.contextmanager
def served(assistant: Assistant, folder: Path) -> Iterator[str]:
    """The desk in a thread of its own, for a client that has no loop."""
    address: list[str] = []
    up, loop = threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with desk(assistant, folder, SHEBAO_DESK_PASSWORD="correct horse", SHEBAO_DESK_API_TOKEN=TOKEN) as found:
            address.append(found)
            up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert up.wait(20)
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture(scope="module")
def schema(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    with served(assistant, tmp_path_factory.mktemp("fuzz")) as address:
        yield schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", headers=SHOWN)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "against it"])
@pytest.mark.parametrize("name", ["match", "answer", "articles", "article", "feedback"])
def test_the_interface_keeps_what_its_document_says(schema: BaseSchema, name: str, mode: GenerationMode) -> None:
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    [operation] = [each for each in operations if each.definition.raw["operationId"] == name]
    statuses: Counter[int] = Counter()

    @given(case=operation.as_strategy(generation_mode=mode), entry=st.sampled_from(ENTRIES), number=st.integers(1, 98))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def holds(case: schemathesis.Case[Any], entry: tuple[str, dict[str, Any]], number: int) -> None:
        # What is made up by the document's rules names no entry and hardly an article: there is something to be found too.
        if mode is GenerationMode.POSITIVE and number % 4:
            if name == "article":
                case.path_parameters = {"statute": "law", "number": number}
            elif name in {"answer", "feedback"} and isinstance(case.body, dict):
                case.body |= {"entry_id": entry[0], "details": entry[1]}
        statuses[case.call_and_validate(headers=SHOWN, timeout=90).status_code] += 1

    holds()
    if mode is GenerationMode.POSITIVE:
        assert statuses.keys() & {200, 201}
    assert max(statuses) < 500
