"""How long recordings are kept: the periods, what a change of them does, and every hold."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.retention.clock import doubted_look
from fleet.retention.holds import lasting_holds
from fleet.retention.lookup import past_count, preview
from fleet.retention.policy import change_periods, changes_of, history_of, undo_change
from fleet.retention.rules.periods import LONGEST_MONTHS, Periods, current, local_day, periods_refusal
from fleet.retention.switch import switches_of
from fleet.web import recorded
from fleet.web.faults import PageRoute
from fleet.web.kept import NO_HOLD_FORM, HoldForm
from fleet.web.templating import pages
from fleet.web.views.kept import hold_views, overdue
from fleet.web.views.moments import count
from fleet.web.views.recordings import row
from fleet.web.views.retention.deletion import switch_words
from fleet.web.views.retention.periods import (
    change_lines,
    days_words,
    held_words,
    periods_words,
    preview_lines,
    still_words,
)
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Retainer = Annotated[Actor, Depends(require(Permission.RETAIN))]
Changer = Annotated[Actor, Depends(require(Permission.RETAIN, confirmed=True))]
Number = Annotated[str, Form(max_length=10)]
InAddress = Annotated[str, Query(max_length=10)]


@router.get("/retention")
def retention_page(request: Request, services: ServicesDep, actor: Viewer) -> Response:
    """Show the periods, how they have changed, and the holds."""
    return retention_page_of(request, services, actor)


@router.get("/retention/preview")
def preview_page(
    request: Request, services: ServicesDep, actor: Retainer, plain: InAddress = "", incident: InAddress = ""
) -> Response:
    """Show what a change of the periods would do, and ask to confirm it."""
    try:
        periods = _periods(plain, incident)
    except ProblemError as problem:
        return retention_page_of(request, services, actor, typed=(plain, incident), problem=problem)
    zone, now = site_zone(), services.clock()
    with services.readers() as session:
        history = history_of(session)
        if periods == current(history):
            same = ProblemError(409, "nothing_changed", "That is how long recordings are kept already.")
            return retention_page_of(request, services, actor, typed=(plain, incident), problem=same)
        found = preview(session, periods, now, zone)
        examples = [
            [row(each, now) for each in recorded.several(session, kind.examples)]
            for kind in (found.plain, found.incident)
        ]
    return pages(request).render(
        request,
        "retention_preview.html",
        actor=actor,
        before=periods_words(current(history)),
        after=periods_words(periods),
        periods=periods,
        seen=len(history),
        lines=preview_lines(found, *examples),
        held=held_words(found),
        undoable=days_words(),
    )


@router.post("/retention/change")
def change_form(
    request: Request,
    services: ServicesDep,
    actor: Changer,
    plain: Number = "",
    incident: Number = "",
    seen: Number = "",
) -> Response:
    """Change the periods, once somebody has seen what that does."""
    try:
        periods = _periods(plain, incident)
        with services.sessions.begin() as session:
            change_periods(session, periods, seen=_whole(seen), by=actor)
    except ProblemError as problem:
        return retention_page_of(request, services, actor, typed=(plain, incident), problem=problem)
    return RedirectResponse("/retention", 303)


@router.post("/retention/undo")
def undo_form(request: Request, services: ServicesDep, actor: Changer, number: Number = "") -> Response:
    """Go back to the periods before the last change."""
    try:
        with services.sessions.begin() as session:
            undo_change(session, number=_whole(number), by=actor)
    except ProblemError as problem:
        return retention_page_of(request, services, actor, problem=problem)
    return RedirectResponse("/retention", 303)


def retention_page_of(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    typed: tuple[str, str] | None = None,
    problem: ProblemError | None = None,
    holding: HoldForm = NO_HOLD_FORM,
) -> Response:
    """Show the page of the periods and the holds, with its forms as they were sent or refused."""
    now, zone = services.clock(), site_zone()
    with services.readers() as session:
        changes, history = changes_of(session), history_of(session)
        holds = hold_views(lasting_holds(session), now)
        switches, doubt = switches_of(session), doubted_look(session)
        past = past_count(session, local_day(now, zone), zone)
    periods = current(history)
    return pages(request).render(
        request,
        "retention.html",
        actor=actor,
        status=problem.status if problem else holding.status,
        periods=periods_words(periods),
        still=still_words(history, now, zone),
        changes=change_lines(changes, history, now),
        holds=holds,
        overdue=overdue(holds),
        past=count(past, "recording"),
        deletion=switch_words(switches, now, zone, doubt),
        typed=typed or (str(periods.plain), str(periods.incident)),
        longest=LONGEST_MONTHS,
        fault=problem.detail if problem else "",
        holding=holding,
        may_change=may(actor.roles, Permission.RETAIN),
    )


def _periods(plain: str, incident: str) -> Periods:
    periods = Periods(_whole(plain), _whole(incident))
    refusal = periods_refusal(periods)
    if refusal is not None:
        raise ProblemError(422, "periods_unusable", refusal)
    return periods


def _whole(text: str) -> int:
    """Return a whole number, or 0 where none was typed, which no rule accepts."""
    return int(text) if text.isascii() and text.isdigit() else 0
