"""Break-glass: let in by the link that the host printed, told to everybody, and ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.database import SessionDep
from fleet.core.services import ServicesDep
from fleet.people.access import COSTLY, PUBLIC, Permission, SignedIn, require
from fleet.people.accounts.own import by_hand
from fleet.people.break_glass.lookup import list_given
from fleet.people.break_glass.service import check_link, end, use_link
from fleet.people.permissions import may
from fleet.people.sessions import origin_of
from fleet.web.faults import PageRoute
from fleet.web.let_in import let_in
from fleet.web.templating import pages
from fleet.web.views.moments import moment
from fleet.web.views.people.break_glass import break_glass_views

router = APIRouter(route_class=PageRoute)
_costly = [Depends(PUBLIC), COSTLY]


@router.get("/break-glass")
def break_glass_page(request: Request, services: ServicesDep, actor: SignedIn) -> Response:
    """List who was given administrator rights on the host, when and why."""
    with services.readers() as session:
        rows = list_given(session)
    return pages(request).render(
        request,
        "break_glass/all.html",
        actor=actor,
        given=break_glass_views(rows, services.clock()),
        may_end=may(actor.roles, Permission.MANAGE_PEOPLE),
    )


@router.get("/break-glass/in/{link}", dependencies=_costly)
def break_glass_in_page(request: Request, link: str, session: SessionDep, services: ServicesDep) -> Response:
    """Say what the link does, while it is good."""
    row, now = check_link(session, link), services.clock()
    return pages(request).render(
        request,
        "break_glass/in.html",
        name=row.user.name,
        reason=row.reason,
        until=moment(row.ends, now),
    )


@router.post("/break-glass/in/{link}", dependencies=_costly)
def break_glass_in_form(request: Request, link: str, services: ServicesDep) -> Response:
    """Let somebody in, once."""
    return let_in(request, use_link(services, link, origin_of(request)), "/users")


@router.post("/break-glass/{which}/end")
def break_glass_end_form(
    which: str, services: ServicesDep, actor: Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
) -> Response:
    """End one, and sign out whom it let in."""
    by_hand(actor)
    with services.sessions.begin() as session:
        end(session, which=which, by=actor)
    return RedirectResponse("/break-glass", 303)
