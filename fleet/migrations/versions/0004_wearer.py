"""How it is known whose a recording is, and what speaks against it.

Of recordings that are here already that was not kept: they say so.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LISTED = "fk_recordings_listed_assignment_id_assignments"


def upgrade() -> None:
    """Make the columns."""
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("wearer_basis", sa.String(16)))
        table.add_column(sa.Column("wearer_doubt", sa.String(24)))
        table.add_column(sa.Column("signed_assignment", sa.Text()))
        table.add_column(sa.Column("listed_assignment_id", sa.String(32)))
        table.create_foreign_key(_LISTED, "assignments", ["listed_assignment_id"], ["id"])


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("recordings") as table:
        table.drop_constraint(_LISTED, type_="foreignkey")
        for column in ("listed_assignment_id", "signed_assignment", "wearer_doubt", "wearer_basis"):
            table.drop_column(column)
