"""An officer's own visits, on a phone first: where to go, and what is said at the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.cameras.commanding.issuing import CLOSING
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.officer_link import officer_of
from fleet.people.models import Officer
from fleet.people.secrets import new_id
from fleet.visits.asking import ask_camera
from fleet.visits.consent import SaidAtDoor, entries_of, give_reason, note_consent
from fleet.visits.notices import notices_of
from fleet.visits.rules.consent import ConsentKind
from fleet.visits.rules.draft import LONGEST_WHY
from fleet.visits.rules.placing import WHY_WORDS
from fleet.visits.service import own_visit, visits_between
from fleet.visits.texts import LANGUAGES, TextUse, texts_now
from fleet.web.alerting.visits import StrayOutcome, tell_of_stray
from fleet.web.faults import PageRoute
from fleet.web.routes.visits.at_door import cameras_part
from fleet.web.templating import pages
from fleet.web.views.moments import iso, long_day
from fleet.web.views.visits.languages import door_words
from fleet.web.views.visits.visit import (
    CONSENT_WORDS,
    NOTHING_SAID,
    consent_views,
    visit_row,
    when_of,
)
from fleet.web.zone import local, midnight

router = APIRouter(route_class=PageRoute)

Own = Annotated[Actor, Depends(require(Permission.OWN))]
Line = Annotated[str, Form(max_length=1000)]
PATH = "/mine/visits"
TOLD_OF_STRAY = (
    "The visit is another officer's by now. The safety team is told what you noted, with your name and the "
    "time."
)
_SAID_BEFORE = "mark_taken"
"""The code of what was said of another visit already: a camera may have been asked then."""
DAYS = 7
_MOST = 200
_NOTHING = SaidAtDoor("")


@dataclass(frozen=True, slots=True)
class _FormPage:
    """The page that a form stood on: its mark, and when it was made."""

    once: str
    shown: datetime | None


def _form_page(once: Line = "", shown: Line = "") -> _FormPage:
    return _FormPage(once, _at(shown))


def said_of(
    kind: Line = "",
    reason: Line = "",
    at: Line = "",
    mark: Line = "",
    wording: Line = "",
    sent: Line = "",
    why: Line = "",
    *,
    page: Annotated[_FormPage, Depends(_form_page)],
) -> SaidAtDoor:
    """Read the form of what was said."""
    return SaidAtDoor(
        kind, reason, _at(at), mark, wording, sent=_at(sent), why=why, once=page.once, shown=page.shown
    )


@router.get(PATH)
def own_visits_page(request: Request, services: ServicesDep, actor: Own) -> Response:
    """List one's own visits: of yesterday, today and the days to come."""
    now = services.clock()
    today = local(now).date()
    start, end = midnight(today - timedelta(days=1)), midnight(today + timedelta(days=DAYS))
    with services.readers() as session:
        officer = officer_of(session, actor)
        rows = (
            visits_between(
                session, start.astimezone(UTC), end.astimezone(UTC), officer=officer.id, limit=_MOST
            )[0]
            if officer
            else []
        )
        names = [each.id for each in rows]
        notices, entries = notices_of(session, names), entries_of(session, names)
        ahead = services.config.visits.ahead
        days: dict[str, list[object]] = {}
        for each in rows:
            view = visit_row(each, notices.get(each.id, ()), entries.get(each.id, ()), now, ahead)
            days.setdefault(long_day(each.planned), []).append(view)
    return pages(request).render(
        request, "mine/visits.html", actor=actor, officer=officer, days=days, today=long_day(now)
    )


@router.get(PATH + "/{visit}")
def own_visit_page(
    request: Request, visit: str, services: ServicesDep, actor: Own, said: str = ""
) -> Response:
    """Show one of one's own visits, with the form of what is said at the door."""
    return _one(request, services, actor, visit, done=said == "kept")


