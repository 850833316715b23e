"""Recordings' own keys, each wrapped under a key of the vault.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; which key opens what is found out once there is more than one."""
    op.create_table(
        "recording_keys",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("sealed_to", sa.String(64), nullable=False),
        sa.Column("covered", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_by", sa.String(64), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(60), nullable=True),
        sa.Column("bound", sa.LargeBinary(32), nullable=True),
        sa.Column("name", sa.String(32), nullable=True),
        sa.Column("ready", _TIME, nullable=True),
        sa.Column("trouble", sa.String(1000), nullable=False),
        sa.Column("tried", _TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_recording_keys_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", name="pk_recording_keys"),
    )
    op.create_index("ix_recording_keys_wrapped_by", "recording_keys", ["wrapped_by"])


def downgrade() -> None:
    """Drop it, unless recordings are opened by it alone: then nothing is changed."""
    own = "SELECT count(*) FROM recording_keys WHERE ready IS NOT NULL AND wrapped IS NOT NULL"
    if op.get_bind().execute(sa.text(own)).scalar():
        raise RuntimeError("Recordings are opened by keys of their own, which would be lost.")
    op.drop_table("recording_keys")
