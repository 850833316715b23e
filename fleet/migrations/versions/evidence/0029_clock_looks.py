"""The last look at the service's clock by whoever deletes.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; until the first look nothing is known of the clock before it."""
    op.create_table(
        "clock_looks",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("seen", _TIME, nullable=False),
        sa.Column("doubted_until", _TIME),
        sa.Column("came_from", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_clock_looks"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("clock_looks")
