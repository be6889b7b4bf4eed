"""Feedback: what the desk reports, and all of it as an editor reads it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StorageError
from bot.storage.engine import engine_to_look, is_current
from bot.storage.records import Judgement, Question, Verdict
from bot.storage.tables import feedback, questions

DESK = "desk"
"""In the place of a chat's key: who sat at the desk is not kept."""


async def report(
    connection: AsyncConnection, question: Question, verdict: Verdict, *, note: str, revision: str, now: float
) -> int:
    """Keep a judgement from the desk with the question it is about; returns its number."""
    asked = await connection.execute(
        insert(questions).values(
            chat=DESK,
            asked_at=now,
            text=question.text,
            language=question.language,
            outcome=question.outcome,
            entry_id=question.entry_id,
            details=json.dumps(dict(question.details)),
        )
    )
    key = asked.inserted_primary_key
    assert key is not None
    values = {"question_id": key[0], "verdict": verdict, "given_at": now, "note": note or None, "revision": revision}
    given = await connection.execute(insert(feedback).values(**values))
    number = given.inserted_primary_key
    return int(number[0]) if number else 0


async def latest_judgements(url: str, limit: int) -> Sequence[Judgement]:
    """The latest feedback, the newest first. A SQLite file is opened for reading only.

    Raises:
        StorageError: where the database does not answer, or its tables are of another version.
    """
    engine = engine_to_look(url)
    if engine is None:
        return []
    try:
        async with engine.connect() as connection:
            if not await connection.run_sync(is_current):
                raise StorageError(
                    "The database does not have this version's tables: start the bot (SQLite) or run `shebao migrate`"
                )
            query = (
                select(feedback, questions.c.chat, questions.c.text, questions.c.entry_id, questions.c.details)
                .join(questions, questions.c.id == feedback.c.question_id)
                .order_by(feedback.c.id.desc())
                .limit(limit)
            )
            rows = (await connection.execute(query)).all()
    except (DBAPIError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).partition("\n")[0] or type(error).__name__
        raise StorageError(f"The database does not answer ({said}): check SHEBAO_DATABASE_URL") from None
    finally:
        await engine.dispose()
    return [
        Judgement(
            row.id,
            row.given_at,
            row.verdict,
            row.chat.partition(":")[0],
            row.text,
            row.entry_id,
            json.loads(row.details),
            row.note or "",
            row.revision or "",
        )
        for row in rows
    ]
