"""Viewings that last, so that any process can go on with them.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "open_viewings",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("owner_kind", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("recording", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(500), nullable=False),
        sa.Column("opened", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seals", sa.Integer(), nullable=False),
        sa.Column("layout", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_open_viewings"),
    )
    op.create_index("ix_open_viewings_owner", "open_viewings", ["owner_kind", "owner"])
    op.create_index("ix_open_viewings_opened", "open_viewings", ["opened"])


def downgrade() -> None:
    """Drop it: whoever watches opens the recording again."""
    op.drop_table("open_viewings")
