"""When it was last shown in a session who its person is.

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the column; a session of before was confirmed as it began."""
    with op.batch_alter_table("user_sessions") as table:
        table.add_column(sa.Column("confirmed", _TIME, nullable=True))
    op.execute("UPDATE user_sessions SET confirmed = created")
    with op.batch_alter_table("user_sessions") as table:
        table.alter_column("confirmed", existing_type=_TIME, nullable=False)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("user_sessions") as table:
        table.drop_column("confirmed")
