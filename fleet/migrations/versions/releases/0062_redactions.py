"""What is hidden in releases: drafts, the search for faces, and who watched the copy.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_FOLDERS = "release_folders"


def upgrade() -> None:
    """Make the tables, and the columns of what is made."""
    op.create_table(
        "release_redactions",
        *_keys(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("masks", sa.Integer(), nullable=False),
        sa.Column("mutes", sa.Integer(), nullable=False),
        sa.Column("undecided", sa.Integer(), nullable=False),
        sa.Column("fill", sa.String(20), nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("approved", sa.String(64), nullable=False),
        sa.Column("search", sa.String(20), nullable=False),
        sa.Column("search_by", sa.String(200), nullable=False),
        sa.Column("searched", sa.Integer(), nullable=False),
        sa.Column("to_search", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("search_trouble", sa.Text(), nullable=False),
        sa.Column("search_scope", sa.String(64), nullable=False),
        sa.Column("search_document", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("release_id", "recording_id", name="pk_release_redactions"),
        *_of("release_redactions"),
    )
    op.create_table(
        "copies_watched",
        *_keys(),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("needed", sa.JSON(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("played", sa.JSON(), nullable=False),
        sa.Column("said", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("release_id", "recording_id", "actor", name="pk_copies_watched"),
        *_of("copies_watched"),
    )
    for table in ("release_redactions", "copies_watched"):
        op.create_index(f"ix_{table}_recording_id", table, ["recording_id"])
    op.add_column(_FOLDERS, sa.Column("changed", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(_FOLDERS, sa.Column("changed_ranges", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(_FOLDERS, sa.Column("maker", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table(_FOLDERS) as folders:
        for column in ("maker", "changed_ranges", "changed"):
            folders.drop_column(column)
    for table in ("copies_watched", "release_redactions"):
        op.drop_table(table)


def _keys() -> tuple[sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("release_id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
    )


def _of(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([own], [f"{other}.id"], name=f"fk_{table}_{own}_{other}", ondelete="CASCADE")
        for own, other in (("release_id", "releases"), ("recording_id", "recordings"))
    ]
