"""The fleet's jobs in virtual time: a round where days or people may have changed what there is to do.

Rule: a round that is left out would have found nothing. What is to go, and who is to be told, changes with
the day at the site and with what people say; what failed is tried again within the minute, as a service does.
The few rounds of each day are there all the same, so that what goes at a wrong hour is seen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from simulator.driven.time import DrivenTime

EVERY_S = 60.0
"""Between two rounds of a service."""
SETTLED_S = 1800.0
"""So long after something was said the fleet has looked again what is to be done."""
HOURS = (0, 6, 12, 18)
"""When there is a round on any day, at the site: at the beginning of the day first of all."""


class JobRounds:
    """Has the fleet do its jobs.

    Args:
        time: The run's clock.
        zone: The site's, whose days count.
        step: Does a round, and returns whether anything is left to be done soon.
    """

    def __init__(self, time: DrivenTime, zone: ZoneInfo, step: Callable[[], bool]) -> None:
        self._time = time
        self._zone = zone
        self._step = step
        self._stirred_s = time.seconds()
        self._planned_s: float | None = None

    def stir(self) -> None:
        """Somebody said something at the fleet, or it has just begun."""
        self._stirred_s = self._time.seconds()
        self._plan(EVERY_S)

    def _plan(self, in_s: float) -> None:
        """Have the next round in so many seconds, unless there is one before."""
        at_s = self._time.seconds() + in_s
        if self._planned_s is None or at_s < self._planned_s:
            self._planned_s = at_s
            self._time.after(in_s, lambda: self._due(at_s))

    def _due(self, at_s: float) -> None:
        if self._planned_s != at_s:
            return  # there was one before, which planned anew
        self._planned_s = None
        more = self._step()
        soon = more or self._time.seconds() < self._stirred_s + SETTLED_S
        self._plan(EVERY_S if soon else self._to_the_next())

    def _to_the_next(self) -> float:
        """Return how many seconds it is to the next round of a day, one minute into its hour."""
        now = self._time.utc()
        there = now.astimezone(self._zone)
        days = (there.date() + timedelta(days=each) for each in (0, 1))
        rounds = (
            datetime(day.year, day.month, day.day, hour, 1, tzinfo=self._zone)
            for day in days
            for hour in HOURS
        )
        return min(left for each in rounds if (left := each.timestamp() - now.timestamp()) > 0)
