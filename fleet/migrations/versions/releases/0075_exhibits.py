"""Exhibit numbers and continuity entries of releases.

Revision ID: 0075
Revises: 0074
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_RELEASE = ("release_id", "releases.id")
_SQLITE_GUARDS = (
    """
CREATE TRIGGER continuity_entries_no_update BEFORE UPDATE ON continuity_entries
BEGIN SELECT RAISE(ABORT, 'continuity only grows'); END
""",
)
_POSTGRES_GUARDS = (
    """
CREATE FUNCTION continuity_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'continuity only grows'; END $$
""",
    """
CREATE TRIGGER continuity_entries_only_grows BEFORE UPDATE ON continuity_entries
FOR EACH STATEMENT EXECUTE FUNCTION continuity_entries_refuse()
""",
)


def upgrade() -> None:
    """Make the tables and the columns: what was approved before has no number, and none is given to it."""
    op.create_table(
        "exhibit_series",
        sa.Column("initials", sa.String(5), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("initials", name="pk_exhibit_series"),
    )
    op.create_table(
        "release_exhibits",
        sa.Column("release_id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("initials", sa.String(5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "recording_id", name="pk_release_exhibits"),
        _of("release_exhibits", *_RELEASE),
        _of("release_exhibits", "recording_id", "recordings.id"),
    )
    op.create_index("ix_release_exhibits_number", "release_exhibits", ["initials", "number"], unique=True)
    op.create_index("ix_release_exhibits_recording_id", "release_exhibits", ["recording_id"])
    op.create_table(
        "continuity_entries",
        sa.Column("release_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("entered", _TIME, nullable=False),
        sa.Column("entered_by", sa.String(200), nullable=False),
        sa.Column("is_seen", sa.Boolean(), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("taker", sa.String(200), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(200), nullable=False),
        sa.Column("which_copy", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Integer()),
        sa.PrimaryKeyConstraint("release_id", "number", name="pk_continuity_entries"),
        _of("continuity_entries", *_RELEASE),
    )
    for guard in _POSTGRES_GUARDS if op.get_bind().dialect.name == "postgresql" else _SQLITE_GUARDS:
        op.execute(guard)
    op.add_column("releases", sa.Column("initials", sa.String(5), nullable=False, server_default=""))
    op.add_column("release_links", sa.Column("opened", _TIME))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("release_links") as table:
        table.drop_column("opened")
    with op.batch_alter_table("releases") as table:
        table.drop_column("initials")
    op.drop_table("continuity_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION continuity_entries_refuse()")
    op.drop_index("ix_release_exhibits_recording_id", table_name="release_exhibits")
    op.drop_index("ix_release_exhibits_number", table_name="release_exhibits")
    op.drop_table("release_exhibits")
    op.drop_table("exhibit_series")


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete="CASCADE")