@router.post(PATH + "/{visit}")
def said_form(
    request: Request,
    visit: str,
    services: ServicesDep,
    actor: Own,
    told: Annotated[SaidAtDoor, Depends(said_of)],
) -> Response:
    """Keep what was said at the door, and ask the camera of whoever says it; a script is answered in JSON."""
    try:
        with services.sessions.begin() as session:
            officer = own_officer(session, actor).id
            row = own_visit(session, visit, officer)
            entry = note_consent(session, services.random, told, visit=row, by=actor)
            ask_camera(session, services.random, entry, told, officer=officer, by=actor)
    except ProblemError as problem:
        if told.mark and problem.status == NOT_FOUND:
            try:
                return _stray(services, visit, told, actor, problem)
            except ProblemError as other:
                raise _advised(other, told.kind) from problem
        if told.mark or problem.status == NOT_FOUND:
            raise _advised(problem, told.kind) from None
        return _one(request, services, actor, visit, problem=_advised(problem, told.kind), told=told)
    if told.mark:
        return JSONResponse({"kept": told.mark})
    return RedirectResponse(f"{PATH}/{visit}?said=kept", 303)


def _advised(problem: ProblemError, kind: str) -> ProblemError:
    """Say too that no camera was asked, where what is not kept would have closed one."""
    if kind not in CLOSING or problem.code == _SAID_BEFORE:
        return problem
    detail = f"{problem.detail} Your camera was not asked: make it private by its own button."
    return ProblemError(problem.status, problem.code, detail, headers=problem.headers, **problem.extra)


def _stray(services: Services, visit: str, told: SaidAtDoor, actor: Actor, problem: ProblemError) -> Response:
    """Tell people of what came for a visit that was given to somebody else meanwhile."""
    with services.sessions.begin() as session:
        outcome = tell_of_stray(session, services.random, visit, told, by=actor)
    if outcome is StrayOutcome.TOLD:
        raise ProblemError(409, "not_yours_now", TOLD_OF_STRAY)
    if outcome is StrayOutcome.KEPT:
        return JSONResponse({"kept": told.mark})
    raise problem


@router.post(PATH + "/{visit}/consent/{entry}")
def own_reason_form(
    request: Request, visit: str, entry: str, services: ServicesDep, actor: Own, reason: Line = ""
) -> Response:
    """Say afterwards why somebody was recorded without consent."""
    try:
        with services.sessions.begin() as session:
            row = own_visit(session, visit, own_officer(session, actor).id)
            give_reason(session, visit=row, entry=entry, reason=reason, by=actor)
    except ProblemError as problem:
        if problem.status == NOT_FOUND:
            raise
        return _one(request, services, actor, visit, problem=problem)
    return RedirectResponse(f"{PATH}/{visit}?said=kept", 303)


NOT_FOUND = 404


def _at(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo is not None else None


def own_officer(session: Session, actor: Actor) -> Officer:
    """Return the officer that somebody's account is joined to.

    Raises:
        ProblemError: 403 it is joined to none.
    """
    found = officer_of(session, actor)
    if found is None:
        detail = "Your account is not joined to an officer yet; ask an administrator to do that."
        raise ProblemError(403, "no_officer", detail)
    return found


def _one(
    request: Request,
    services: Services,
    actor: Actor,
    visit: str,
    *,
    done: bool = False,
    problem: ProblemError | None = None,
    told: SaidAtDoor = _NOTHING,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        row = own_visit(session, visit, own_officer(session, actor).id)
        notices = notices_of(session, [row.id]).get(row.id, ())
        entries = entries_of(session, [row.id]).get(row.id, ())
        cameras = cameras_part(session, entries, yours=True)
        view = visit_row(row, notices, entries, now, services.config.visits.ahead)
        doors = texts_now(session, TextUse.DOOR)
        day = when_of(row)[0]
    first = next((each for each in doors if each.language == row.language), doors[0])
    return pages(request).render(
        request,
        "mine/visit.html",
        actor=actor,
        status=problem.status if problem else 200,
        visit=view,
        here=f"{PATH}/{view.id}",
        day=day,
        doors=sorted(doors, key=lambda each: each is not first),
        languages=LANGUAGES,
        door_language=door_words(row.language, first.language),
        choices=[(str(each), CONSENT_WORDS[each]) for each in ConsentKind],
        entries=consent_views(entries, now, cameras),
        reasons=WHY_WORDS.items(),
        nothing_said=NOTHING_SAID,
        longest_why=LONGEST_WHY,
        done=done and bool(entries),
        fault=problem.detail if problem else "",
        kind=told.kind,
        reason=told.reason,
        why=told.why,
        once=new_id(services.random),
        shown=iso(now),
    )
