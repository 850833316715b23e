"""Signing in through the provider of identities: there, back, and its word that somebody has left."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.people.access import COSTLY, PUBLIC, current_actor
from fleet.people.provided.leaving import log_out
from fleet.people.provided.sign_in import BACK, begin, finish
from fleet.people.provider.trip import COOKIE, clear_trip, set_trip, trip_of
from fleet.people.services import PeopleDep
from fleet.web.faults import PageRoute
from fleet.web.forms import safe_next
from fleet.web.let_in import let_in
from fleet.web.routes.account import show_sign_in
from fleet.web.routes.people.confirming import confirmed_answer

router = APIRouter(route_class=PageRoute)
_costly = [Depends(PUBLIC), COSTLY]
LONGEST_TOKEN = 16_384


@router.get("/sign-in/provider", dependencies=_costly)
def provider_page(
    request: Request, people: PeopleDep, target: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Send somebody to the provider."""
    try:
        address, trip = begin(people, safe_next(target))
    except ProblemError as problem:
        return show_sign_in(request, people, target=safe_next(target), problem=problem)
    answer = RedirectResponse(address, 303)
    set_trip(answer, people.seal, trip)
    return answer


@router.get(BACK, dependencies=_costly)
def provider_back_page(
    request: Request, people: PeopleDep, actor: Annotated[Actor | None, Depends(current_actor)]
) -> Response:
    """Let in whom the provider sent back, and go on to the page that was wanted."""
    trip = trip_of(people.seal, request.cookies.get(COOKIE, ""), people.core.clock())
    if trip is not None and trip.confirms:
        return confirmed_answer(request, people, actor, trip)
    target = "/" if trip is None else safe_next(trip.target)
    try:
        answer = let_in(request, finish(people, request, trip, dict(request.query_params)), target)
    except ProblemError as problem:
        answer = show_sign_in(request, people, target=target, problem=problem)
    clear_trip(answer)
    return answer


@router.post("/sign-in/provider/logout", dependencies=_costly)
def provider_logout(
    people: PeopleDep, logout_token: Annotated[str, Form(max_length=LONGEST_TOKEN)] = ""
) -> Response:
    """Take the provider's word that somebody signed out there (OpenID Connect Back-Channel Logout)."""
    log_out(people, logout_token)
    return Response(status_code=200, headers={"Cache-Control": "no-store"})
