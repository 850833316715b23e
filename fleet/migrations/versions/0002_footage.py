"""Recordings, their segments and the pieces of their ledgers.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _make_recordings()
    _make_segments()
    _make_ledger_pieces()


def downgrade() -> None:
    """Drop them; the objects in the store stay."""
    for table in ("ledger_pieces", "segments", "recordings"):
        op.drop_table(table)


def _make_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recording", sa.String(32)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("announced", _TIME, nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("pressed", _TIME),
        sa.Column("clock_synchronised", sa.Boolean()),
        sa.Column("asked_s", sa.Float()),
        sa.Column("prerecord_s", sa.Float()),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("closed", _TIME),
        sa.Column("ended", sa.String(16)),
        sa.Column("duration_s", sa.Float()),
        sa.Column("assignment_id", sa.String(32)),
        sa.Column("officer_id", sa.String(32)),
        sa.Column("expected", sa.JSON()),
        sa.Column("verdict", sa.String(40)),
        sa.Column("sentence", sa.Text()),
        sa.Column("verified", _TIME),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("receipt_sha256", sa.LargeBinary(32)),
        sa.Column("report", sa.JSON()),
        sa.Column("story", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("camera_id", "number", name="uq_recordings_camera_id_number"),
        sa.UniqueConstraint("recording", name="uq_recordings_recording"),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_recordings_camera_id_cameras"),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignments.id"], name="fk_recordings_assignment_id_assignments"
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_recordings_officer_id_officers"),
    )
    for column in ("pressed", "state", "officer_id"):
        op.create_index(f"ix_recordings_{column}", "recordings", [column])


def _make_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("received", _TIME, nullable=False),
        sa.Column("parts", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_segments"),
        sa.UniqueConstraint("recording_id", "name", name="uq_segments_recording_id_name"),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_segments_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )


def _make_ledger_pieces() -> None:
    op.create_table(
        "ledger_pieces",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("received", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "offset", name="pk_ledger_pieces"),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_ledger_pieces_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )
