"""What cameras signed of consent at the door.

Revision ID: 0077
Revises: 0076
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "camera_consents",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("dated", sa.Boolean(), nullable=False),
        sa.Column("arrived", _TIME, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recording", sa.String(32)),
        sa.Column("assignment", sa.Text()),
        sa.Column("officer_id", sa.String(32)),
        sa.Column("signed", sa.LargeBinary(), nullable=False),
        sa.Column("doubt", sa.String(20), nullable=False),
        sa.Column("visit_id", sa.String(32)),
        sa.Column("entry_id", sa.String(32)),
        sa.Column("linked", _TIME),
        sa.Column("linked_by", sa.String(200), nullable=False),
        sa.Column("linked_reason", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_consents_camera_id_cameras"),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name="fk_camera_consents_officer_id_officers"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_camera_consents_visit_id_visits"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["consent_entries.id"], name="fk_camera_consents_entry_id_consent_entries"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_camera_consents"),
    )
    op.create_index("ix_camera_consents_camera_id", "camera_consents", ["camera_id", "arrived"])
    op.create_index("ix_camera_consents_visit_id", "camera_consents", ["visit_id", "at"])
    op.create_index("ix_camera_consents_entry_id", "camera_consents", ["entry_id"])


def downgrade() -> None:
    """Drop it: what cameras signed is lost; what was written down of it on visits stays."""
    op.drop_table("camera_consents")
