"""Officers: the list, and adding one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.officers import add_officer
from fleet.people.permissions import may
from fleet.web import sources
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name
from fleet.web.templating import pages
from fleet.web.views.handout import person

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_CAMERAS))]
HandOut = Annotated[Actor, Depends(require(Permission.HAND_OUT))]


@router.get("/officers")
def officers_page(request: Request, services: ServicesDep, actor: Viewer, added: str = "") -> Response:
    """List the officers."""
    return _page(request, services, actor, added=added)


@router.post("/officers")
def add_officer_form(
    request: Request, services: ServicesDep, actor: HandOut, name: Annotated[str, Form()] = ""
) -> Response:
    """Add an officer."""
    try:
        clean = clean_name(name, whose="the officer's name")
        with services.sessions.begin() as session:
            added = add_officer(session, services.random, name=clean, by=actor).id
    except ProblemError as problem:
        return _page(request, services, actor, name=name, problem=problem)
    return RedirectResponse(f"/officers?added={added}", 303)


def _page(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    added: str = "",
    name: str = "",
    problem: ProblemError | None = None,
) -> Response:
    with services.readers() as session:
        officers = sources.officers(session)
    new = next((each.name for each in officers if each.id == added), "")
    return pages(request).render(
        request,
        "officers.html",
        actor=actor,
        status=problem.status if problem else 200,
        officers=[person(each) for each in officers],
        may_add=may(actor.roles, Permission.HAND_OUT),
        done=f"{new} was added." if new else "",
        name=name,
        fault=problem.detail if problem else "",
    )
