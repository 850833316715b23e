"""What officers write about their own recordings.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "own_words",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_own_words_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_own_words_officer_id_officers"),
        sa.PrimaryKeyConstraint("id", name="pk_own_words"),
    )
    op.create_index("ix_own_words_recording_id", "own_words", ["recording_id"])


def downgrade() -> None:
    """Drop it; what officers wrote is gone."""
    op.drop_table("own_words")
