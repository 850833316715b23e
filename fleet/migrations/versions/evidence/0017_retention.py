"""Holds, and every change of how long recordings are kept.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "holds",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer()),
        sa.Column("incident_id", sa.String(32)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("review", sa.Date(), nullable=False),
        sa.Column("placed", _TIME, nullable=False),
        sa.Column("placed_by", sa.String(200), nullable=False),
        sa.Column("released", _TIME),
        sa.Column("released_by", sa.String(200)),
        sa.Column("released_reason", sa.Text()),
        sa.CheckConstraint("(recording_id IS NULL) <> (incident_id IS NULL)", name="ck_holds_of_one_thing"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_holds_recording_id_recordings", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name="fk_holds_incident_id_incidents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )
    for column in ("recording_id", "incident_id", "released"):
        op.create_index(f"ix_holds_{column}", "holds", [column])
    op.create_table(
        "retention_changes",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("confirmed", _TIME, nullable=False),
        sa.Column("confirmed_by", sa.String(200), nullable=False),
        sa.Column("plain_months", sa.Integer(), nullable=False),
        sa.Column("incident_months", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer()),
        sa.PrimaryKeyConstraint("number", name="pk_retention_changes"),
    )


def downgrade() -> None:
    """Drop them; what was held is held no more, and the periods are those that were promised."""
    op.drop_table("retention_changes")
    op.drop_table("holds")
