"""JSON API of people: sign-in, set-up, officers. The pages with forms are in ``fleet.web``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from fleet.core.actor import Actor, Role
from fleet.core.bodies import RequestBody
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import ServicesDep
from fleet.people.access import COSTLY, PUBLIC, OwnAccount, Permission, require
from fleet.people.accounts.bad_links import noting_bad_links
from fleet.people.accounts.own import by_hand
from fleet.people.admission import HalfWay
from fleet.people.confirming.confirming import confirm_by_password
from fleet.people.known.browsers import remember
from fleet.people.models import Officer
from fleet.people.officers import add_officer, bring_back_officer, list_officers
from fleet.people.second_step import sign_in_with_code
from fleet.people.services import PeopleDep
from fleet.people.sessions import COOKIE, clear_cookie, origin_of, set_cookie
from fleet.people.sign_in import set_up, sign_in, sign_out

router = APIRouter(prefix="/api/v1", tags=["people"])

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]


class SignInCredentials(RequestBody):
    """What somebody signs in with."""

    name: Name
    password: str = Field(max_length=1024)


class SessionCredentials(SignInCredentials):
    """What somebody signs in with, and a code where they have a second factor."""

    code: str = Field("", max_length=100)


class Confirmation(RequestBody):
    """The password of whoever is signed in."""

    password: str = Field(max_length=1024)


class Setup(SignInCredentials):
    """What the first user is made from."""

    link: str = Field(max_length=200)


class Me(BaseModel):
    """Who is signed in, and the token that changing requests must carry."""

    name: str
    roles: list[Role]
    csrf: str

    @classmethod
    def of(cls, actor: Actor) -> Me:
        """Describe an actor."""
        return cls(name=actor.name, roles=sorted(actor.roles), csrf=actor.csrf)


class NewOfficer(RequestBody):
    """An officer to add."""

    name: Name


class OfficerView(BaseModel):
    """An officer."""

    id: str
    name: str
    created: datetime
    retired: datetime | None

    @classmethod
    def of(cls, officer: Officer) -> OfficerView:
        """Describe a row."""
        return cls(id=officer.id, name=officer.name, created=officer.created, retired=officer.retired)


@router.post("/setup", status_code=201, dependencies=[Depends(PUBLIC), COSTLY])
def post_setup(body: Setup, request: Request, response: Response, services: ServicesDep) -> Me:
    """Make the first user with the one-time link, and sign in."""
    with noting_bad_links(request):
        signed = set_up(
            services, link=body.link, name=body.name, password=body.password, origin=origin_of(request)
        )
    set_cookie(response, signed.secret)
    remember(request, response, signed.actor)
    return Me.of(signed.actor)


@router.post("/session", status_code=201, dependencies=[Depends(PUBLIC), COSTLY])
def post_session(body: SessionCredentials, request: Request, response: Response, people: PeopleDep) -> Me:
    """Sign in."""
    signed = sign_in(people, request, name=body.name, password=body.password)
    if isinstance(signed, HalfWay):
        if not body.code:
            raise ProblemError(401, "code_needed", "This account has a second factor: send its code as well.")
        signed = sign_in_with_code(people, request, secret=signed.secret, code=body.code)
    set_cookie(response, signed.secret)
    remember(request, response, signed.actor)
    return Me.of(signed.actor)


@router.get("/session")
def get_session_view(actor: OwnAccount) -> Me:
    """Say who is signed in."""
    return Me.of(actor)


@router.post("/session/confirmation", status_code=204)
def post_confirmation(body: Confirmation, actor: OwnAccount, request: Request, people: PeopleDep) -> None:
    """Confirm that it is still the same person, before what is sensitive; it counts for 15 minutes."""
    by_hand(actor)
    confirm_by_password(people, actor, request.cookies.get(COOKIE, ""), password=body.password)


@router.delete("/session", status_code=204)
def delete_session(actor: OwnAccount, request: Request, response: Response, services: ServicesDep) -> None:
    """Sign out."""
    sign_out(services, actor, request.cookies.get(COOKIE, ""))
    clear_cookie(response)


@router.get("/officers", dependencies=[Depends(require(Permission.SEE_CAMERAS))])
def get_officers(session: SessionDep, *, retired: bool = False) -> list[OfficerView]:
    """List the officers, with ``retired`` those too who wear no camera any more."""
    return [OfficerView.of(officer) for officer in list_officers(session, retired=retired)]


@router.post("/officers", status_code=201)
def post_officer(
    body: NewOfficer,
    session: SessionDep,
    services: ServicesDep,
    actor: Annotated[Actor, Depends(require(Permission.HAND_OUT))],
) -> OfficerView:
    """Add an officer."""
    return OfficerView.of(add_officer(session, services.random, name=body.name, by=actor))


@router.post("/officers/{officer}/back")
def post_back(
    officer: str, session: SessionDep, actor: Annotated[Actor, Depends(require(Permission.HAND_OUT))]
) -> OfficerView:
    """Let an officer who is retired wear cameras again."""
    return OfficerView.of(bring_back_officer(session, officer=officer, by=actor))
