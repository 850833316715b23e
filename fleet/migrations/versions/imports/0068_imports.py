"""Imports: what they are, their keys, who looks at them, and holds on them.

Revision ID: 0068
Revises: 0067
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_CHECK = "ck_holds_of_one_thing"
_BEFORE = "(recording_id IS NULL) <> (incident_id IS NULL)"
_AFTER = (
    "(CASE WHEN recording_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END) "
    "+ (CASE WHEN import_id IS NULL THEN 0 ELSE 1 END) = 1"
)


def upgrade() -> None:
    """Make the tables, and let a hold be on an import."""
    op.create_table(
        "imports",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("taken", _TIME),
        sa.Column("taken_says", sa.String(200), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("at_home", sa.Boolean(), nullable=False),
        sa.Column("noticed", sa.Date()),
        sa.Column("notice", sa.String(200), nullable=False),
        sa.Column("kept_until", sa.Date()),
        sa.Column("incident_id", sa.String(32)),
        sa.Column("described", _TIME, nullable=False),
        sa.Column("described_by", sa.String(200), nullable=False),
        sa.Column("received", _TIME),
        sa.Column("received_by", sa.String(200), nullable=False),
        sa.Column("attempt", sa.String(32), nullable=False),
        sa.Column("attempted", _TIME),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32)),
        sa.Column("copy_size", sa.BigInteger(), nullable=False),
        sa.Column("copy_sha256", sa.LargeBinary(32)),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("ended", _TIME),
        sa.Column("ended_by", sa.String(200), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("begun", _TIME),
        sa.Column("begun_why", sa.Text(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("keys_destroyed", _TIME),
        sa.Column("bytes_deleted", _TIME),
        sa.Column("certified", _TIME),
        sa.Column("certificate", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name="fk_imports_incident_id_incidents"),
    )
    op.create_index("ix_imports_year_number", "imports", ["year", "number"], unique=True)
    for column in ("state", "described", "incident_id"):
        op.create_index(f"ix_imports_{column}", "imports", [column])
    op.create_table(
        "import_keys",
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("sealed_to", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(2048), nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_import_keys"),
    )
    op.create_index("ix_import_keys_sealed_to", "import_keys", ["sealed_to"])
    op.create_table(
        "deleted_imports",
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("import_id", name="pk_deleted_imports"),
    )
    op.create_table(
        "import_viewings",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("import_id", sa.String(32), nullable=False),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor_id", sa.String(100), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("opened", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_viewings"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name="fk_import_viewings_import_id_imports", ondelete="CASCADE"
        ),
    )
    for column in ("import_id", "until"):
        op.create_index(f"ix_import_viewings_{column}", "import_viewings", [column])
    with op.batch_alter_table("holds") as table:
        table.add_column(sa.Column("import_id", sa.String(32)))
        table.add_column(sa.Column("import_reference", sa.String(40)))
        table.drop_constraint(_CHECK, type_="check")
        table.create_check_constraint(_CHECK, _AFTER)
    op.create_index("ix_holds_import_id", "holds", ["import_id"])


def downgrade() -> None:
    """Drop the tables; what was imported opens no more, and the holds on it are gone."""
    op.execute("DELETE FROM holds WHERE import_id IS NOT NULL")
    op.drop_index("ix_holds_import_id", "holds")
    with op.batch_alter_table("holds") as table:
        table.drop_constraint(_CHECK, type_="check")
        table.create_check_constraint(_CHECK, _BEFORE)
        table.drop_column("import_reference")
        table.drop_column("import_id")
    op.drop_table("import_viewings")
    op.drop_table("deleted_imports")
    op.drop_table("import_keys")
    op.drop_table("imports")
