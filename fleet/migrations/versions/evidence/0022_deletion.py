"""Deletion: its switch, who was told of what, certificates, and that a recording is gone.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and the columns. Nothing is deleted: the switch is off until somebody turns it."""
    op.add_column("recordings", sa.Column("deleted", _TIME))
    op.add_column("recordings", sa.Column("deleted_why", sa.Text()))
    op.create_table(
        "deletion_switchings",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("confirmed", _TIME, nullable=False),
        sa.Column("confirmed_by", sa.String(200), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_deletion_switchings"),
    )
    op.create_table(
        "deletion_notices",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("told", _TIME, nullable=False),
        sa.Column("goes", sa.Date(), nullable=False),
        _of_recording("deletion_notices"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_deletion_notices"),
    )
    op.create_index("ix_deletion_notices_goes", "deletion_notices", ["goes"])
    op.create_table(
        "deletions",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("begun", _TIME, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("ledger_sha256", sa.LargeBinary(32)),
        sa.Column("keys_destroyed", _TIME),
        sa.Column("bytes_deleted", _TIME),
        sa.Column("certified", _TIME),
        sa.Column("certificate", sa.Text()),
        _of_recording("deletions"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_deletions"),
    )
    op.create_index("ix_deletions_certified", "deletions", ["certified"])


def downgrade() -> None:
    """Drop them; of what was deleted only its certificate in the store tells."""
    op.drop_table("deletions")
    op.drop_table("deletion_notices")
    op.drop_table("deletion_switchings")
    op.drop_column("recordings", "deleted_why")
    op.drop_column("recordings", "deleted")


def _of_recording(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_recording_id_recordings"
    return sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=name, ondelete="CASCADE")
