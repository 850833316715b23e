"""Since when a camera that nobody asked is to have closed, when it last did, and whose accounts signed.

Revision ID: 0089
Revises: 0088
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

_ADDED = (
    ("cameras", "closed_last", sa.DateTime(timezone=True)),
    ("consent_entries", "follows", sa.DateTime(timezone=True)),
    ("reviews", "head_officer", sa.String(32)),
    ("reviews", "manager_officer", sa.String(32)),
)


def upgrade() -> None:
    """Add the columns; of what was before, nothing of this is known."""
    for table, name, kind in _ADDED:
        op.add_column(table, sa.Column(name, kind))
    op.create_index("ix_consent_entries_follows", "consent_entries", ["follows"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_consent_entries_follows", "consent_entries")
    for table, name, _ in reversed(_ADDED):
        op.drop_column(table, name)
