"""What each camera and account may still send, for all processes together and across starts.

Revision ID: 0074
Revises: 0073
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; everybody begins with a whole day."""
    op.create_table(
        "sent_allowances",
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", name="pk_sent_allowances"),
    )


def downgrade() -> None:
    """Drop it: what was sent is forgotten."""
    op.drop_table("sent_allowances")
