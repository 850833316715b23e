"""Which cameras have recordings that are kept apart: an index of those alone.

Revision ID: 0087
Revises: 0086
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

_APART = sa.text("apart != ''")


def upgrade() -> None:
    """Make the index."""
    op.create_index(
        "ix_recordings_apart", "recordings", ["camera_id"], sqlite_where=_APART, postgresql_where=_APART
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_recordings_apart", "recordings")
