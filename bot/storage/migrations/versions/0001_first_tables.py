"""The first tables: inbox, conversations, outbox, questions, feedback."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    counting = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chat", sa.String(80), nullable=False, comment="updates of one chat are handled one after the other"),
        sa.Column("received_at", sa.Float(), nullable=False, comment="seconds since 1970, UTC"),
        sa.Column("payload", sa.Text(), nullable=False, comment="the update as JSON, scrubbed"),
        sa.Column("state", sa.String(8), nullable=False, comment="waiting, done or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
    )
    op.create_index("inbox_waiting", "inbox", ["state", "update_id"])
    op.create_index("inbox_by_chat", "inbox", ["chat", "received_at"])
    op.create_table(
        "conversations",
        sa.Column("chat", sa.String(80), primary_key=True),
        sa.Column("state", sa.Text(), nullable=False, comment="Conversation as JSON"),
        sa.Column("updated_at", sa.Float(), nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("id", counting, primary_key=True, autoincrement=True),
        sa.Column("chat", sa.String(80), nullable=False, comment="messages to one chat are sent one after the other"),
        sa.Column("method", sa.String(64), nullable=False, comment="of the Bot API"),
        sa.Column("parameters", sa.Text(), nullable=False, comment="as JSON"),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("not_before", sa.Float(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False, comment="waiting, sent or failed"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
    )
    op.create_index("outbox_waiting", "outbox", ["state", "chat", "id"])
    op.create_table(
        "questions",
        sa.Column("id", counting, primary_key=True, autoincrement=True),
        sa.Column("chat", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="redacted"),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False, comment="answered, asking, clarify or none"),
        sa.Column("entry_id", sa.String(48)),
        sa.Column("details", sa.Text(), nullable=False, comment="as JSON"),
    )
    op.create_index("questions_by_time", "questions", ["asked_at"])
    op.create_table(
        "feedback",
        sa.Column("id", counting, primary_key=True, autoincrement=True),
        sa.Column(
            "question_id", counting, sa.ForeignKey("questions.id", ondelete="CASCADE"), nullable=False, unique=True
        ),
        sa.Column("verdict", sa.String(4), nullable=False, comment="up or down; the last one given counts"),
        sa.Column("given_at", sa.Float(), nullable=False),
    )
