"""In which run a camera was when it was asked for something.

Revision ID: 0088
Revises: 0087
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was asked before, the run is not known."""
    with op.batch_alter_table("camera_commands") as table:
        table.add_column(sa.Column("run", sa.String(32), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("camera_commands") as table:
        table.drop_column("run")
