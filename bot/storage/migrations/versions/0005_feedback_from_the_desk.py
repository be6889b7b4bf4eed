"""Feedback may have a note, and names the knowledge that it judges; the desk gives verdicts of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; feedback of before has neither."""
    op.add_column("feedback", sa.Column("note", sa.Text(), comment="redacted"))
    op.add_column("feedback", sa.Column("revision", sa.String(8), comment="of the knowledge that was judged"))
    if op.get_bind().dialect.name == "postgresql":  # SQLite has no comments, and cannot change a column
        comment = "see records.Verdict; the last one given counts"
        op.alter_column("feedback", "verdict", comment=comment, existing_type=sa.String(4), existing_nullable=False)
