"""What users are told of alerts, and the messages that go out.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "told_choices",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        _of_user("told_choices"),
        sa.PrimaryKeyConstraint("user_id", name="pk_told_choices"),
    )
    op.create_table(
        "out_messages",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.JSON(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("due", _TIME, nullable=False),
        sa.Column("leased", _TIME),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("finished", _TIME),
        sa.Column("error", sa.Text(), nullable=False),
        _of_user("out_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_out_messages"),
    )
    op.create_index("ix_out_messages_due", "out_messages", ["state", "due"])
    op.create_index("ix_out_messages_user_id", "out_messages", ["user_id", "created"])
    op.create_index("ix_out_messages_finished", "out_messages", ["finished"])


def downgrade() -> None:
    """Drop them; nobody is told any more, and what waits does not go."""
    op.drop_table("out_messages")
    op.drop_table("told_choices")


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=f"fk_{table}_user_id_users", ondelete="CASCADE"
    )
