"""Officers who have left, accounts that are an officer's, and what a camera says it has taken on.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_OFFICER = "fk_users_officer_id_officers"


def upgrade() -> None:
    """Make the columns."""
    op.add_column("officers", sa.Column("retired", _TIME))
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("officer_id", sa.String(32)))
        table.create_foreign_key(_OFFICER, "officers", ["officer_id"], ["id"])
    op.add_column("cameras", sa.Column("reported", sa.JSON()))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("cameras") as table:
        table.drop_column("reported")
    with op.batch_alter_table("users") as table:
        table.drop_constraint(_OFFICER, type_="foreignkey")
        table.drop_column("officer_id")
    with op.batch_alter_table("officers") as table:
        table.drop_column("retired")
