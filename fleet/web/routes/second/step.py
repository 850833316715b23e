"""The second half of signing in, and signing in with a passkey alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import Field

from fleet.core.bodies import RequestBody
from fleet.core.problems import ProblemError
from fleet.people.access import COSTLY, PUBLIC
from fleet.people.factors.held import factors_of
from fleet.people.factors.passkeys import relying_party
from fleet.people.factors.rules import Factors
from fleet.people.factors.steps import find_step
from fleet.people.known.browsers import remember
from fleet.people.second_step import passkey_question, sign_in_with_code, sign_in_with_passkey
from fleet.people.services import PeopleDep, PeopleServices
from fleet.people.sessions import STEP_COOKIE, clear_step_cookie, set_cookie, set_step_cookie
from fleet.web.faults import PageRoute
from fleet.web.forms import safe_next
from fleet.web.templating import pages

router = APIRouter(route_class=PageRoute)
_public = [Depends(PUBLIC)]
_costly = [Depends(PUBLIC), COSTLY]


class ShownPasskey(RequestBody):
    """What a browser says of a passkey, and where to go afterwards."""

    answer: dict[str, Any]
    next: str = Field("/", max_length=2000)


@router.get("/sign-in/second", dependencies=_public)
def second_page(
    request: Request, people: PeopleDep, target: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Ask for the second factor of who is half-way in."""
    factors = _waiting(people, request)
    if factors is None:
        return _over(request, target)
    return _form(request, people, factors, target=safe_next(target))


@router.post("/sign-in/second", dependencies=_costly)
def second_form(
    request: Request,
    people: PeopleDep,
    code: Annotated[str, Form(max_length=100)] = "",
    target: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Sign in with a code and go on to the page that was wanted."""
    secret = request.cookies.get(STEP_COOKIE, "")
    try:
        signed = sign_in_with_code(people, request, secret=secret, code=code)
    except ProblemError as problem:
        factors = _waiting(people, request)
        if factors is None:
            return _over(request, target)
        return _form(request, people, factors, target=safe_next(target), problem=problem)
    answer = RedirectResponse(safe_next(target), 303)
    set_cookie(answer, signed.secret)
    remember(request, answer, signed.actor)
    clear_step_cookie(answer)
    return answer


@router.post("/sign-in/passkey/question", dependencies=_costly)
def passkey_question_json(request: Request, people: PeopleDep) -> JSONResponse:
    """Return what the browser needs to show a passkey."""
    held = request.cookies.get(STEP_COOKIE, "")
    secret, options = passkey_question(people, request, secret=held)
    answer = JSONResponse(options)
    if secret != held:
        set_step_cookie(answer, secret)
    return answer


@router.post("/sign-in/passkey", dependencies=_costly)
def passkey_json(request: Request, people: PeopleDep, shown: ShownPasskey) -> JSONResponse:
    """Sign in with a passkey; the browser is told where to go on."""
    secret = request.cookies.get(STEP_COOKIE, "")
    signed = sign_in_with_passkey(people, request, secret=secret, answer=shown.answer)
    answer = JSONResponse({"next": safe_next(shown.next)})
    set_cookie(answer, signed.secret)
    remember(request, answer, signed.actor)
    clear_step_cookie(answer)
    return answer


def _waiting(people: PeopleServices, request: Request) -> Factors | None:
    """Return what somebody has who is half-way in; None where nobody is, or not any more."""
    secret = request.cookies.get(STEP_COOKIE, "")
    with people.core.readers() as session:
        step = find_step(session, secret) if secret else None
        return None if step is None else factors_of(session, step.user_id)


def _over(request: Request, target: str) -> Response:
    location = request.url_for("sign_in_page").include_query_params(next=safe_next(target), said="over")
    answer = RedirectResponse(f"{location.path}?{location.query}", 303)
    clear_step_cookie(answer)
    return answer


def _form(
    request: Request,
    people: PeopleServices,
    factors: Factors,
    *,
    target: str,
    problem: ProblemError | None = None,
) -> Response:
    answer = pages(request).render(
        request,
        "second/sign_in.html",
        status=problem.status if problem else 200,
        next=target,
        has_app=factors.app,
        has_passkey=factors.passkeys > 0 and relying_party(people.core.endpoints.dashboard_url) is not None,
        fault=problem.detail if problem else "",
    )
    answer.headers.update(problem.headers if problem else {})
    return answer
