"""Setting up, signing in and signing out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from fleet.core.actor import Role
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import COSTLY, PUBLIC, OwnAccount, current_actor, signed_in_now
from fleet.people.accounts.bad_links import noting_bad_links
from fleet.people.accounts.rules import too_much_for_one
from fleet.people.factors.held import any_passkey
from fleet.people.services import PeopleDep, PeopleServices
from fleet.people.sessions import COOKIE, clear_cookie, origin_of
from fleet.people.sign_in import FIRST_ROLES, check_setup_link, has_users, set_up, sign_in, sign_out
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name, safe_next, same_passwords
from fleet.web.let_in import let_in
from fleet.web.templating import pages
from fleet.web.views.people.roles import chosen_roles, role_boxes

router = APIRouter(route_class=PageRoute)
_public = [Depends(PUBLIC)]
_costly = [Depends(PUBLIC), COSTLY]
_SAID = {
    "out": "You are signed out.",
    "over": "This sign-in is over; sign in again.",
}

OUT_HERE = "out-here"
"""What is said after signing out to who is maybe signed in with the provider still."""

Text = Annotated[str, Form()]


@router.get("/sign-in", name="sign_in_page", dependencies=_public)
async def sign_in_page(
    request: Request, people: PeopleDep, target: Annotated[str, Query(alias="next")] = "/", said: str = ""
) -> Response:
    """Show the form, or go on when somebody is signed in already."""
    if await current_actor(request) is not None:
        return RedirectResponse(safe_next(target), 303)
    is_out_here = said == OUT_HERE
    return show_sign_in(
        request, people, target=safe_next(target), said=_SAID.get(said, ""), is_out_here=is_out_here
    )


@router.post("/sign-in", dependencies=_costly)
def sign_in_form(
    request: Request,
    people: PeopleDep,
    name: Text = "",
    password: Text = "",
    target: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Sign in and go on to the page that was wanted."""
    try:
        signed = sign_in(people, request, name=" ".join(name.split()), password=password)
    except ProblemError as problem:
        return show_sign_in(request, people, target=safe_next(target), name=name, problem=problem)
    return let_in(request, signed, safe_next(target))


@router.get("/signed-in", dependencies=_public)
async def signed_in(request: Request, used: Annotated[str, Query(max_length=10)] = "") -> JSONResponse:
    """Say who is signed in by this cookie: what an open page asks, and no sign that somebody is at work.

    With ``used`` it is one: the page says that somebody types, points or watches, and asks for nothing else.
    """
    actor = await (current_actor(request) if used else signed_in_now(request))
    return JSONResponse({"who": actor.id if actor is not None else ""})


@router.post("/sign-out")
def sign_out_form(request: Request, services: ServicesDep, actor: OwnAccount) -> Response:
    """End the session."""
    by_provider = sign_out(services, actor, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse(f"/sign-in?said={OUT_HERE if by_provider else 'out'}", 303)
    clear_cookie(answer)
    return answer


@router.get("/setup/{link}", dependencies=_costly)
def set_up_page(request: Request, link: str, session: SessionDep, services: ServicesDep) -> Response:
    """Show the form for the first account, while the link is good."""
    with noting_bad_links(request):
        check_setup_link(session, link)
    return _set_up_form(request, services)


@router.post("/setup/{link}", dependencies=_costly)
def set_up_form(
    request: Request,
    link: str,
    services: ServicesDep,
    name: Text = "",
    password: Text = "",
    again: Text = "",
    role: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make the first account and sign it in."""
    roles = tuple(role or ())
    try:
        clean = clean_name(name, whose="your name")
        same_passwords(password, again)
        with noting_bad_links(request):
            signed = set_up(
                services,
                link=link,
                name=clean,
                password=password,
                roles=chosen_roles(roles),
                origin=origin_of(request),
            )
    except ProblemError as problem:
        if problem.status != 422:  # noqa: PLR2004 - what typing again can put right
            raise
        return _set_up_form(request, services, name=name, roles=roles, problem=problem)
    return let_in(request, signed, "/")


def show_sign_in(
    request: Request,
    people: PeopleServices,
    *,
    target: str,
    name: str = "",
    said: str = "",
    problem: ProblemError | None = None,
    is_out_here: bool = False,
) -> Response:
    """Return the form to sign in by, with what is to be said on it.

    ``is_out_here`` says that somebody signed out here who is maybe signed in with the provider still.
    """
    provider = people.provider
    with people.core.readers() as session:
        fresh, has_passkeys = not has_users(session), any_passkey(session)
    answer = pages(request).render(
        request,
        "sign_in.html",
        status=problem.status if problem else 200,
        next=target,
        name=name,
        said=said,
        fault=problem.detail if problem else "",
        fresh=fresh,
        has_passkeys=has_passkeys,
        provider="" if provider is None else people.core.config.provider.name,
        is_out_here=is_out_here and provider is not None,
        end_address="" if provider is None or not is_out_here else provider.end_address(),
    )
    answer.headers.update(problem.headers if problem else {})
    return answer


def _set_up_form(
    request: Request,
    services: Services,
    *,
    name: str = "",
    roles: Sequence[str] | None = None,
    problem: ProblemError | None = None,
) -> Response:
    boxes = role_boxes(map(str, FIRST_ROLES) if roles is None else roles)
    return pages(request).render(
        request,
        "set_up.html",
        status=problem.status if problem else 200,
        name=name,
        fault=problem.detail if problem else "",
        shortest=services.config.people.password_length,
        boxes=[box for box in boxes if box.value != Role.ADMINISTRATOR],
        warning=too_much_for_one(FIRST_ROLES),
    )
