"""When the vault was sealed by hand, for every process.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a process whose vault is sealed by hand writes that into it as it starts."""
    op.create_table(
        "vault_seals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_vault_seals"),
        sa.UniqueConstraint("name", name="uq_vault_seals_name"),
    )


def downgrade() -> None:
    """Drop it; each process goes on with the note that it has itself."""
    op.drop_table("vault_seals")
