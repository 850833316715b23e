"""How long after its press a recording's footage begins, and all that it lacks.

A press before the first picture was kept as one at it, and what was missing before the first picture did not
count. Of recordings that were verified before, both are reckoned from what was kept of them.

Revision ID: 0072
Revises: 0071
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

_TOLERANCE_S = 0.05
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ROWS = sa.table(
    "recordings",
    sa.column("id", sa.Integer),
    sa.column("timeline", sa.JSON),
    sa.column("pressed", sa.DateTime(timezone=True)),
    sa.column("lacking_s", sa.Float),
    sa.column("late_s", sa.Float),
)


def upgrade() -> None:
    """Make the column, fill it, and count anew what lacks."""
    op.add_column("recordings", sa.Column("late_s", sa.Float()))
    connection = op.get_bind()
    for number in connection.scalars(sa.select(_ROWS.c.id).where(_ROWS.c.timeline.is_not(None))).all():
        query = sa.select(_ROWS.c.timeline, _ROWS.c.pressed).where(_ROWS.c.id == number)
        kept, pressed = connection.execute(query).one()
        if isinstance(kept, dict) and "gaps" in kept:
            known = {"lacking_s": _lacking_s(kept["gaps"]), "late_s": _late_s(kept, pressed)}
            connection.execute(sa.update(_ROWS).where(_ROWS.c.id == number).values(known))


def downgrade() -> None:
    """Drop the column; what lacks stays counted as it is."""
    op.drop_column("recordings", "late_s")


def _late_s(kept: dict[str, Any], pressed: datetime | None) -> float:
    """As ``fleet.footage.timeline.events`` has it: a migration stays as it was when it was written."""
    if kept["duration_s"] <= 0:
        return 0.0
    late_s: float = -kept["press_s"]
    if kept["press_s"] == 0 and pressed is not None:
        moment = pressed if pressed.tzinfo is not None else pressed.replace(tzinfo=UTC)
        late_s = kept["first_utc_us"] / 1_000_000 - (moment - _EPOCH) / timedelta(seconds=1)
    return round(late_s, 6) if late_s > _TOLERANCE_S else 0.0


def _lacking_s(kept: list[dict[str, Any]]) -> float:
    """As ``fleet.footage.timeline.lacking`` has it."""
    total = unseen = 0.0
    gaps = sorted(kept, key=lambda each: each["offset_s"])
    start = end = gaps[0]["offset_s"] if gaps else 0.0
    for gap in gaps:
        duration = gap["duration_s"]
        shown = min(gap.get("shown_s", duration), duration)
        if gap["offset_s"] > end:
            total += end - start + unseen
            start, end, unseen = gap["offset_s"], gap["offset_s"], 0.0
        end = max(end, gap["offset_s"] + shown)
        unseen = max(unseen, duration - shown)
    return float(round(total + end - start + unseen, 6))
