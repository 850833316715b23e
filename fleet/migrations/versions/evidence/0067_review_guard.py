"""What was done about reviews is not replaced either.

Revision ID: 0067
Revises: 0066
"""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

# SQLite removes the row that stands in the way of an INSERT OR REPLACE without its triggers of deletion.
# PostgreSQL knows no such statement, and its trigger of updates sees ON CONFLICT DO UPDATE.
_SQLITE_NEW = """
CREATE TRIGGER review_entries_new_only BEFORE INSERT ON review_entries
WHEN EXISTS (SELECT 1 FROM review_entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'what was done about reviews only grows'); END
"""


def upgrade() -> None:
    """Refuse a row in place of another."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE_NEW)


def downgrade() -> None:
    """Let it be."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER review_entries_new_only")
