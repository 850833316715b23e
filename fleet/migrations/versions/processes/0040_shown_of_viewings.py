"""What of an arriving recording a viewing has laid out.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; viewings that last go on as they did."""
    with op.batch_alter_table("open_viewings") as table:
        table.add_column(sa.Column("shown", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("open_viewings") as table:
        table.drop_column("shown")
