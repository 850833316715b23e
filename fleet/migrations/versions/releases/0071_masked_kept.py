"""Whether masked parts of a release are kept beside its recordings.

Revision ID: 0071
Revises: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: of what was made before, none are kept."""
    with op.batch_alter_table("releases") as table:
        table.add_column(sa.Column("masked_kept", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("releases") as table:
        table.drop_column("masked_kept")
