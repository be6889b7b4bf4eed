"""What one person asked and was told is found without reading everybody's, so that /forget takes no longer in a large database."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes. No row is touched."""
    finished = sa.text("state <> 'waiting'")
    op.create_index("questions_by_chat", "questions", ["chat"])
    op.create_index("outbox_finished_by_chat", "outbox", ["chat"], sqlite_where=finished, postgresql_where=finished)
