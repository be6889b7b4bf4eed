"""Leases, so that many workers share the queues; indexes that do not grow with what is done."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; exchange the indexes. No row of the old tables is touched."""
    op.create_table(
        "leases",
        sa.Column("queue", sa.String(6), primary_key=True, comment="inbox or outbox"),
        sa.Column("chat", sa.String(80), primary_key=True),
        sa.Column("owner", sa.String(48), nullable=False, comment="who has the chat in hand; empty: nobody"),
        sa.Column("until", sa.Float(), nullable=False, comment="when the chat is anybody's again"),
        sa.Column(
            "free_at",
            sa.Float(),
            nullable=False,
            comment="of the outbox: when the sending limits allow the next message",
        ),
    )
    op.create_index("leases_by_owner", "leases", ["owner"])
    op.create_table(
        "pace",
        sa.Column("bucket", sa.String(16), primary_key=True, comment="all: messages to all chats together"),
        sa.Column("free_at", sa.Float(), nullable=False, comment="when the next message fits"),
    )
    op.drop_index("inbox_waiting", "inbox")
    op.drop_index("outbox_waiting", "outbox")
    waiting, finished = sa.text("state = 'waiting'"), sa.text("state <> 'waiting'")
    for name, table, columns, where in (
        ("inbox_waiting", "inbox", ["update_id"], waiting),
        ("inbox_waiting_by_chat", "inbox", ["chat", "update_id"], waiting),
        ("inbox_finished", "inbox", ["received_at"], finished),
        ("outbox_waiting", "outbox", ["id"], waiting),
        ("outbox_waiting_by_chat", "outbox", ["chat", "id"], waiting),
        ("outbox_finished", "outbox", ["created_at"], finished),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    op.create_index("conversations_by_time", "conversations", ["updated_at"])
