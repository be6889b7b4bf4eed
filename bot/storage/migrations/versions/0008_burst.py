"""What waits is found by its chat or in its order, each by an index that cannot be taken for the other."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Exchange two indexes. No row is touched."""
    for name, table, column in (("inbox_waiting", "inbox", "update_id"), ("outbox_waiting", "outbox", "id")):
        waiting = sa.text(f"state = 'waiting' AND {column} > -1")
        op.drop_index(name, table)
        op.create_index(name, table, [column], sqlite_where=waiting, postgresql_where=waiting)
