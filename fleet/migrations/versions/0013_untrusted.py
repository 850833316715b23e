"""Which recordings did not verify, so that nothing that they say of themselves counts, nor sorts a list.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TRUE = {"sqlite": ("1", "0")}
_UNTRUSTED = """
    UPDATE recordings SET untrusted = :yes
    WHERE verdict IN ('altered', 'another authority', 'consistent, signer unknown')
       OR (state = 'failed' AND (verdict IS NULL OR verdict NOT IN
           ('keys missing', 'stray file', 'without an end', 'cannot be opened')))
"""


def upgrade() -> None:
    """Make the column, fill it in, and sort lists by it too."""
    op.add_column(
        "recordings", sa.Column("untrusted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.get_bind().execute(sa.text(_UNTRUSTED).bindparams(yes=True))
    true, false = _TRUE.get(op.get_context().dialect.name, ("true", "false"))
    dated = f"coalesce(reckoned, CASE WHEN (clock_synchronised IS {true}) THEN pressed END)"
    op.drop_index("ix_recordings_moment", "recordings")
    moment = f"coalesce(CASE WHEN (untrusted IS {false}) THEN {dated} END, announced)"
    op.create_index("ix_recordings_moment", "recordings", [sa.text(moment), "id"])


def downgrade() -> None:
    """Sort by what each says of itself, and drop the column in place, for the index of 0011's sake."""
    true, _ = _TRUE.get(op.get_context().dialect.name, ("true", "false"))
    op.drop_index("ix_recordings_moment", "recordings")
    op.drop_column("recordings", "untrusted")
    moment = f"coalesce(reckoned, CASE WHEN (clock_synchronised IS {true}) THEN pressed END, announced)"
    op.create_index("ix_recordings_moment", "recordings", [sa.text(moment), "id"])
