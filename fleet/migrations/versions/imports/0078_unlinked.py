"""When an import was last taken out of an incident, whose holds hold it no more.

Revision ID: 0078
Revises: 0077
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column; of before nobody knows."""
    op.add_column("imports", sa.Column("unlinked", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("imports") as table:
        table.drop_column("unlinked")
