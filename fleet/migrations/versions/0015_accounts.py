"""Users who retire, one-time links to an account, where sessions began, and tokens that expire.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table and the columns."""
    op.add_column("users", sa.Column("retired", _TIME))
    op.add_column("user_sessions", sa.Column("address", sa.String(64)))
    op.add_column("user_sessions", sa.Column("agent", sa.String(200)))
    op.add_column("api_tokens", sa.Column("expires", _TIME))
    op.add_column("api_tokens", sa.Column("seen", _TIME))
    op.create_table(
        "access_links",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("roles", sa.String(200), nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("used", _TIME),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_access_links_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_access_links"),
        sa.UniqueConstraint("digest", name="uq_access_links_digest"),
    )
    op.create_index("ix_access_links_user_id", "access_links", ["user_id"])


def downgrade() -> None:
    """Drop them; who is retired can sign in again."""
    op.drop_table("access_links")
    for table, column in (
        ("api_tokens", "seen"),
        ("api_tokens", "expires"),
        ("user_sessions", "agent"),
        ("user_sessions", "address"),
        ("users", "retired"),
    ):
        op.drop_column(table, column)
