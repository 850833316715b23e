"""What lists of recordings are narrowed by lies in the index of their times; and places of visits compared.

Revision ID: 0086
Revises: 0085
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

_TRUE = {"sqlite": ("1", "0")}
_INDEX, _BY_STATE = "ix_recordings_moment", "ix_recordings_state"
_LISTED = (
    *("state", "camera_id", "officer_id", "untrusted", "reckoned", "clock_synchronised", "pressed"),
    "announced",
)
_VISITS = sa.table(
    "visits", sa.column("id", sa.String), sa.column("place", sa.String), sa.column("place_key", sa.Text)
)
_AT_ONCE = 500


def upgrade() -> None:
    """Make both indexes anew, and the column of visits."""
    op.drop_index(_INDEX, "recordings")
    op.create_index(_INDEX, "recordings", [sa.text(_moment()), "id", *_LISTED])
    op.drop_index(_BY_STATE, "recordings")
    op.create_index(_BY_STATE, "recordings", ["state", sa.text(_moment()), "id"])
    op.add_column("visits", sa.Column("place_key", sa.Text(), nullable=False, server_default=""))
    connection, last = op.get_bind(), ""
    query = sa.select(_VISITS.c.id, _VISITS.c.place).order_by(_VISITS.c.id).limit(_AT_ONCE)
    while rows := connection.execute(query.where(_VISITS.c.id > last)).all():
        last = rows[-1].id
        change = sa.update(_VISITS).where(_VISITS.c.id == sa.bindparam("visit"))
        kept = [{"visit": row.id, "key": " ".join(row.place.casefold().split())} for row in rows]
        connection.execute(change.values(place_key=sa.bindparam("key")), kept)
    op.create_index("ix_visits_place_key", "visits", ["place_key", "id"])


def downgrade() -> None:
    """Go back to the indexes of before, and drop the column in place."""
    op.drop_index("ix_visits_place_key", "visits")
    op.drop_column("visits", "place_key")
    op.drop_index(_BY_STATE, "recordings")
    op.create_index(_BY_STATE, "recordings", ["state"])
    op.drop_index(_INDEX, "recordings")
    op.create_index(_INDEX, "recordings", [sa.text(_moment()), "id"])


def _moment() -> str:
    true, false = _TRUE.get(op.get_context().dialect.name, ("true", "false"))
    dated = f"coalesce(reckoned, CASE WHEN (clock_synchronised IS {true}) THEN pressed END)"
    return f"coalesce(CASE WHEN (untrusted IS {false}) THEN {dated} END, announced)"
