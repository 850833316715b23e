"""Alerts of requests and releases: what is due soon or overdue, and what waits for somebody."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import BAD, AlertKind
from fleet.alerts.sources import AlertSource, simple
from fleet.core.actor import Role
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.waiting import waiting_releases
from fleet.requests.finding import due_requests, unwritten_requests
from fleet.requests.models import RequestCase
from fleet.requests.rules.kinds import RIGHTS, RequestKind
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
UNWRITTEN = AlertKind(
    "request.unwritten",
    "Nobody has written about a request",
    "About {number} requests nobody has written.",
    roles=_HANDLERS,
    icon="clock",
)
WAITING = AlertKind(
    "release.waiting",
    "A release waits for approval",
    "{number} releases wait for approval.",
    roles=frozenset({Role.DATA_PROTECTION_OFFICER}),
    icon="clock",
)
SILENT_FOR = timedelta(days=7)
"""About a request that was received longer ago than that, somebody should have written."""
SETTLED_FOR = timedelta(minutes=15)
"""Whoever drafts a release may be at it for so long."""
MOST = 400
"""More than are shown one by one; how many more there are is an alert of its own."""


def request_source(around: Around) -> AlertSource:
    """Return the source of these alerts; they name a request or a release by its reference alone."""

    def find(session: Session, now: datetime) -> tuple[AlertFinding, ...]:
        with around():
            today = local(now).date()
            found = due_requests(session, today, most=MOST)
            due = tuple(_finding(each, each.due, today) for each in found if each.due is not None)
            told = {each.subject for each in due}  # what is due is one alert
            unwritten = unwritten_requests(session, today - SILENT_FOR, most=MOST)
            silent = tuple(_silent(each) for each in unwritten if each.id not in told)
            waiting = tuple(
                _waiting(each) for each in waiting_releases(session, now, now - SETTLED_FOR, most=MOST)
            )
            return (*due, *silent, *waiting)

    return simple((DUE, OVERDUE, UNWRITTEN, WAITING), find)


def _finding(case: RequestCase, due: date, today: date) -> AlertFinding:
    is_over = due < today
    words = f"{case.reference} {'was' if is_over else 'is'} to be answered by {day_words(due)}."
    return AlertFinding(
        OVERDUE if is_over else DUE, case.id, case.reference, words, _step(case), f"/requests/{case.id}"
    )


def _step(case: RequestCase) -> str:
    """Say what is to be done; nothing but the clock of a right can be given two more months, and once."""
    kind = RequestKind(case.kind)
    if kind is RequestKind.COMPLAINT:
        return "Tell the person that the complaint is here, or send its outcome."
    if kind in RIGHTS and case.extended is None:
        return "Answer it, or tell the person of two more months while that is in time."
    return "Answer it."


def _silent(case: RequestCase) -> AlertFinding:
    words = f"{case.reference} was received on {day_words(case.received)}, and no letter about it was sent."
    step = "Tell whoever asks that it is here, or answer it."
    return AlertFinding(UNWRITTEN, case.id, case.reference, words, step, f"/requests/{case.id}")


def _waiting(release: FootageRelease) -> AlertFinding:
    words = f"{release.reference}, drafted by {release.drafted_by}, waits for approval."
    step = "Look at it, and approve or decline it. Who drafted or changed it cannot."
    return AlertFinding(WAITING, release.id, release.reference, words, step, f"/releases/{release.id}")
