"""What a code's camera was given, so that it can be told again where the answer was lost.

Revision ID: 0069
Revises: 0068
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; codes that were taken before are not answered again."""
    op.add_column("enrolment_codes", sa.Column("certificate_pem", sa.Text(), nullable=True))
    op.add_column(
        "enrolment_codes", sa.Column("repeats", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_column("enrolment_codes", "repeats")
    op.drop_column("enrolment_codes", "certificate_pem")
