"""Who looked at footage, and what is odd about that.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; the service looks at every viewing that is in the audit log already."""
    op.create_table(
        "viewing_reviews",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("recording", sa.String(200), nullable=False),
        sa.Column("is_copy", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.String(100), nullable=False),
        sa.Column("odd", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.String(200)),
        sa.Column("asked_at", _TIME),
        sa.Column("explained_by", sa.String(200)),
        sa.Column("explained_at", _TIME),
        sa.ForeignKeyConstraint(
            ["number"], ["audit_entries.number"], name="fk_viewing_reviews_number_audit_entries"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_viewing_reviews"),
    )
    op.create_index("ix_viewing_reviews_state", "viewing_reviews", ["state", "weight", "number"])
    op.create_index("ix_viewing_reviews_who", "viewing_reviews", ["who", "recording", "at"])
    op.create_index("ix_viewing_reviews_at", "viewing_reviews", ["who", "at"])


def downgrade() -> None:
    """Drop it; what was asked and explained stays in the history of reviews."""
    op.drop_table("viewing_reviews")
