"""The landlord's documents, and what all cameras are told of window and sound.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "document_words",
        sa.Column("document", sa.String(40), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", _TIME, nullable=False),
        sa.Column("written_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("document", "section", "version"),
    )
    op.create_table(
        "published_documents",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("document", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("published", _TIME, nullable=False),
        sa.Column("published_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document", "number"),
    )
    op.create_table(
        "camera_settings_told",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("window_s", sa.Integer(), nullable=True),
        sa.Column("sound", sa.Boolean(), nullable=True),
        sa.Column("since", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("camera_settings_told")
    op.drop_table("published_documents")
    op.drop_table("document_words")
