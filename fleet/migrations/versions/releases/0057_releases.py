"""Releases: what was given to whom, how it was handed over, and which keys went out.

Revision ID: 0057
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0059"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _releases()
    _parts()
    _keys()


def downgrade() -> None:
    """Drop them."""
    for table in (
        "released_keys",
        "release_notes",
        "release_links",
        "release_folders",
        "release_spans",
        "releases",
    ):
        op.drop_table(table)


def _releases() -> None:
    op.create_table(
        "releases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(40), nullable=False),
        sa.Column("condition", sa.String(40), nullable=False),
        sa.Column("withheld", sa.Text(), nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("expires", sa.Date(), nullable=False),
        sa.Column("ends", _TIME, nullable=False),
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("request_reference", sa.String(40), nullable=False),
        sa.Column("drafted", _TIME, nullable=False),
        sa.Column("drafted_by", sa.String(200), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("decided", _TIME),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made", _TIME),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("first_handed", _TIME),
        sa.Column("received", sa.Date()),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("revoked", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_releases"),
    )
    op.create_index("ix_releases_year_number", "releases", ["year", "number"], unique=True)
    for column in ("state", "drafted", "request"):
        op.create_index(f"ix_releases_{column}", "releases", [column])


def _parts() -> None:
    op.create_table(
        "release_spans",
        _release(),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        _recording(),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger()),
        sa.Column("tracks", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "number", name="pk_release_spans"),
        _of_release("release_spans"),
        _of_recording("release_spans"),
    )
    op.create_table(
        "release_folders",
        _release(),
        _recording(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("untouched", sa.JSON(), nullable=False),
        sa.Column("withheld", sa.JSON(), nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "recording_id", name="pk_release_folders"),
        _of_release("release_folders"),
        _of_recording("release_folders"),
    )
    for table in ("release_spans", "release_folders"):
        op.create_index(f"ix_{table}_recording_id", table, ["recording_id"])
    op.create_table(
        "release_links",
        sa.Column("id", sa.String(32), nullable=False),
        _release(),
        sa.Column("secret", sa.LargeBinary(32), nullable=False),
        sa.Column("code", sa.LargeBinary(32), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("ended", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_release_links"),
        _of_release("release_links"),
    )
    op.create_index("ix_release_links_release_id", "release_links", ["release_id"])
    op.create_index("ix_release_links_secret", "release_links", ["secret"], unique=True)
    op.create_table(
        "release_notes",
        _release(),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("done_by", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "number", name="pk_release_notes"),
        _of_release("release_notes"),
    )


def _keys() -> None:
    op.create_table(
        "released_keys",
        _release(),
        _recording(),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("first", _TIME, nullable=False),
        sa.Column("ranges", sa.JSON(), nullable=False),
        sa.Column("untouched_ms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", "recording_id", name="pk_released_keys"),
        _of_recording("released_keys"),
    )
    op.create_index("ix_released_keys_recording_id", "released_keys", ["recording_id"])


def _release() -> sa.Column[str]:
    return sa.Column("release_id", sa.String(32), nullable=False)


def _recording() -> sa.Column[int]:
    return sa.Column("recording_id", sa.Integer(), nullable=False)


def _of_release(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["release_id"], ["releases.id"], name=f"fk_{table}_release_id_releases", ondelete="CASCADE"
    )


def _of_recording(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["recording_id"], ["recordings.id"], name=f"fk_{table}_recording_id_recordings", ondelete="CASCADE"
    )
