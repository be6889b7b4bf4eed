"""A message in the outbox names the update that it answers, so that the log can follow it; what failed is counted at once."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column (messages of before have none) and the indexes."""
    comment = "the update that it answers; the request id in the log"
    op.add_column("outbox", sa.Column("update_id", sa.BigInteger(), comment=comment))
    failed = sa.text("state = 'failed'")
    for name, table, column in (("inbox_failed", "inbox", "update_id"), ("outbox_failed", "outbox", "id")):
        op.create_index(name, table, [column], sqlite_where=failed, postgresql_where=failed)
