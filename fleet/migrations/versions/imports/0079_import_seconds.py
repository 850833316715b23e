"""Imported clips cut into seconds, and which imports went out with releases.

Revision ID: 0079
Revises: 0078
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "import_seconds",
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempt", sa.String(32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("chunks", sa.JSON(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("asked", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_import_seconds"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_seconds_import_id_imports", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "released_imports",
        sa.Column("release_id", sa.String(32), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("first", _TIME, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("is_as_noted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "import_id", name="pk_released_imports"),
    )
    op.create_index("ix_released_imports_import_id", "released_imports", ["import_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_released_imports_import_id", table_name="released_imports")
    op.drop_table("released_imports")
    op.drop_table("import_seconds")
