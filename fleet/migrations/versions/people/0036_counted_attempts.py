"""Attempts that several processes count together.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "counted_attempts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_counted_attempts"),
    )
    op.create_index("ix_counted_attempts_mark", "counted_attempts", ["mark", "at"])
    op.create_index("ix_counted_attempts_at", "counted_attempts", ["at"])


def downgrade() -> None:
    """Drop it: what was counted is forgiven."""
    op.drop_table("counted_attempts")
