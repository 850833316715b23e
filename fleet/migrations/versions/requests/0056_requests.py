"""Requests, the letters about them, and what they do to footage: holds, restrictions and erasures.

Revision ID: 0056
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0050"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; holds that there are were placed by people."""
    with op.batch_alter_table("holds") as holds:
        holds.add_column(sa.Column("request", sa.String(32)))
        holds.create_index("ix_holds_request", ["request"])
    _letters()
    _cases()
    _parts()
    _footage()


def downgrade() -> None:
    """Drop them."""
    for table in (
        "erasures",
        "restrictions",
        "request_steps",
        "request_recordings",
        "request_searches",
        "request_pauses",
        "request_waits",
        "request_cases",
        "letters",
        "letter_templates",
    ):
        op.drop_table(table)
    with op.batch_alter_table("holds") as holds:
        holds.drop_index("ix_holds_request")
        holds.drop_column("request")


def _letters() -> None:
    op.create_table(
        "letter_templates",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", _TIME, nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("kind", "version", name="pk_letter_templates"),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("kept", _TIME, nullable=False),
        sa.Column("kept_by", sa.String(200), nullable=False),
        sa.Column("method", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    op.create_index("ix_letters_about_number", "letters", ["about", "number"], unique=True)


def _cases() -> None:
    op.create_table(
        "request_cases",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("acts_for", sa.String(200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("rank", sa.String(200), nullable=False),
        sa.Column("theirs", sa.String(200), nullable=False),
        sa.Column("necessity", sa.Text(), nullable=False),
        sa.Column("signed", sa.Date()),
        sa.Column("named", sa.Date()),
        sa.Column("opened", _TIME, nullable=False),
        sa.Column("opened_by", sa.String(200), nullable=False),
        sa.Column("changed", _TIME, nullable=False),
        sa.Column("extended", sa.Date()),
        sa.Column("acknowledged", sa.Date()),
        sa.Column("answered", sa.Date()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("exemption", sa.String(40)),
        sa.Column("basis", sa.String(40)),
        sa.Column("condition", sa.String(40)),
        sa.Column("closed", _TIME),
        sa.Column("closed_by", sa.String(200)),
        sa.Column("closed_why", sa.Text()),
        sa.Column("due", sa.Date()),
        sa.Column("phase", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_request_cases"),
    )
    op.create_index("ix_request_cases_year_number", "request_cases", ["year", "number"], unique=True)
    for column in ("closed", "due", "received"):
        op.create_index(f"ix_request_cases_{column}", "request_cases", [column])


def _parts() -> None:
    _part(
        "request_waits",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("met", sa.Date()),
        sa.Column("how", sa.String(200), nullable=False),
    )
    _part(
        "request_pauses",
        sa.Column("asked", sa.Date(), nullable=False),
        sa.Column("answered", sa.Date()),
    )
    _part(
        "request_searches",
        sa.Column("looked_in", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("enough", sa.Text(), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
    )
    op.create_table(
        "request_steps",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("done_by", sa.String(200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_request_steps"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_cases.id"],
            name="fk_request_steps_case_id_request_cases",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "request_recordings",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("added", _TIME, nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "recording_id", name="pk_request_recordings"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["request_cases.id"],
            name="fk_request_recordings_case_id_request_cases",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_request_recordings_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_request_recordings_recording_id", "request_recordings", ["recording_id"])


def _part(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["request_cases.id"], name=f"fk_{name}_case_id_request_cases", ondelete="CASCADE"
        ),
    )
    op.create_index(f"ix_{name}_case_id", name, ["case_id"])


def _footage() -> None:
    op.create_table(
        "restrictions",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(32), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("placed", _TIME, nullable=False),
        sa.Column("placed_by", sa.String(200), nullable=False),
        sa.Column("lifted", _TIME),
        sa.Column("lifted_by", sa.String(200)),
        sa.Column("claim_until", _TIME),
        sa.Column("claim_by", sa.String(200)),
        sa.Column("claim_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_restrictions"),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_restrictions_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_restrictions_recording_id", "restrictions", ["recording_id"])
    op.create_index("ix_restrictions_request", "restrictions", ["request"])
    op.create_table(
        "erasures",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("decided", _TIME, nullable=False),
        sa.Column("decided_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", name="pk_erasures"),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_erasures_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )
