"""Visits, their notices, what was said of being recorded, and the recordings made on them.

Revision ID: 0050
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "visits",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tenancy", sa.String(40), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("planned", _TIME, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("cancelled", _TIME),
        sa.Column("cancelled_by", sa.String(200)),
        sa.Column("cancelled_reason", sa.Text()),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_visits_officer_id_officers"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_planned", "visits", ["planned", "id"])
    op.create_index("ix_visits_officer_id", "visits", ["officer_id", "planned"])
    _notices()
    _consent()
    op.create_table(
        "visit_recordings",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(32)),
        sa.Column("linked", _TIME, nullable=False),
        sa.Column("linked_by", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_visit_recordings_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_recordings_visit_id_visits"),
        sa.PrimaryKeyConstraint("recording_id", name="pk_visit_recordings"),
    )
    op.create_index("ix_visit_recordings_visit_id", "visit_recordings", ["visit_id"])
    op.create_table(
        "visit_texts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("use", sa.String(10), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", _TIME, nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_visit_texts"),
        sa.UniqueConstraint("use", "language", "version", name="uq_visit_texts_use_language_version"),
    )


def _notices() -> None:
    op.create_table(
        "visit_notices",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("visit_id", sa.String(32), nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("sent", _TIME, nullable=False),
        sa.Column("sent_by", sa.String(200), nullable=False),
        sa.Column("planned", _TIME, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_visit_notices_visit_id_visits"),
        sa.PrimaryKeyConstraint("id", name="pk_visit_notices"),
    )
    op.create_index("ix_visit_notices_visit_id", "visit_notices", ["visit_id"])


def _consent() -> None:
    op.create_table(
        "consent_entries",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("visit_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("arrived", _TIME, nullable=False),
        sa.Column("way", sa.String(20), nullable=False),
        sa.Column("said_by", sa.String(200), nullable=False),
        sa.Column("wording", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("reason_at", _TIME),
        sa.Column("reason_by", sa.String(200)),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_consent_entries_visit_id_visits"),
        sa.PrimaryKeyConstraint("id", name="pk_consent_entries"),
        sa.UniqueConstraint("mark", name="uq_consent_entries_mark"),
        sa.UniqueConstraint("visit_id", "number", name="uq_consent_entries_visit_id_number"),
    )
    op.create_index("ix_consent_entries_visit_id", "consent_entries", ["visit_id", "at"])
    op.create_index("ix_consent_entries_kind", "consent_entries", ["kind", "reason"])


def downgrade() -> None:
    """Drop them: what was said is lost, and which recording was made on which visit."""
    for table in ("visit_texts", "visit_recordings", "consent_entries", "visit_notices", "visits"):
        op.drop_table(table)
