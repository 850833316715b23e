"""The index of what was written of recordings, with what is written of them already.

Revision ID: 0085
Revises: 0081
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0081"
branch_labels = None
depends_on = None

_KEPT = 40
_SHORTEST = 3
_AT_ONCE = 500
_WORDS = sa.table("said_words", sa.column("piece", sa.String), sa.column("recording_id", sa.Integer))


def upgrade() -> None:
    """Make the table and fill it."""
    own_order = "C" if op.get_bind().dialect.name == "postgresql" else None
    op.create_table(
        "said_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("piece", sa.String(_KEPT, collation=own_order), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_said_words"),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_said_words_recording_id_recordings",
            ondelete="CASCADE",
        ),
    )
    for name in ("recording_notes", "own_words"):
        _fill(name)
    op.create_index("ix_said_words_piece", "said_words", ["piece", "recording_id"])
    op.create_index("ix_said_words_recording_id", "said_words", ["recording_id"])


def downgrade() -> None:
    """Drop it; what was written stays where it is."""
    op.drop_index("ix_said_words_recording_id", table_name="said_words")
    op.drop_index("ix_said_words_piece", table_name="said_words")
    op.drop_table("said_words")


def _fill(name: str) -> None:
    table = sa.table(
        name, sa.column("id", sa.String), sa.column("recording_id", sa.Integer), sa.column("text", sa.Text)
    )
    connection, last = op.get_bind(), ""
    query = sa.select(table).order_by(table.c.id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(table.c.id > last)).all():
        last = rows[-1].id
        found = [
            {"piece": piece, "recording_id": row.recording_id}
            for row in rows
            for piece in sorted(_pieces_of(row.text))
        ]
        if found:
            connection.execute(sa.insert(_WORDS), found)


def _pieces_of(text: str) -> frozenset[str]:
    """As ``fleet.incidents.rules.said_words`` has it: a migration stays as it was when it was written."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each for each in apart if not unicodedata.combining(each))
    folded = "".join(each for each in kept if each.isprintable() or each.isspace())
    return frozenset(
        word[start : start + _KEPT]
        for word in frozenset(folded.split())
        for start in range(max(1, len(word) - _SHORTEST + 1))
    )
