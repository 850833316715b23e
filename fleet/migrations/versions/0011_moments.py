"""Indexes by which pages read recordings: the order of lists, each camera's count, and its last one verified.

The order is by a clock that was set, else by when a recording was first heard of.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TRUE = {"sqlite": "1"}


def upgrade() -> None:
    """Make it in place of that of the press, by which nothing is sorted any more."""
    true = _TRUE.get(op.get_context().dialect.name, "true")
    moment = f"coalesce(reckoned, CASE WHEN (clock_synchronised IS {true}) THEN pressed END, announced)"
    op.create_index("ix_recordings_moment", "recordings", [sa.text(moment), "id"])
    op.create_index("ix_recordings_verified", "recordings", ["camera_id", "verified"])
    op.create_index("ix_recordings_number", "recordings", ["camera_id", "state", "number"])
    op.drop_index("ix_recordings_pressed", "recordings")


def downgrade() -> None:
    """Go back to that of the press."""
    op.create_index("ix_recordings_pressed", "recordings", ["pressed"])
    op.drop_index("ix_recordings_number", "recordings")
    op.drop_index("ix_recordings_verified", "recordings")
    op.drop_index("ix_recordings_moment", "recordings")
