"""Recordings that are kept apart, from their index alone: SQLite reads one that lacks a column not at all.

Revision ID: 0091
Revises: 0089
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0089"
branch_labels = None
depends_on = None

_BEFORE, _NOW = "ix_recordings_apart", "ix_recordings_kept_apart"
_APART = sa.text("apart != ''")


def upgrade() -> None:
    """Put an index with what it is narrowed by in the place of the one without."""
    op.drop_index(_BEFORE, "recordings")
    _make(_NOW, "camera_id", "apart")


def downgrade() -> None:
    """Make the one before anew."""
    op.drop_index(_NOW, "recordings")
    _make(_BEFORE, "camera_id")


def _make(name: str, *columns: str) -> None:
    op.create_index(name, "recordings", columns, sqlite_where=_APART, postgresql_where=_APART)
