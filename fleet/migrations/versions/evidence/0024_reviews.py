"""Reviews of recordings, and what was done about them.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_SQLITE_GUARD = """
CREATE TRIGGER review_entries_no_{verb} BEFORE {VERB} ON review_entries
BEGIN SELECT RAISE(ABORT, 'what was done about reviews only grows'); END
"""
_POSTGRES_FUNCTION = """
CREATE FUNCTION review_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'what was done about reviews only grows'; END $$
"""
_POSTGRES_GUARD = """
CREATE TRIGGER review_entries_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON review_entries
FOR EACH STATEMENT EXECUTE FUNCTION review_entries_refuse()
"""


def upgrade() -> None:
    """Make the tables; the service looks at every recording that is here already as it starts."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer()),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("camera_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(32)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("kinds", sa.String(100), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("queued", _TIME),
        sa.Column("due", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON()),
        sa.Column("found_by", sa.String(200)),
        sa.Column("found_at", _TIME),
        sa.Column("head_id", sa.String(32)),
        sa.Column("head_name", sa.String(200)),
        sa.Column("head_at", _TIME),
        sa.Column("manager_id", sa.String(32)),
        sa.Column("manager_name", sa.String(200)),
        sa.Column("manager_at", _TIME),
        sa.Column("closed", _TIME),
        sa.Column("closed_on", sa.Date()),
        sa.Column("lot", sa.LargeBinary(8)),
        sa.Column("share", sa.Float()),
        sa.Column("key_name", sa.String(64)),
        sa.Column("private_from", _TIME),
        sa.Column("private_until", _TIME),
        sa.Column("seen_state", sa.String(16), nullable=False),
        sa.Column("seen_opened", sa.Boolean(), nullable=False),
        sa.Column("seen_changed", _TIME, nullable=False),
        sa.Column("seen_marked", sa.Boolean(), nullable=False),
        sa.Column("seen_links", sa.Integer(), nullable=False),
        sa.Column("seen_linked", _TIME),
        sa.Column("seen_near", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_reviews_recording_id_recordings",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("recording_id", name="uq_reviews_recording_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_state", "reviews", ["state", "due", "id"])
    op.create_index("ix_reviews_due", "reviews", ["due"])
    op.create_index("ix_reviews_name", "reviews", ["name"])
    op.create_table(
        "review_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_entries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_entries_subject", "review_entries", ["subject", "id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRES_FUNCTION)
        op.execute(_POSTGRES_GUARD)
        return
    for verb in ("update", "delete"):
        op.execute(_SQLITE_GUARD.format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    """Drop them; what was found is in no table any more, and that it was in the audit log."""
    op.drop_table("review_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION review_entries_refuse()")
    op.drop_table("reviews")
