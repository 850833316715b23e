"""Which officer a user is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.officer_link import link_officer
from fleet.people.accounts.own import by_hand
from fleet.people.accounts.users import get_user
from fleet.people.officers import list_officers
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.people.accounts import account

router = APIRouter(route_class=PageRoute)

Manager = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
Linker = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE, confirmed=True))]


@router.get("/users/{user}/officer")
def officer_link_page(request: Request, user: str, services: ServicesDep, actor: Manager) -> Response:
    """Show which officer somebody is, and whom they could be."""
    return _page(request, services, actor, user)


@router.post("/users/{user}/officer")
def officer_link_form(
    request: Request,
    user: str,
    services: ServicesDep,
    actor: Linker,
    officer: Annotated[str, Form()] = "",
) -> Response:
    """Say which officer somebody is; empty for none."""
    try:
        by_hand(actor)
        with services.sessions.begin() as session:
            link_officer(session, user=user, officer=officer or None, by=actor)
    except ProblemError as problem:
        return _page(request, services, actor, user, problem=problem)
    return RedirectResponse(f"/users/{user}", 303)


def _page(
    request: Request, services: Services, actor: Actor, user: str, problem: ProblemError | None = None
) -> Response:
    with services.readers() as session:
        row = get_user(session, user)
        shown = account(row, services.clock(), services.config.provider, me=actor.id)
        chosen = row.officer_id
        # Whom they are stays in the list when retired: the form would say "None" otherwise, and make it so.
        officers = [
            each for each in list_officers(session, retired=True) if each.retired is None or each.id == chosen
        ]
    return pages(request).render(
        request,
        "mine/officer_link.html",
        actor=actor,
        status=problem.status if problem else 200,
        user=shown,
        officers=officers,
        chosen=chosen,
        fault=problem.detail if problem else "",
    )
