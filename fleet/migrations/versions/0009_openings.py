"""Whether a recording was opened, how long it is by the camera, and who said that no more will come.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "told_s": sa.Float(),
    "stopped_by": sa.Text(),
    "stopped_at": _TIME,
    "stopped_reason": sa.Text(),
    "resumed": _TIME,
    "opening": sa.String(16),
    "opening_at": _TIME,
}
_INDEX = "ix_recordings_opening"


def upgrade() -> None:
    """Make the columns: of a recording that is not verified, the length is what the camera told."""
    with op.batch_alter_table("recordings") as table:
        for name, kind in _COLUMNS.items():
            table.add_column(sa.Column(name, kind))
        table.create_index(_INDEX, ["opening"])
    op.execute("UPDATE recordings SET told_s = duration_s WHERE state <> 'held'")


def downgrade() -> None:
    """Drop them; what somebody had stopped is on its way again."""
    op.execute("UPDATE recordings SET state = 'uploading' WHERE state = 'stopped'")
    with op.batch_alter_table("recordings") as table:
        table.drop_index(_INDEX)
        for name in reversed(_COLUMNS):
            table.drop_column(name)
