"""Whether a camera ever said that a recording was closed.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; what cameras said before did not tell closed from cut off."""
    op.add_column(
        "recordings", sa.Column("told_closed", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("recordings") as table:
        table.drop_column("told_closed")
