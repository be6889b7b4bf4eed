"""The tables. Their history stands in `migrations/`; a test holds that both say the same."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    literal_column,
    text,
)

metadata = MetaData()

# SQLite counts up by itself only for an INTEGER key.
_Id = BigInteger().with_variant(Integer, "sqlite")
# SQLite does not look at lengths, and could only change one by writing the table anew.
_Language = String(8).with_variant(String(2), "sqlite")

WAITING = literal_column("'waiting'", String)
FAILED = literal_column("'failed'", String)
"""For conditions: a bound value would hide the partial indexes from SQLite's planner."""
BEFORE_ALL = literal_column("-1", BigInteger)
"""Less than any number. The indexes of what waits in its order have it in their condition, so that only queries which name it use
them: where PostgreSQL believes that nothing waits, it would look for a chat's messages there as well, through all of the others."""


def _index(name: str, *columns: str, where: str) -> Index:
    """An index of a few rows of many: its cost does not grow with what is done."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


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
    Column("sender", BigInteger, comment="Telegram's number of who did it"),
    _index("inbox_waiting", "update_id", where="state = 'waiting' AND update_id > -1"),
    _index("inbox_waiting_by_chat", "chat", "update_id", where="state = 'waiting'"),
    _index("inbox_failed", "update_id", where="state = 'failed'"),
    _index("inbox_finished", "received_at", where="state <> 'waiting'"),
    Index("inbox_by_chat", "chat", "received_at"),
)

conversations = Table(
    "conversations",
    metadata,
    Column("chat", String(80), primary_key=True),
    Column("state", Text, nullable=False, comment="Conversation as JSON"),
    Column("updated_at", Float, nullable=False),
    Index("conversations_by_time", "updated_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("chat", String(80), nullable=False, comment="messages to one chat are sent one after the other"),
    Column("update_id", BigInteger, comment="the update that it answers; the request id in the log"),
    Column("method", String(64), nullable=False, comment="of the Bot API"),
    Column("parameters", Text, nullable=False, comment="as JSON"),
    Column("created_at", Float, nullable=False),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("state", String(8), nullable=False, comment="waiting, sent or failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("question_id", BigInteger, comment="the question that it answers"),
    Column("message_id", BigInteger, comment="Telegram's number of the message, once sent"),
    _index("outbox_waiting", "id", where="state = 'waiting' AND id > -1"),
    _index("outbox_waiting_by_chat", "chat", "id", where="state = 'waiting'"),
    _index("outbox_failed", "id", where="state = 'failed'"),
    _index("outbox_finished", "created_at", where="state <> 'waiting'"),
    _index("outbox_finished_by_message", "chat", "message_id", where="state <> 'waiting'"),
)

leases = Table(
    "leases",
    metadata,
    Column("queue", String(6), primary_key=True, comment="inbox or outbox"),
    Column("chat", String(80), primary_key=True),
    Column("owner", String(48), nullable=False, comment="who has the chat in hand; empty: nobody"),
    Column("until", Float, nullable=False, comment="when the chat is anybody's again"),
    Column("free_at", Float, nullable=False, comment="of the outbox: when the sending limits allow the next message"),
    Index("leases_by_owner", "owner"),
)

pace = Table(
    "pace",
    metadata,
    Column("bucket", String(16), primary_key=True, comment="all: messages to all chats together"),
    Column("free_at", Float, nullable=False, comment="when the next message fits"),
)

questions = Table(
    "questions",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("chat", String(80), nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("text", Text, nullable=False, comment="redacted"),
    Column("language", _Language, nullable=False),
    Column("outcome", String(8), nullable=False, comment="answered, asking, clarify or none"),
    Column("entry_id", String(48)),
    Column("details", Text, nullable=False, comment="as JSON"),
    Column("asker", BigInteger, comment="in groups: Telegram's number of who asked"),
    Column("asked_in", BigInteger, comment="Telegram's number of the message"),
    Column("context", Text, comment="Card as JSON: what is needed to go on from here"),
    Index("questions_by_time", "asked_at"),
    Index("questions_by_message", "chat", "asked_in"),
    _index("questions_by_asker", "asker", where="asker IS NOT NULL"),
    _index("questions_with_context", "asked_at", where="context IS NOT NULL"),
    _index("questions_unanswered", "asked_at", where="outcome = 'none'"),
)

groups = Table(
    "groups",
    metadata,
    Column("chat", String(80), primary_key=True),
    Column("moved_to", String(80), comment="the chat's key since the group became a supergroup"),
)

members = Table(
    "members",
    metadata,
    Column("chat", String(80), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seen_at", Float, nullable=False, comment="when they last spoke to the bot there"),
    Index("members_by_user", "user_id", "seen_at"),
    Index("members_by_time", "seen_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("question_id", _Id, ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("verdict", String(4), nullable=False, comment="see records.Verdict; the last one given counts"),
    Column("given_at", Float, nullable=False),
    Column("note", Text, comment="redacted"),
    Column("revision", String(8), comment="of the knowledge that was judged"),
    Index("feedback_by_time", "given_at", "verdict"),
)

errands = Table(
    "errands",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", String(80), nullable=False),
    Column("owner", String(48), nullable=False, comment="which process answers; empty: answered"),
    Column("command", String(32), nullable=False),
    Column("argument", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("asked_at", Float, nullable=False, comment="seconds since 1970, UTC"),
)
