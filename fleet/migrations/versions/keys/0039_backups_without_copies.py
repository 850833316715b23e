"""How many keys of the vault the recovery key did not open in a backup.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of backups of before it is not known."""
    with op.batch_alter_table("backups") as table:
        table.add_column(sa.Column("without_copy", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("backups") as table:
        table.drop_column("without_copy")
