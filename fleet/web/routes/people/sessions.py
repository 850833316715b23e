"""Ending one session: one of one's own, or anybody's by who manages users."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.people.access import OwnAccount, Permission, require
from fleet.people.accounts.own import by_hand
from fleet.people.accounts.users import end_session_of
from fleet.web.faults import PageRoute

router = APIRouter(route_class=PageRoute)


@router.post("/account/sessions/{ended}/end")
def own_session_form(ended: str, services: ServicesDep, actor: OwnAccount) -> Response:
    """End one of one's own sessions; of the one that asks nothing is left but to sign in again."""
    by_hand(actor)
    with services.sessions.begin() as session:
        end_session_of(session, user=actor.id, ended=ended, by=actor)
    return RedirectResponse("/account?said=one", 303)


@router.post("/users/{user}/sessions/{ended}/end")
def session_form(
    user: str,
    ended: str,
    services: ServicesDep,
    actor: Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))],
) -> Response:
    """End one session of somebody."""
    by_hand(actor)
    with services.sessions.begin() as session:
        end_session_of(session, user=user, ended=ended, by=actor)
    return RedirectResponse(f"/users/{user}", 303)
