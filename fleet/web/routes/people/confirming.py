"""Confirming that it is still the same person who sits there: with a passkey, or through the provider.

The password comes with the form that asks for it (``fleet.people.confirming.asking``).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.problems import ProblemError
from fleet.people.access import OwnAccount
from fleet.people.accounts.own import by_hand
from fleet.people.confirming.confirming import confirm_by_passkey, passkey_asked
from fleet.people.provided.confirming import come_back, set_out
from fleet.people.provider.trip import Trip, clear_trip, set_trip
from fleet.people.services import PeopleDep, PeopleServices
from fleet.people.sessions import COOKIE
from fleet.web.faults import PageRoute
from fleet.web.templating import pages

router = APIRouter(route_class=PageRoute)


class OwnPasskey(RequestBody):
    """What a browser says of a passkey of whoever is signed in."""

    answer: dict[str, Any]


@router.post("/account/confirm/passkey/question")
def passkey_question_json(request: Request, people: PeopleDep, actor: OwnAccount) -> JSONResponse:
    """Return what the browser needs to show a passkey of this account."""
    by_hand(actor)
    return JSONResponse(passkey_asked(people, actor, request.cookies.get(COOKIE, "")))


@router.post("/account/confirm/passkey")
def passkey_json(request: Request, people: PeopleDep, actor: OwnAccount, shown: OwnPasskey) -> JSONResponse:
    """Take a passkey of this account."""
    by_hand(actor)
    confirm_by_passkey(people, actor, request.cookies.get(COOKIE, ""), answer=shown.answer)
    return JSONResponse({})


@router.get("/account/confirm/provider")
def provider_page(request: Request, people: PeopleDep, actor: OwnAccount) -> Response:
    """Send somebody to the provider, to sign in there anew."""
    by_hand(actor)
    address, trip = set_out(people, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse(address, 303)
    set_trip(answer, people.seal, trip)
    return answer


def confirmed_answer(request: Request, people: PeopleServices, actor: Actor | None, trip: Trip) -> Response:
    """Say to who came back from the provider whether it is confirmed now that it is they."""
    problem: ProblemError | None = None
    try:
        come_back(people, actor, request.cookies.get(COOKIE, ""), trip, dict(request.query_params))
    except ProblemError as error:
        problem = error
    answer = pages(request).render(
        request,
        "second/confirmed.html",
        actor=actor,
        status=problem.status if problem else 200,
        fault=problem.detail if problem else "",
    )
    answer.headers.update(problem.headers if problem else {})
    clear_trip(answer)
    return answer
