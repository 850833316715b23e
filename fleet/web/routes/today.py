"""The first page."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import ActorKind
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.footage.watching.services import WatchingDep
from fleet.people.access import SignedIn
from fleet.people.permissions import Permission, may
from fleet.web import recorded, sources
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.desk.today import today
from fleet.web.zone import local, midnight

router = APIRouter(route_class=PageRoute)


@router.get("/")
def today_page(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    watching: WatchingDep,
    actor: SignedIn,
) -> Response:
    """Show who is covered and what needs somebody; who may see less is sent to what they may see."""
    if not may(actor.roles, Permission.SEE_CAMERAS):
        if may(actor.roles, Permission.SEE_RECORDINGS):
            return RedirectResponse("/recordings", 303)
        if actor.kind is ActorKind.USER:
            return RedirectResponse("/account", 303)
        raise ProblemError(403, "not_allowed", "The roles of this token see none of the pages.")
    recordings = recorded.newest(session)
    cameras = sources.with_missing(session, sources.cameras(session, recordings))
    now = services.clock()
    day = local(now).date()
    figures = recorded.day(session, midnight(day), midnight(day + timedelta(days=1)))
    view = today(cameras, recordings, figures, now, vault_sealed=watching.opener.is_sealed())
    return pages(request).render(
        request, "today.html", actor=actor, page=view, may_enrol=may(actor.roles, Permission.ENROL)
    )
