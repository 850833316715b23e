"""A recording's timeline is called so in the database, too.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the column its name; what it holds stays."""
    op.alter_column("recordings", "story", new_column_name="timeline")


def downgrade() -> None:
    """Give it the old one."""
    op.alter_column("recordings", "timeline", new_column_name="story")
