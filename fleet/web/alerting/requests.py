"""Alerts of requests: those that are due soon, and those that are overdue."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.requests.finding import due_requests
from fleet.requests.models import RequestCase
from fleet.retention.rules.calendar import day_words
from fleet.web.alerting.service import Around
from fleet.web.zone import local

_HANDLERS = frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER})
DUE = AlertKind(
    "request.due", "A request is due soon", "{number} requests are due soon.", roles=_HANDLERS, icon="clock"
)
OVERDUE = AlertKind(
    "request.overdue",
    "A request is overdue",
    "{number} requests are overdue.",
    BAD,
    roles=_HANDLERS,
    urgent=True,
)
MOST = 400
"""More than are shown one by one; how many more there are is an alert of its own."""


def request_source(around: Around) -> AlertSource:
    """Return the source of the alerts of requests; they name the request by its reference alone."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            today = local(now).date()
            found = due_requests(session, today, most=MOST)
            return tuple(_finding(each, each.due, today) for each in found if each.due is not None)

    return simple((DUE, OVERDUE), find)


def _finding(case: RequestCase, due: date, today: date) -> AlertFinding:
    is_over = due < today
    words = f"{case.reference} {'was' if is_over else 'is'} to be answered by {day_words(due)}."
    step = "Answer it, or tell the person of an extension while that is in time."
    return AlertFinding(
        OVERDUE if is_over else DUE, case.id, case.reference, words, step, f"/requests/{case.id}"
    )
