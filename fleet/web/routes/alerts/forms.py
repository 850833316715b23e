"""What is done with an alert: seen, taken, given to somebody, resolved, opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.alerts.handling import acknowledge, get_alert, hand_over, reopen, resolve, take
from fleet.alerts.services import AlertsDep, AlertServices
from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.web.faults import PageRoute
from fleet.web.routes.alerts.pages import Handler, may_have, one_page

router = APIRouter(route_class=PageRoute)

Id = Annotated[str, Form(max_length=64)]
Line = Annotated[str, Form(max_length=2000)]


@router.post("/alerts/{alert}/acknowledge")
def acknowledge_form(
    request: Request, alert: str, services: ServicesDep, alerts: AlertsDep, actor: Handler, to: Id = ""
) -> Response:
    """Say that one has seen an alert."""

    def change(session: Session) -> object:
        return acknowledge(session, alerts.kinds, alert, by=actor)

    return _done(request, services, alerts, actor, alert, change, to=to)


@router.post("/alerts/{alert}/take")
def take_form(
    request: Request,
    alert: str,
    services: ServicesDep,
    alerts: AlertsDep,
    actor: Handler,
    seen: Id = "",
    to: Id = "",
) -> Response:
    """Take an alert upon oneself."""

    def change(session: Session) -> object:
        return take(session, alerts.kinds, alert, seen=seen, by=actor)

    return _done(request, services, alerts, actor, alert, change, to=to)


@router.post("/alerts/{alert}/give")
def give_form(
    request: Request,
    alert: str,
    services: ServicesDep,
    alerts: AlertsDep,
    actor: Handler,
    user: Id = "",
    seen: Id = "",
) -> Response:
    """Give an alert to somebody who may have it."""

    def change(session: Session) -> object:
        row = get_alert(session, alerts.kinds, alert, actor)
        owner = next((each for each in may_have(services, alerts, row) if each.id == user), None)
        if owner is None:
            raise ProblemError(422, "owner_unusable", "Choose who gets it.")
        return hand_over(session, alerts.kinds, alert, to=owner, seen=seen, by=actor)

    return _done(request, services, alerts, actor, alert, change)


@router.post("/alerts/{alert}/resolve")
def resolve_form(
    request: Request, alert: str, services: ServicesDep, alerts: AlertsDep, actor: Handler, note: Line = ""
) -> Response:
    """Say that an alert needs nobody any more, and why."""

    def change(session: Session) -> object:
        return resolve(session, alerts.kinds, alert, note=note, by=actor)

    return _done(request, services, alerts, actor, alert, change, note=note)


@router.post("/alerts/{alert}/reopen")
def reopen_form(
    request: Request, alert: str, services: ServicesDep, alerts: AlertsDep, actor: Handler
) -> Response:
    """Open an alert again."""

    def change(session: Session) -> object:
        return reopen(session, alerts.kinds, alert, by=actor)

    return _done(request, services, alerts, actor, alert, change)


def _done(
    request: Request,
    services: Services,
    alerts: AlertServices,
    actor: Actor,
    alert: str,
    change: Callable[[Session], object],
    *,
    to: str = "",
    note: str = "",
) -> Response:
    """Make a change, and go to where it was asked for."""
    try:
        with services.sessions.begin() as session:
            change(session)
    except ProblemError as problem:
        return one_page(request, services, alerts, actor, alert, note=note, problem=problem)
    return RedirectResponse("/alerts" if to == "list" else f"/alerts/{alert}", 303)
