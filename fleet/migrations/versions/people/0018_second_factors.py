"""Passkeys, authenticator apps, recovery codes, and sign-ins that wait for one of them.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("user_sessions", sa.Column("second", sa.String(16)))
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("credential", sa.LargeBinary(1023), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("used", _TIME),
        _of_user("passkeys"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential", name="uq_passkeys_credential"),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "authenticator_apps",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("waiting", sa.LargeBinary()),
        sa.Column("confirmed", _TIME),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("used", _TIME),
        _of_user("authenticator_apps"),
        sa.PrimaryKeyConstraint("user_id", name="pk_authenticator_apps"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("used", _TIME),
        _of_user("recovery_codes"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sa.UniqueConstraint("digest", name="uq_recovery_codes_digest"),
    )
    op.create_index("ix_recovery_codes_user_id", "recovery_codes", ["user_id"])
    op.create_table(
        "factor_steps",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("user_id", sa.String(32)),
        sa.Column("challenge", sa.LargeBinary(64)),
        sa.Column("expires", _TIME, nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        _of_user("factor_steps"),
        sa.PrimaryKeyConstraint("id", name="pk_factor_steps"),
        sa.UniqueConstraint("digest", name="uq_factor_steps_digest"),
    )
    op.create_index("ix_factor_steps_user_id", "factor_steps", ["user_id"])
    op.create_index("ix_factor_steps_expires", "factor_steps", ["expires"])


def downgrade() -> None:
    """Drop them; everybody signs in by the password alone again."""
    for table in ("factor_steps", "recovery_codes", "authenticator_apps", "passkeys"):
        op.drop_table(table)
    op.drop_column("user_sessions", "second")


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["users.id"], name=f"fk_{table}_user_id_users", ondelete="CASCADE"
    )
