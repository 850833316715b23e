"""Requests and releases that somebody has kept longer.

Revision ID: 0076
Revises: 0075
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_longer",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("kept", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_kept_longer"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("kept_longer")
