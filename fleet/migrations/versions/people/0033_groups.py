"""Sites and teams, with the cameras and officers that belong to them.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_MEMBERS = (("officers", "team_id"), ("cameras", "site_id"))


def upgrade() -> None:
    """Make the table and the columns; nobody belongs to anything before somebody says so."""
    op.create_table(
        "groups",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("retired", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
        sa.UniqueConstraint("kind", "name", name="uq_groups_kind_name"),
    )
    for table, column in _MEMBERS:
        with op.batch_alter_table(table) as changed:
            changed.add_column(sa.Column(column, sa.String(32)))
            changed.create_foreign_key(f"fk_{table}_{column}_groups", "groups", [column], ["id"])


def downgrade() -> None:
    """Drop them: who belonged where is left in the audit log alone."""
    for table, column in reversed(_MEMBERS):
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(f"fk_{table}_{column}_groups", type_="foreignkey")
            changed.drop_column(column)
    op.drop_table("groups")
