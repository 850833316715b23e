"""``lapel-fleet deletion preview``: what would be deleted in the next days and why. It deletes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.services import Services
from fleet.retention.deletion.going import all_going
from fleet.retention.rules.switching import is_on
from fleet.retention.switch import switches_of


def preview_lines(session: Session, services: Services, days: int) -> Iterator[str]:
    """Give the lines: whether deletion is on, each recording with its day and its reason, and how many."""
    on = is_on(switches_of(session))
    yield "Deletion is on." if on else "Deletion is off: this is what would go if it were switched on now."
    number = 0
    for each in all_going(session, now(session), services.config.site.time_zone, days=days):
        number += 1
        name = f"recording {each.row.number} of {each.row.camera_id} ({each.row.public_id})"
        yield f"{each.on.isoformat()}  {name}: {each.kept.reason}"
    yield f"{number} in all within {'1 day' if days == 1 else f'{days} days'}."
