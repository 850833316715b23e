"""Recovery keys, and the vault's keys sealed to them.

Revision ID: 0031
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "recovery_keys",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(1216), nullable=False),
        sa.Column("given", _TIME, nullable=False),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("replaced", _TIME),
        sa.Column("tried", _TIME),
        sa.Column("asked", _TIME),
        sa.Column("answer_sha256", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_keys"),
    )
    op.create_table(
        "recovery_copies",
        sa.Column("recovery_id", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(1216), nullable=False),
        sa.Column("sealed", sa.LargeBinary(1232), nullable=False),
        sa.Column("made", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["recovery_id"],
            ["recovery_keys.id"],
            name="fk_recovery_copies_recovery_id_recovery_keys",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recovery_id", "key_id", name="pk_recovery_copies"),
    )


def downgrade() -> None:
    """Drop them: the recovery key is to be given again."""
    op.drop_table("recovery_copies")
    op.drop_table("recovery_keys")
