"""Alerts, and what became of each.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and the index by which the recordings that were verified last are found."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("lasts", sa.Boolean()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("tone", sa.String(10), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("first_true", _TIME, nullable=False),
        sa.Column("last_true", _TIME, nullable=False),
        sa.Column("doubtful", _TIME),
        sa.Column("ended", _TIME),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(32)),
        sa.Column("owner_id", sa.String(32)),
        sa.Column("owner", sa.String(200)),
        sa.Column("taken", _TIME),
        sa.Column("acknowledged", _TIME),
        sa.Column("acknowledged_by", sa.String(200)),
        sa.Column("resolved", _TIME),
        sa.Column("resolved_by", sa.String(200)),
        sa.Column("note", sa.Text()),
        sa.Column("told", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("uq_alerts_lasting", "alerts", ["kind", "subject", "lasts"], unique=True)
    op.create_index("ix_alerts_lasts", "alerts", ["lasts"])
    op.create_index("ix_alerts_state", "alerts", ["state", "first_true"])
    op.create_index("ix_alerts_ended", "alerts", ["ended"])
    op.create_index("ix_alerts_subject", "alerts", ["kind", "subject", "first_true"])
    op.create_table(
        "alert_steps",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(32), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("by", sa.String(200)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_alert_steps_alert_id_alerts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_alert_steps"),
    )
    op.create_index("ix_alert_steps_alert_id", "alert_steps", ["alert_id"])
    op.create_index("ix_recordings_verified_last", "recordings", ["verified"])


def downgrade() -> None:
    """Drop them; what needs somebody is found anew, without who had it."""
    op.drop_index("ix_recordings_verified_last", "recordings")
    op.drop_table("alert_steps")
    op.drop_table("alerts")
