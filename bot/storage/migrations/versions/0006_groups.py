"""Groups: who asked, in which message, and which message of ours stands there as the answer; groups and who acts in them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; what is there already is of private chats, and needs none of them."""
    op.add_column("inbox", sa.Column("sender", sa.BigInteger(), comment="Telegram's number of who did it"))
    op.add_column("outbox", sa.Column("question_id", sa.BigInteger(), comment="the question that it answers"))
    op.add_column(
        "outbox", sa.Column("message_id", sa.BigInteger(), comment="Telegram's number of the message, once sent")
    )
    op.drop_index("outbox_finished_by_chat", "outbox")
    finished = sa.text("state <> 'waiting'")
    op.create_index(
        "outbox_finished_by_message",
        "outbox",
        ["chat", "message_id"],
        sqlite_where=finished,
        postgresql_where=finished,
    )
    op.add_column("questions", sa.Column("asker", sa.BigInteger(), comment="in groups: Telegram's number of who asked"))
    op.add_column("questions", sa.Column("asked_in", sa.BigInteger(), comment="Telegram's number of the message"))
    op.add_column(
        "questions", sa.Column("context", sa.Text(), comment="Card as JSON: what is needed to go on from here")
    )
    op.drop_index("questions_by_chat", "questions")
    op.create_index("questions_by_message", "questions", ["chat", "asked_in"])
    for name, column, where in (
        ("questions_by_asker", "asker", "asker IS NOT NULL"),
        ("questions_with_context", "asked_at", "context IS NOT NULL"),
    ):
        there = sa.text(where)
        op.create_index(name, "questions", [column], sqlite_where=there, postgresql_where=there)
    if op.get_bind().dialect.name == "postgresql":  # SQLite does not look at lengths
        op.alter_column(
            "questions", "language", type_=sa.String(8), existing_type=sa.String(2), existing_nullable=False
        )
    op.create_table(
        "groups",
        sa.Column("chat", sa.String(80), primary_key=True),
        sa.Column("moved_to", sa.String(80), comment="the chat's key since the group became a supergroup"),
    )
    op.create_table(
        "members",
        sa.Column("chat", sa.String(80), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("seen_at", sa.Float(), nullable=False, comment="when they last spoke to the bot there"),
    )
    op.create_index("members_by_user", "members", ["user_id", "seen_at"])
    op.create_index("members_by_time", "members", ["seen_at"])
