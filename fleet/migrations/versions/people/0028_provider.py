"""Accounts of a provider of identities, and the sign-ins through it.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the columns and the table."""
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("issuer", sa.String(300)))
        table.add_column(sa.Column("subject", sa.String(255)))
        table.create_unique_constraint("uq_users_issuer_subject", ["issuer", "subject"])
    op.create_table(
        "provider_sign_ins",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("sid", sa.String(255)),
        sa.Column("refresh", sa.LargeBinary()),
        sa.Column("created", _TIME, nullable=False),
        sa.Column("checked", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_provider_sign_ins_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_provider_sign_ins"),
    )
    for column in ("user_id", "sid", "checked"):
        op.create_index(f"ix_provider_sign_ins_{column}", "provider_sign_ins", [column])


def downgrade() -> None:
    """Drop them; who signed in through the provider signs in no more until they are invited."""
    op.drop_table("provider_sign_ins")
    with op.batch_alter_table("users") as table:
        table.drop_constraint("uq_users_issuer_subject", type_="unique")
        table.drop_column("subject")
        table.drop_column("issuer")
