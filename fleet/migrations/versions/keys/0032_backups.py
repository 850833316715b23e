"""Backups that were made, and numbers of cameras that are not given after one was restored.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "backups",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("footage", sa.BigInteger(), nullable=False),
        sa.Column("has_footage", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_backups"),
    )
    op.create_index("ix_backups_made", "backups", ["made"])
    op.create_table(
        "camera_number_floors",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_camera_number_floors"),
    )


def downgrade() -> None:
    """Drop them: numbers that were left out may be given then."""
    op.drop_table("camera_number_floors")
    op.drop_index("ix_backups_made", table_name="backups")
    op.drop_table("backups")
