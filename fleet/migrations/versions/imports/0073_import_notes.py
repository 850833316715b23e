"""Notes about imports.

Revision ID: 0073
Revises: 0072
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "import_notes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_notes"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_notes_import_id_imports", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_import_notes_import_id", "import_notes", ["import_id"])


def downgrade() -> None:
    """Drop it, with the notes."""
    op.drop_table("import_notes")
