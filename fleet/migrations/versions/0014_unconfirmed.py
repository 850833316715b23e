"""Which numbers before its own a recording says that its camera's card never confirmed.

What was held before came from cameras that did not say.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    op.add_column("recording_chains", sa.Column("unconfirmed", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("recording_chains", "unconfirmed")
