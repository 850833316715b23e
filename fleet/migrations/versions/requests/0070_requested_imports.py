"""Imports that requests are about, and restrictions on imports.

Revision ID: 0070
Revises: 0069
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

_CHECK = "ck_restrictions_of_one_thing"


def upgrade() -> None:
    """Make the table, and let a restriction be on an import."""
    op.create_table(
        "request_imports",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "import_id", name="pk_request_imports"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_cases.id"],
            name="fk_request_imports_case_id_request_cases",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_request_imports_import_id_imports", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_request_imports_import_id", "request_imports", ["import_id"])
    with op.batch_alter_table("restrictions") as table:
        table.alter_column("recording_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("import_id", sa.String(32)))
        table.create_check_constraint(_CHECK, "(recording_id IS NULL) <> (import_id IS NULL)")
    op.create_index("ix_restrictions_import_id", "restrictions", ["import_id"])


def downgrade() -> None:
    """Drop them; what was restricted of imports is so no more."""
    op.execute("DELETE FROM restrictions WHERE import_id IS NOT NULL")
    op.drop_index("ix_restrictions_import_id", "restrictions")
    with op.batch_alter_table("restrictions") as table:
        table.drop_constraint(_CHECK, type_="check")
        table.drop_column("import_id")
        table.alter_column("recording_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("request_imports")
