"""Errands of admins; what was not answered, and what was complained about, is found without reading the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the indexes. No row is touched."""
    op.create_table(
        "errands",
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chat", sa.String(80), nullable=False),
        sa.Column("owner", sa.String(48), nullable=False, comment="which process answers; empty: answered"),
        sa.Column("command", sa.String(32), nullable=False),
        sa.Column("argument", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=False, comment="seconds since 1970, UTC"),
    )
    none = sa.text("outcome = 'none'")
    op.create_index("questions_unanswered", "questions", ["asked_at"], sqlite_where=none, postgresql_where=none)
    op.create_index("feedback_by_time", "feedback", ["given_at", "verdict"])
