"""The last look at the service's clock, as it is kept. Everything happens inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy.orm import Session

from fleet.core.database import announce, now
from fleet.retention.models import ClockLookRow
from fleet.retention.rules.clock import ClockLook, looked

TOPIC = "recording"
"""Every page that tells what becomes of recordings tells of it."""
_ONE = 1


def last_look(session: Session) -> ClockLook | None:
    """Return the last look; None where nobody has looked yet."""
    row = session.get(ClockLookRow, _ONE)
    return None if row is None else ClockLook(row.seen, row.doubted_until, row.came_from)


def look(session: Session) -> ClockLook:
    """Look at the clock, and keep that."""
    row = session.get(ClockLookRow, _ONE, with_for_update=True)
    before = None if row is None else ClockLook(row.seen, row.doubted_until, row.came_from)
    found = looked(before, now(session))
    if row is None:
        row = ClockLookRow(id=_ONE)
        session.add(row)
    row.seen, row.doubted_until, row.came_from = found.seen, found.doubted_until, found.came_from
    if before is None or before.doubted_until != found.doubted_until:
        announce(session, TOPIC, "")
    return found


def doubted_look(session: Session) -> ClockLook | None:
    """Return the look for which nothing may be deleted now; None where the clock is not in doubt."""
    found = looked(last_look(session), now(session))
    return found if found.is_doubted(now(session)) else None


def is_doubted(session: Session) -> bool:
    """Say whether nothing may be deleted by the clock as it is now."""
    return doubted_look(session) is not None
