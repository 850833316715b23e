"""The rules of check-out and check-in. Pure.

One camera per officer at a time and one officer per camera: stated here for the sentence, and by two partial
unique indexes in the database for certainty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AssignmentPeriod:
    """An assignment as the rules see it.

    Attributes:
        id: the assignment.
        camera: the camera's id.
        officer: the officer's id.
        officer_name: what the officer is called.
        started: check-out.
        ended: check-in, None while open.
    """

    id: str
    camera: str
    officer: str
    officer_name: str
    started: datetime
    ended: datetime | None


def conflict(open_periods: Iterable[AssignmentPeriod], *, camera: str, officer: str) -> str | None:
    """Return the sentence that refuses a check-out, or None when nothing stands in its way."""
    for period in open_periods:
        if period.camera == camera and period.officer == officer:
            return f"{period.officer_name} has {camera} already, by the hand-out list."
        if period.camera == camera:
            return f"{period.officer_name} has {camera}, by the hand-out list; check it in first."
        if period.officer == officer:
            already = f"{period.officer_name} has {period.camera} already, by the hand-out list"
            return f"{already}; check that in first."
    return None


def worn_at(periods: Iterable[AssignmentPeriod], *, utc: datetime) -> AssignmentPeriod | None:
    """Return the period that covers the time: from its start, up to but not at its end."""
    for period in periods:
        if period.started <= utc and (period.ended is None or utc < period.ended):
            return period
    return None
