"""What of imports is released: spans, exhibit numbers, what is hidden and watched, and what is made.

Revision ID: 0080
Revises: 0079
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_RELEASE, _IMPORT = ("release_id", "releases.id"), ("import_id", "imports.id")


def upgrade() -> None:
    """Make the tables."""
    _table(
        "release_import_spans",
        ("release_id", "number"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger()),
        sa.Column("tracks", sa.String(20), nullable=False),
    )
    _table(
        "release_import_exhibits",
        ("release_id", "import_id"),
        sa.Column("initials", sa.String(5), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("given", _TIME, nullable=False),
    )
    columns = ["initials", "number"]
    op.create_index("ix_release_import_exhibits_number", "release_import_exhibits", columns, unique=True)
    _table(
        "release_import_folders",
        ("release_id", "import_id"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("is_as_noted", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.String(32), nullable=False),
        sa.Column("given_ms", sa.JSON(), nullable=False),
        sa.Column("changed_ms", sa.JSON(), nullable=False),
        sa.Column("withheld_ms", sa.JSON(), nullable=False),
        sa.Column("masks", sa.Integer(), nullable=False),
    )
    _table(
        "release_import_made",
        ("release_id", "import_id", "attempt"),
        sa.Column("attempt", sa.String(32), nullable=False),
    )
    _table(
        "release_import_redactions",
        ("release_id", "import_id"),
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
    )
    _table(
        "import_copies_watched",
        ("release_id", "import_id", "actor"),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("needed", sa.JSON(), nullable=False),
        sa.Column("sent", sa.JSON(), nullable=False),
        sa.Column("played", sa.JSON(), nullable=False),
        sa.Column("said", _TIME, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_release_import_exhibits_number", table_name="release_import_exhibits")
    for name in (
        "import_copies_watched",
        "release_import_redactions",
        "release_import_made",
        "release_import_folders",
        "release_import_exhibits",
        "release_import_spans",
    ):
        op.drop_index(f"ix_{name}_import_id", table_name=name)
        op.drop_table(name)


def _table(name: str, key: tuple[str, ...], *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("release_id", sa.String(32), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        _of(name, *_RELEASE),
        _of(name, *_IMPORT),
    )
    op.create_index(f"ix_{name}_import_id", name, ["import_id"])


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{target.partition('.')[0]}"
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete="CASCADE")
