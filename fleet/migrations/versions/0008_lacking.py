"""For how many seconds of a recording picture or sound is missing.

Of recordings that were verified before, it is reckoned from what was kept of them.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ROWS = sa.table(
    "recordings",
    sa.column("id", sa.Integer),
    sa.column("timeline", sa.JSON),
    sa.column("lacking_s", sa.Float),
)


def upgrade() -> None:
    """Make the column, and fill it."""
    with op.batch_alter_table("recordings") as table:
        table.add_column(sa.Column("lacking_s", sa.Float()))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(_ROWS.c.id).where(_ROWS.c.timeline.is_not(None))).all():
        kept = connection.scalar(sa.select(_ROWS.c.timeline).where(_ROWS.c.id == number))
        if isinstance(kept, dict):
            known = sa.update(_ROWS).where(_ROWS.c.id == number).values(lacking_s=_lacking_s(kept))
            connection.execute(known)


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("recordings") as table:
        table.drop_column("lacking_s")


def _lacking_s(kept: dict[str, Any]) -> float:
    """As ``fleet.footage.timeline.lacking`` had it when this was written: a migration stays as it is."""
    total = start = end = unseen = 0.0
    for gap in sorted(kept["gaps"], key=lambda each: each["offset_s"]):
        duration = gap["duration_s"]
        shown = min(gap.get("shown_s", duration), duration)
        if gap["offset_s"] > end:
            total += end - start + unseen
            start, end, unseen = gap["offset_s"], gap["offset_s"], 0.0
        end = max(end, gap["offset_s"] + shown)
        unseen = max(unseen, duration - shown)
    return round(total + end - start + unseen, 6)
