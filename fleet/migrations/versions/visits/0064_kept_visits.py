"""That a person keeps a visit for longer than its time, and why.

Revision ID: 0064
Revises: 0063
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_NAMES = ("held", "held_by", "held_reason")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("visits", sa.Column("held", sa.DateTime(timezone=True), nullable=True))
    op.add_column("visits", sa.Column("held_by", sa.String(200), nullable=True))
    op.add_column("visits", sa.Column("held_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop them."""
    for name in _NAMES:
        op.drop_column("visits", name)
