"""For how many seconds of a recording its picture or sound was of no use, as its camera signed it.

What was verified before came from cameras that did not look.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    op.add_column("recordings", sa.Column("conditions", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Drop it, in place: a table that is written anew loses the indexes of 0011 that are of expressions."""
    op.drop_column("recordings", "conditions")
