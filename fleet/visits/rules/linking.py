"""Which visit a recording was made on, by its officer and its time. Pure.

Exactly one visit about that time is a link; several are shown as what they are, and a person says which. A
link that was made is not looked at again by any rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY = timedelta(minutes=30)
"""So long before its time a visit may begin."""
LATE = timedelta(minutes=60)
"""So long after its planned end it may still go on."""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A visit of the officer who made the recording, which was not called off."""

    id: str
    planned: datetime
    ends: datetime


def visits_about(visits: Iterable[PlannedVisit], begun: datetime, ended: datetime) -> tuple[str, ...]:
    """Return the visits that a recording may be of, the one planned first in front.

    Args:
        visits: of its officer.
        begun: when it was pressed.
        ended: when it ended, or when it was pressed where that is not known.
    """
    near = (each for each in visits if begun <= each.ends + LATE and ended >= each.planned - EARLY)
    return tuple(each.id for each in sorted(near, key=lambda each: (each.planned, each.id)))
