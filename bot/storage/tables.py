"""The tables. Their history stands in `migrations/`; a test holds that both say the same."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# SQLite counts up by itself only for an INTEGER key.
_Id = BigInteger().with_variant(Integer, "sqlite")

inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", String(80), nullable=False, comment="updates of one chat are handled one after the other"),
    Column("received_at", Float, nullable=False, comment="seconds since 1970, UTC"),
    Column("payload", Text, nullable=False, comment="the update as JSON, scrubbed"),
    Column("state", String(8), nullable=False, comment="waiting, done or failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Index("inbox_waiting", "state", "update_id"),
    Index("inbox_by_chat", "chat", "received_at"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("chat", String(80), primary_key=True),
    Column("state", Text, nullable=False, comment="Conversation as JSON"),
    Column("updated_at", Float, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("chat", String(80), nullable=False, comment="messages to one chat are sent one after the other"),
    Column("method", String(64), nullable=False, comment="of the Bot API"),
    Column("parameters", Text, nullable=False, comment="as JSON"),
    Column("created_at", Float, nullable=False),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("state", String(8), nullable=False, comment="waiting, sent or failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Index("outbox_waiting", "state", "chat", "id"),
)

questions = Table(
    "questions",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("chat", String(80), nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("text", Text, nullable=False, comment="redacted"),
    Column("language", String(2), nullable=False),
    Column("outcome", String(8), nullable=False, comment="answered, asking, clarify or none"),
    Column("entry_id", String(48)),
    Column("details", Text, nullable=False, comment="as JSON"),
    Index("questions_by_time", "asked_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("question_id", _Id, ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("verdict", String(4), nullable=False, comment="up or down; the last one given counts"),
    Column("given_at", Float, nullable=False),
)
