"""References of visits for the person recorded, and what the landlord approved of their text.

Revision ID: 0060
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0057"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "visit_references",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("visit_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("revoked", _TIME, nullable=True),
        sa.Column("revoked_by", sa.String(200), nullable=True),
        sa.Column("revoked_reason", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"]),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("visit_id", "number"),
    )
    op.create_index("ix_visit_references_visit_id", "visit_references", ["visit_id"])
    op.create_table(
        "reference_approvals",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("approved", _TIME, nullable=False),
        sa.Column("approved_by", sa.String(200), nullable=False),
        sa.Column("withdrawn", _TIME, nullable=True),
        sa.Column("withdrawn_by", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("number"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("reference_approvals")
    op.drop_index("ix_visit_references_visit_id", "visit_references")
    op.drop_table("visit_references")
