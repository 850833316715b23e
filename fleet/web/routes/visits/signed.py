"""What cameras signed of consent of which no visit is known: a person says which."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.visits.rules.draft import LONGEST_WHY
from fleet.visits.service import visits_between
from fleet.visits.signed.events import link_consent, unplaced
from fleet.visits.signed.files import MOST_FILES, take_of_visit, take_unplaced
from fleet.visits.signed.routes import zip_answer
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.visits.signed import unplaced_view

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_VISITS))]
Planner = Annotated[Actor, Depends(require(Permission.PLAN_VISITS))]
Line = Annotated[str, Form(max_length=1000)]
PATH = "/visits/signed"
SHOWN, NEAR_SHOWN = 50, 50
_ABOUT = timedelta(hours=12)


@router.get(PATH)
def unplaced_page(request: Request, services: ServicesDep, actor: Viewer) -> Response:
    """Show what cameras signed of which no visit is known."""
    return _page(request, services, actor)


@router.post(PATH)
def unplaced_form(
    request: Request,
    services: ServicesDep,
    actor: Planner,
    digest: Line = "",
    visit: Line = "",
    reason: Line = "",
) -> Response:
    """Say of which visit a camera's word is, and why."""
    if not visit:
        return _page(request, services, actor, ProblemError(422, "visit_missing", "Choose the visit."))
    try:
        with services.sessions.begin() as session:
            link_consent(session, services.random, digest=digest, visit=visit, reason=reason, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, problem)
    return RedirectResponse(f"/visits/{visit}#consent", 303)


@router.post(f"{PATH}/files")
def unplaced_files(services: ServicesDep, actor: Viewer) -> Response:
    """Send what cameras signed of which no visit is known, as files; the log says who took them."""
    with services.sessions.begin() as session:
        return zip_answer(take_unplaced(session, actor))


@router.post("/visits/{visit}/signed")
def visit_files(visit: str, services: ServicesDep, actor: Viewer) -> Response:
    """Send what cameras signed that belongs to a visit, as files; the log says who took them."""
    with services.sessions.begin() as session:
        return zip_answer(take_of_visit(session, visit, actor))


def _page(
    request: Request, services: Services, actor: Actor, problem: ProblemError | None = None
) -> Response:
    now = services.clock()
    with services.readers() as session:
        rows, total = unplaced(session, SHOWN)
        shown = []
        for row in rows:
            near, _ = visits_between(session, row.at - _ABOUT, row.at + _ABOUT, limit=NEAR_SHOWN)
            shown.append(unplaced_view(row, near, now))
    return pages(request).render(
        request,
        "visits/signed.html",
        actor=actor,
        status=problem.status if problem else 200,
        rows=shown,
        more=total - len(shown),
        fault=problem.detail if problem else "",
        may_plan=may(actor.roles, Permission.PLAN_VISITS),
        longest_why=LONGEST_WHY,
        most_files=MOST_FILES,
        total=total,
    )
