"""Incidents, what people say of recordings, and searches that they keep.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _incidents()
    _judgements()
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_saved_views_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_views_user_id_name"),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("place_key", sa.Text(), nullable=False),
        sa.Column("category", sa.String(40), nullable=False),
        sa.Column("happened", _TIME, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("opened", _TIME, nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.UniqueConstraint("reference", name="uq_incidents_reference"),
        sa.UniqueConstraint("year", "number", name="uq_incidents_year_number"),
    )
    op.create_index("ix_incidents_happened", "incidents", ["happened"])
    op.create_index("ix_incidents_place_key", "incidents", ["place_key"])
    op.create_table(
        "incident_recordings",
        sa.Column("incident_id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("added", _TIME, nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incidents.id"],
            name="fk_incident_recordings_incident_id_incidents",
            ondelete="CASCADE",
        ),
        _of_recording("incident_recordings"),
        sa.PrimaryKeyConstraint("incident_id", "recording_id", name="pk_incident_recordings"),
    )
    op.create_index("ix_incident_recordings_recording_id", "incident_recordings", ["recording_id"])


def _judgements() -> None:
    op.create_table(
        "judgements",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(40)),
        sa.Column("incident", sa.Boolean()),
        sa.Column("unmarked", _TIME),
        sa.Column("judged_by", sa.String(200), nullable=False),
        sa.Column("judged_at", _TIME, nullable=False),
        _of_recording("judgements"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_judgements"),
    )
    op.create_index("ix_judgements_category", "judgements", ["category"])
    op.create_index("ix_judgements_incident", "judgements", ["incident"])
    op.create_table(
        "recording_notes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("written", _TIME, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _of_recording("recording_notes"),
        sa.PrimaryKeyConstraint("id", name="pk_recording_notes"),
    )
    op.create_index("ix_recording_notes_recording_id", "recording_notes", ["recording_id"])
    op.create_table(
        "bulk_marks",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("marked_by", sa.String(200), nullable=False),
        sa.Column("marked_at", _TIME, nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.Column("earlier", sa.JSON(), nullable=False),
        sa.Column("category", sa.String(40)),
        sa.Column("incident", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_marks"),
    )


def _of_recording(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_recording_id_recordings"
    return sa.ForeignKeyConstraint(["recording_id"], ["recordings.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """Drop them; what was written of incidents and recordings is gone."""
    for table in (
        "saved_views",
        "bulk_marks",
        "recording_notes",
        "judgements",
        "incident_recordings",
        "incidents",
    ):
        op.drop_table(table)
