"""Alerts of reviews: those that are overdue, and recordings that soon go without one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.review.queue import counts, overdue_days
from fleet.web.alerting.service import Around
from fleet.web.views.reviews.queue import goes_words, overdue_words
from fleet.web.zone import local, site_zone

_REVIEWERS = frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY})
OVERDUE = AlertKind(
    "review.overdue", "Reviews are overdue", "{number} queues of reviews are overdue.", roles=_REVIEWERS
)
GOES = AlertKind(
    "review.goes",
    "Recordings come to their last day without a review",
    "{number} queues of reviews have recordings that come to their last day.",
    roles=_REVIEWERS,
)
_SUBJECT = "reviews"


def review_source(around: Around) -> AlertSource:
    """Return the source of the alerts of reviews."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            today, zone = local(now).date(), site_zone()
            counted = counts(session, today=today, zone=zone)
            found = []
            if counted.overdue:
                days = overdue_days(session, today=today)
                found.append(_overdue(counted.overdue, "\n".join(each.isoformat() for each in days)))
            if counted.goes:
                found.append(_goes(counted.goes))
        return tuple(found)

    return simple((OVERDUE, GOES), find)


def _overdue(number: int, days: str) -> AlertFinding:
    return AlertFinding(
        OVERDUE,
        _SUBJECT,
        "Reviews",
        overdue_words(number),
        "Look at each with the other of the two, write what was found, and sign.",
        "/reviews?state=overdue",
        aspect=days,
    )


def _goes(number: int) -> AlertFinding:
    return AlertFinding(
        GOES,
        _SUBJECT,
        "Reviews",
        goes_words(number),
        "Review them first, or place a hold: a review keeps nothing longer.",
        "/reviews?state=goes",
    )
