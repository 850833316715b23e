"""What strangers are asked is kept nowhere any more; what a passkey answered is, for five minutes.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forget who had begun, which was good for five minutes, and make the table."""
    op.execute("DELETE FROM factor_steps WHERE user_id IS NULL")
    with op.batch_alter_table("factor_steps") as table:
        table.alter_column("user_id", existing_type=sa.String(32), nullable=False)
    op.create_table(
        "answered_questions",
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_answered_questions"),
    )
    op.create_index("ix_answered_questions_expires", "answered_questions", ["expires"])


def downgrade() -> None:
    """Drop it, and let a step be of nobody again."""
    op.drop_table("answered_questions")
    with op.batch_alter_table("factor_steps") as table:
        table.alter_column("user_id", existing_type=sa.String(32), nullable=True)
