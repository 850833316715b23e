"""That what was asked for before the clock starts is no longer doubted, though it was never shown.

Revision ID: 0093
Revises: 0092
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: what came before this came."""
    column: sa.Column[bool] = sa.Column("waived", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("request_waits", column)


def downgrade() -> None:
    """Drop it."""
    op.drop_column("request_waits", "waived")
