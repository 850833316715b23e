"""What ties a recording to its camera's others; and a verdict that names no cause that nobody knows.

Of recordings that are held already the ledgers are looked at after the start. Reports and receipts that were
made before stay as they were signed or kept.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_VERDICTS = sa.table("recordings", sa.column("verdict", sa.String))
_BEFORE, _NOW = "cut off by power loss", "without an end"

_INDEXES = {
    "ix_recording_chains_number": ["camera_id", "number"],
    "ix_recording_chains_run": ["camera_id", "run", "number"],
    "ix_recording_chains_open_digest": ["open_digest"],
    "ix_recording_chains_previous_open": ["previous_open"],
}


def upgrade() -> None:
    """Make the table and the column, and take the cause out of the verdict."""
    op.create_table(
        "recording_chains",
        sa.Column(
            "recording_id", sa.Integer(), sa.ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("camera_id", sa.String(32), sa.ForeignKey("cameras.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("press_ns", sa.String(20), nullable=False),
        sa.Column("open_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("previous_open", sa.LargeBinary(32)),
        sa.Column("first_seq", sa.String(20), nullable=False),
        sa.Column("chunks", sa.LargeBinary()),
    )
    for name, columns in _INDEXES.items():
        op.create_index(name, "recording_chains", columns)
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("chain", sa.JSON()))
    _rename(_BEFORE, _NOW)


def downgrade() -> None:
    """Drop them, and call it as before."""
    _rename(_NOW, _BEFORE)
    with op.batch_alter_table("recordings") as table:
        table.drop_column("chain")
    op.drop_table("recording_chains")


def _rename(old: str, new: str) -> None:
    op.execute(_VERDICTS.update().where(_VERDICTS.c.verdict == old).values(verdict=new))
