"""The training of officers.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "officer_trainings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("taken", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted", _TIME, nullable=False),
        sa.Column("noted_by", sa.String(200), nullable=False),
        sa.Column("withdrawn", _TIME, nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_officer_trainings_officer_id", "officer_trainings", ["officer_id"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_index("ix_officer_trainings_officer_id", "officer_trainings")
    op.drop_table("officer_trainings")
