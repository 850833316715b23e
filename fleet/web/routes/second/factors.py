"""One's own second factors: adding, removing, recovery codes; and taking away those of somebody else."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import Field

from fleet.core.actor import Actor
from fleet.core.bodies import RequestBody
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import OwnAccount, Permission, require
from fleet.people.accounts.lately import did_lately
from fleet.people.accounts.own import by_hand
from fleet.people.accounts.second import (
    add_passkey,
    begin_app,
    begin_passkey,
    confirm_app,
    remove_app,
    remove_passkey,
    renew_codes,
    reset_factors,
    waiting_app_secret,
)
from fleet.people.factors.held import factors_of, passkeys_of
from fleet.people.factors.passkeys import relying_party
from fleet.people.factors.rules import HowSure
from fleet.people.models import User
from fleet.people.services import PeopleDep, PeopleServices
from fleet.people.sessions import COOKIE
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name
from fleet.web.templating import pages
from fleet.web.views.people.second import app_to_scan, done_words, factors_view
from fleet.web.views.people.way import alone_words, way_of

router = APIRouter(route_class=PageRoute)

Text = Annotated[str, Form(max_length=1000)]
PAGE = "/account/second"
_REMOVALS = ("people:second:app-remove", "people:second:passkey-remove")


class PasskeyWanted(RequestBody):
    """Who wants to add a passkey shows the password."""

    password: str = Field(max_length=1000)


class MadePasskey(RequestBody):
    """What a browser says of a passkey that it made, and what its owner calls it."""

    name: str = Field(max_length=1000)
    answer: dict[str, Any]


@router.get(PAGE)
def second_factors_page(request: Request, people: PeopleDep, actor: OwnAccount, said: str = "") -> Response:
    """Show one's own second factors."""
    return _page(request, people, actor, said=said)


@router.post(f"{PAGE}/app")
def app_form(request: Request, people: PeopleDep, actor: OwnAccount, password: Text = "") -> Response:
    """Begin with an authenticator app; its secret is shown on the answer."""
    try:
        by_hand(actor)
        begin_app(people, actor, password=password)
    except ProblemError as problem:
        return _page(request, people, actor, problem=problem, form="app")
    return _page(request, people, actor, shows_app=True)


@router.post(f"{PAGE}/app/code")
def app_code_form(request: Request, people: PeopleDep, actor: OwnAccount, code: Text = "") -> Response:
    """Take the first code of an authenticator app."""
    try:
        by_hand(actor)
        codes = confirm_app(people, actor, request.cookies.get(COOKIE, ""), code=code)
    except ProblemError as problem:
        return _page(request, people, actor, problem=problem, form="code", shows_app=True)
    if codes:
        return _page(request, people, _with_second(actor), codes=codes, said="app")
    return RedirectResponse(f"{PAGE}?said=app", 303)


@router.post(f"{PAGE}/app/remove")
def remove_app_form(request: Request, people: PeopleDep, actor: OwnAccount, password: Text = "") -> Response:
    """Take no more codes of the app."""
    try:
        by_hand(actor)
        remove_app(people, actor, request.cookies.get(COOKIE, ""), password=password)
    except ProblemError as problem:
        return _page(request, people, actor, problem=problem, form="remove")
    return RedirectResponse(f"{PAGE}?said=removed", 303)


@router.post(f"{PAGE}/passkeys/question")
def passkey_wanted(
    request: Request, people: PeopleDep, actor: OwnAccount, wanted: PasskeyWanted
) -> JSONResponse:
    """Return what the browser needs to make a passkey."""
    by_hand(actor)
    secret = request.cookies.get(COOKIE, "")
    return JSONResponse(begin_passkey(people, actor, secret, password=wanted.password))


@router.post(f"{PAGE}/passkeys")
def passkey_made(request: Request, people: PeopleDep, actor: OwnAccount, made: MadePasskey) -> JSONResponse:
    """Keep a passkey; new recovery codes are on the answer, once."""
    by_hand(actor)
    name = clean_name(made.name, whose="a name for the passkey")
    secret = request.cookies.get(COOKIE, "")
    return JSONResponse({"codes": add_passkey(people, actor, secret, name=name, answer=made.answer)})


@router.post(f"{PAGE}/passkeys/{{key}}/remove")
def remove_passkey_form(
    request: Request, key: str, people: PeopleDep, actor: OwnAccount, password: Text = ""
) -> Response:
    """Take a passkey no more."""
    try:
        by_hand(actor)
        remove_passkey(people, actor, request.cookies.get(COOKIE, ""), key=key, password=password)
    except ProblemError as problem:
        return _page(request, people, actor, problem=problem, form="remove")
    return RedirectResponse(f"{PAGE}?said=removed", 303)


@router.post(f"{PAGE}/codes")
def codes_form(request: Request, people: PeopleDep, actor: OwnAccount, password: Text = "") -> Response:
    """Make new recovery codes; they are shown on the answer, once."""
    try:
        by_hand(actor)
        codes = renew_codes(people, actor, request.cookies.get(COOKIE, ""), password=password)
    except ProblemError as problem:
        return _page(request, people, actor, problem=problem, form="codes")
    return _page(request, people, actor, codes=codes)


@router.post("/users/{user}/second-reset")
def reset_form(
    user: str,
    services: ServicesDep,
    actor: Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE, confirmed=True))],
    sure: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Take the second factors of somebody away who has lost them."""
    by_hand(actor)
    how = HowSure(sure) if sure in set(HowSure) else None
    with services.sessions.begin() as session:
        reset_factors(session, services, user=user, sure=how, by=actor)
    return RedirectResponse(f"/users/{user}", 303)


def _with_second(actor: Actor) -> Actor:
    """The same user, who has set up now what they had to."""
    return Actor(actor.kind, actor.id, actor.name, actor.roles, actor.csrf)


def _page(
    request: Request,
    people: PeopleServices,
    actor: Actor,
    *,
    said: str = "",
    form: str = "",
    shows_app: bool = False,
    codes: tuple[str, ...] = (),
    problem: ProblemError | None = None,
) -> Response:
    services: Services = people.core
    with services.readers() as session:
        keys, factors = passkeys_of(session, actor.id), factors_of(session, actor.id)
        way = way_of(session.get(User, actor.id), services.config.provider)
        waiting = waiting_app_secret(people, session, actor) if shows_app else None
        removed = did_lately(session, actor, *_REMOVALS, now=services.clock())
    policy = services.config.people.second_factor
    answer = pages(request).render(
        request,
        "second/factors.html",
        actor=actor,
        status=problem.status if problem else 200,
        page=factors_view(factors, keys, services.clock(), policy=policy, roles=actor.roles),
        app=None if waiting is None else app_to_scan(waiting, actor.name),
        codes=codes,
        done=done_words(said, factors, removed=removed),
        alone=alone_words(way, "You"),
        form=form,
        needs_password=not way.by_provider,
        has_name=relying_party(services.endpoints.dashboard_url) is not None,
        fault=problem.detail if problem else "",
    )
    answer.headers.update(problem.headers if problem else {})
    return answer
