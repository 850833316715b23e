"""Break-glass: administrator rights for a time.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "break_glasses",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun", _TIME, nullable=False),
        sa.Column("ends", _TIME, nullable=False),
        sa.Column("used", _TIME),
        sa.Column("ended", _TIME),
        sa.Column("ended_by", sa.String(140)),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_break_glasses_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_break_glasses"),
        sa.UniqueConstraint("digest", name="uq_break_glasses_digest"),
    )
    op.create_index("ix_break_glasses_user_id", "break_glasses", ["user_id"])
    op.create_index("ix_break_glasses_begun", "break_glasses", ["begun"])
    with op.batch_alter_table("user_sessions") as table:
        table.add_column(sa.Column("break_glass_id", sa.String(32)))
        table.create_foreign_key(
            "fk_user_sessions_break_glass_id_break_glasses", "break_glasses", ["break_glass_id"], ["id"]
        )
        table.create_index("ix_user_sessions_break_glass_id", ["break_glass_id"])


def downgrade() -> None:
    """Drop them, with the sessions that break-glass let in."""
    op.execute("DELETE FROM user_sessions WHERE break_glass_id IS NOT NULL")
    with op.batch_alter_table("user_sessions") as table:
        table.drop_index("ix_user_sessions_break_glass_id")
        table.drop_constraint("fk_user_sessions_break_glass_id_break_glasses", type_="foreignkey")
        table.drop_column("break_glass_id")
    op.drop_table("break_glasses")
