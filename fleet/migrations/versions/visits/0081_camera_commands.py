"""Commands to cameras, and what of the consent record they were asked.

Revision ID: 0081
Revises: 0080
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table and the columns."""
    op.create_table(
        "camera_commands",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("said", sa.JSON()),
        sa.Column("closes", sa.Boolean(), nullable=False),
        sa.Column("assignment", sa.String(32), nullable=False),
        sa.Column("visit_id", sa.String(32)),
        sa.Column("issued", _TIME, nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("sent", _TIME),
        sa.Column("ended", _TIME),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("event", sa.BigInteger()),
        sa.Column("signed", _TIME),
        sa.Column("closed", _TIME),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_commands_camera_id_cameras"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_camera_commands_visit_id_visits"),
        sa.PrimaryKeyConstraint("id", name="pk_camera_commands"),
    )
    op.create_index("ix_camera_commands_camera_id", "camera_commands", ["camera_id", "issued"])
    op.create_index("ix_camera_commands_state", "camera_commands", ["state", "issued"])
    op.create_index("ix_camera_commands_visit_id", "camera_commands", ["visit_id"])
    op.add_column("consent_entries", sa.Column("command_id", sa.String(32)))
    op.add_column("consent_entries", sa.Column("not_asked", sa.String(12), nullable=False, server_default=""))
    op.add_column("consent_entries", sa.Column("signed_by", sa.String(32)))
    op.create_index("uq_consent_entries_command_id", "consent_entries", ["command_id"], unique=True)


def downgrade() -> None:
    """Drop them: what became of commands is lost; what was said, and what cameras signed, stays."""
    op.drop_index("uq_consent_entries_command_id", "consent_entries")
    for column in ("signed_by", "not_asked", "command_id"):
        op.drop_column("consent_entries", column)
    op.drop_table("camera_commands")
