"""When messages go: together, not at night unless they are urgent, and again after growing pauses. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

TOGETHER = timedelta(minutes=2)
"""So long a message waits for others to go with it."""
TOGETHER_URGENT = timedelta(seconds=20)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
_MOST_DOUBLINGS = 10
MOST_TRIES = 24
"""About twenty hours; then it is given up, and that is seen."""
LEASE = timedelta(minutes=5)
"""So long one process has for a try."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, by the clocks of the site, only urgent messages go; equal times for never."""

    start: time
    end: time
    zone: ZoneInfo

    def over(self, at: datetime) -> datetime:
        """Return when the quiet hours that ``at`` lies in are over, or ``at`` where it lies in none."""
        there = at.astimezone(self.zone)
        now = there.time()
        wraps = self.start > self.end
        quiet = now >= self.start or now < self.end if wraps else self.start <= now < self.end
        if not quiet:
            return at
        day = there.date() + timedelta(days=1) if wraps and now >= self.start else there.date()
        return max(at, datetime.combine(day, self.end, self.zone).astimezone(at.tzinfo))


def first_due(now: datetime, quiet: QuietHours, *, urgent: bool) -> datetime:
    """Return when a message that is begun now goes."""
    return now + TOGETHER_URGENT if urgent else quiet.over(now + TOGETHER)


def pause_after(tries: int) -> timedelta | None:
    """Return how long to wait after so many tries that failed; None to give up."""
    if tries >= MOST_TRIES:
        return None
    return min(FIRST_PAUSE * (1 << min(max(tries - 1, 0), _MOST_DOUBLINGS)), LONGEST_PAUSE)
