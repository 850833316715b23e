"""What people are told of their accounts, and in which browsers they said that they know of it.

Revision ID: 0092
Revises: 0091
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "account_notices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("first", _TIME, nullable=False),
        sa.Column("last", _TIME, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("doer", sa.LargeBinary(32), nullable=True),
        sa.Column("disowned", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_account_notices_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_account_notices"),
    )
    op.create_index("ix_account_notices_told", "account_notices", ["user_id", "last"])
    op.create_table(
        "known_notices",
        sa.Column("notice_id", sa.String(32), nullable=False),
        sa.Column("browser", sa.String(80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["account_notices.id"],
            name="fk_known_notices_notice_id_account_notices",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", "browser", name="pk_known_notices"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("known_notices")
    op.drop_index("ix_account_notices_told", "account_notices")
    op.drop_table("account_notices")
