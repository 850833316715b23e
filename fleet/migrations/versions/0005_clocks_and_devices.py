"""What dates a recording whose clock was not set, and two devices with one camera's identity.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ONCE = "uq_recordings_camera_id_number"
_ONCE_EACH = "uq_recordings_camera_id_number_apart"
_TIME = sa.DateTime(timezone=True)
_OF_A_RUN = "ix_recordings_camera_id_run"


def upgrade() -> None:
    """Make the columns and the table."""
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("apart", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("run", sa.String(32)))
        table.add_column(sa.Column("press_boot_us", sa.BigInteger()))
        table.add_column(sa.Column("reckoned", _TIME))
        table.add_column(sa.Column("reckoned_s", sa.Float()))
        table.drop_constraint(_ONCE, type_="unique")
        table.create_unique_constraint(_ONCE_EACH, ["camera_id", "number", "apart"])
        table.create_index(_OF_A_RUN, ["camera_id", "run"])
    with op.batch_alter_table("recordings") as table:
        table.alter_column("apart", server_default=None)
    op.create_table(
        "run_clocks",
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("boot_us", sa.BigInteger(), nullable=False),
        sa.Column("utc_us", sa.BigInteger(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "run", name="pk_run_clocks"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_run_clocks_camera_id_cameras"),
    )
    with op.batch_alter_table("cameras") as table:
        table.add_column(sa.Column("runs_seen", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("doubled_since", _TIME))
        table.add_column(sa.Column("doubled_last", _TIME))
    with op.batch_alter_table("cameras") as table:
        table.alter_column("runs_seen", server_default=None)


def downgrade() -> None:
    """Drop them; recordings that share a number with another stay in the store alone."""
    apart = "recording_id IN (SELECT id FROM recordings WHERE apart <> '')"
    op.execute(f"DELETE FROM segments WHERE {apart}")  # noqa: S608 - our own names
    op.execute(f"DELETE FROM ledger_pieces WHERE {apart}")  # noqa: S608 - our own names
    op.execute("DELETE FROM recordings WHERE apart <> ''")
    with op.batch_alter_table("cameras") as table:
        for column in ("doubled_last", "doubled_since", "runs_seen"):
            table.drop_column(column)
    op.drop_table("run_clocks")
    with op.batch_alter_table("recordings") as table:
        table.drop_index(_OF_A_RUN)
        table.drop_constraint(_ONCE_EACH, type_="unique")
        table.create_unique_constraint(_ONCE, ["camera_id", "number"])
        for column in ("reckoned_s", "reckoned", "press_boot_us", "run", "apart"):
            table.drop_column(column)
