"""Whether a visit was told of in writing, and in time. Pure.

A notice counts for the visit that it named: once time or place is another, the tenant was told of another
visit, and a new notice is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class NoticeStanding(StrEnum):
    """How a visit stands with its notice.

    ``DUE`` is none yet, with time enough left; ``PRESSING`` is none, and less time left than the landlord
    gives its tenants; ``SENT`` in time; ``LATE`` sent with less time than that; ``WITHOUT`` is a visit whose
    time came without one; ``NEEDLESS`` one that was called off.
    """

    DUE = "due"
    PRESSING = "pressing"
    SENT = "sent"
    LATE = "late"
    WITHOUT = "without"
    NEEDLESS = "needless"


UNTOLD = frozenset({NoticeStanding.PRESSING, NoticeStanding.WITHOUT})
"""Visits that are shown as visits without a notice."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """A notice that was sent.

    Attributes:
        sent: when it went out.
        planned: the time of the visit that it named.
        place: the place that it named.
    """

    sent: datetime
    planned: datetime
    place: str


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What of a visit its notice is judged by."""

    planned: datetime
    place: str
    cancelled: bool


def notice_standing(
    visit: VisitFacts, notices: Iterable[NoticeFacts], *, now: datetime, ahead: timedelta
) -> NoticeStanding:
    """Return how a visit stands with its notice.

    Args:
        visit: the visit as it is planned now.
        notices: all that were sent of it.
        now: when that is asked.
        ahead: how long before a visit its tenant is to be told.
    """
    if visit.cancelled:
        return NoticeStanding.NEEDLESS
    of_it = [
        each.sent
        for each in notices
        if (each.planned, each.place) == (visit.planned, visit.place) and each.sent <= visit.planned
    ]
    if of_it:
        return NoticeStanding.SENT if min(of_it) <= visit.planned - ahead else NoticeStanding.LATE
    if now >= visit.planned:
        return NoticeStanding.WITHOUT
    return NoticeStanding.DUE if now < visit.planned - ahead else NoticeStanding.PRESSING
