"""The first page."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from fleet.alerts.services import AlertsDep
from fleet.core.actor import ActorKind
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.footage.watching.services import WatchingDep
from fleet.people.access import SignedIn
from fleet.people.permissions import Permission, may
from fleet.web.alerting.desk import of_time, read
from fleet.web.alerting.standing import standing
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.desk.today import today
from fleet.web.views.people.mine import MINE
from fleet.web.zone import local, midnight

router = APIRouter(route_class=PageRoute)

_FIRST = ((Permission.REQUESTS, "/requests"), (Permission.SEE_RECORDINGS, "/recordings"))
"""Where somebody begins who sees no cameras: with what waits for them by the law, or else with footage."""


@router.get("/")
def today_page(
    request: Request,
    session: SessionDep,
    services: ServicesDep,
    watching: WatchingDep,
    alerts: AlertsDep,
    actor: SignedIn,
) -> Response:
    """Show who is covered and what needs somebody; who may see less is sent to what they may see."""
    if not may(actor.roles, Permission.SEE_CAMERAS):
        for permission, path in _FIRST:
            if may(actor.roles, permission):
                return RedirectResponse(path, 303)
        if actor.kind is ActorKind.USER:
            return RedirectResponse(MINE if may(actor.roles, Permission.OWN) else "/account", 303)
        raise ProblemError(403, "not_allowed", "The roles of this token see none of the pages.")
    facts, there = read(session), standing(session, alerts, actor.roles)
    now = services.clock()
    day = local(now).date()
    figures = of_time(session, midnight(day), midnight(day + timedelta(days=1)))
    view = today(
        facts.cameras,
        facts.recordings,
        figures,
        now,
        vault_sealed=watching.opener.sealed(),
        others=(*facts.besides, *there.others),
        marks=there.marks,
    )
    return pages(request).render(
        request, "today.html", actor=actor, page=view, may_enrol=may(actor.roles, Permission.ENROL)
    )
