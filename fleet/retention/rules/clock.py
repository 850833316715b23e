"""Whether the service's clock can be believed enough to delete by it. Pure.

A clock that is wrong by a year would make everything past its last day at once, and nothing brings it back.
So whoever deletes looks at the clock again and again, and what lies between two looks is compared:

- more than ``GAP`` between two looks means that the clock was moved, or that nobody looked for so long: for
  ``DOUBT`` from then on nothing is deleted, and people are told, who can put it right;
- a clock that goes back ends that doubt, for by it nothing is due any more that was not before.

It does not know which of the two times was right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

GAP = timedelta(days=2)
DOUBT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ClockLook:
    """The last look at the clock.

    Attributes:
        seen: what it showed.
        doubted_until: until when it is not deleted by; None where nothing was odd.
        came_from: what it had shown before the gap that is doubted; None where nothing was odd.
    """

    seen: datetime
    doubted_until: datetime | None = None
    came_from: datetime | None = None

    def is_doubted(self, now: datetime) -> bool:
        """Say whether nothing may be deleted by it at that time."""
        return self.doubted_until is not None and now < self.doubted_until


def looked(before: ClockLook | None, now: datetime) -> ClockLook:
    """Return the look at ``now``, after the last one."""
    if before is None or now < before.seen:
        return ClockLook(now)
    if now - before.seen > GAP:
        return ClockLook(now, now + DOUBT, before.seen)
    if before.is_doubted(now):
        return ClockLook(now, before.doubted_until, before.came_from)
    return ClockLook(now)
