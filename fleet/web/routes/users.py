"""Users: invited, given roles and relieved of them, retired and brought back; tokens of programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from fleet.core.actor import Actor, ActorKind
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.people.accounts.links import invite, new_password_link, open_invitations, withdraw_invitation
from fleet.people.accounts.users import (
    bring_back_user,
    get_user,
    list_sessions,
    list_users,
    retire_user,
    set_roles,
    sign_out_everywhere,
)
from fleet.people.factors.held import factors_of
from fleet.people.secrets import digest
from fleet.people.sessions import COOKIE
from fleet.people.tokens import create_token, list_tokens, revoke_token
from fleet.web.faults import PageRoute
from fleet.web.forms import clean_name
from fleet.web.templating import pages
from fleet.web.views.people.accounts import account, invitation_views, session_views, token_views
from fleet.web.views.people.notices import SURE_WORDS
from fleet.web.views.people.roles import chosen_roles, role_boxes
from fleet.web.views.people.second import factors_sentence

router = APIRouter(route_class=PageRoute)

Manager = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
Giver = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE, confirmed=True))]
Roles = Annotated[list[str] | None, Form()]
_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a form on the list sent, to be shown again when it is refused."""

    form: str = ""
    name: str = ""
    roles: tuple[str, ...] = ()
    days: str = ""


@router.get("/users")
def users_page(request: Request, services: ServicesDep, actor: Manager) -> Response:
    """List who can sign in, who is invited, and the programs that have a token."""
    return _list(request, services, actor)


@router.post("/users/invitations")
def invite_form(
    request: Request,
    services: ServicesDep,
    actor: Giver,
    name: Annotated[str, Form()] = "",
    role: Roles = None,
) -> Response:
    """Invite somebody; the link is shown on the answer, once."""
    typed = _Typed("invite", name, tuple(role or ()))

    def change(session: Session) -> str:
        clean = clean_name(name, whose="their name")
        return invite(session, services, name=clean, roles=chosen_roles(typed.roles), by=actor)

    return _shown_once(request, services, actor, typed, change)


@router.post("/users/invitations/{link}/withdraw")
def withdraw_form(request: Request, link: str, services: ServicesDep, actor: Manager) -> Response:
    """Make an invitation worthless."""
    return _listed(
        request, services, actor, lambda session: withdraw_invitation(session, link=link, by=actor)
    )


@router.post("/users/tokens")
def token_form(
    request: Request,
    services: ServicesDep,
    actor: Giver,
    name: Annotated[str, Form()] = "",
    days: Annotated[str, Form()] = "",
    role: Roles = None,
) -> Response:
    """Make a program's token; it is shown on the answer, once."""
    typed = _Typed("token", name, tuple(role or ()), days)

    def change(session: Session) -> str:
        clean = clean_name(name, whose="the program's name")
        chosen = chosen_roles(typed.roles)
        return create_token(session, services, name=clean, roles=chosen, by=actor, days=_days(days))

    return _shown_once(request, services, actor, typed, change)


@router.post("/users/tokens/{token}/revoke")
def revoke_form(request: Request, token: str, services: ServicesDep, actor: Manager) -> Response:
    """Make a token worthless."""
    return _listed(request, services, actor, lambda session: revoke_token(session, token=token, by=actor))


@router.get("/users/{user}")
def user_page(request: Request, user: str, services: ServicesDep, actor: Manager) -> Response:
    """Show one user."""
    return _one(request, services, actor, user)


@router.post("/users/{user}/roles")
def roles_form(
    request: Request, user: str, services: ServicesDep, actor: Giver, role: Roles = None, seen: Roles = None
) -> Response:
    """Let somebody do other things than before."""
    chosen = tuple(role or ())

    def change(session: Session) -> object:
        return set_roles(session, user=user, roles=chosen_roles(chosen), by=actor, seen=seen)

    return _changed(request, services, actor, user, change, roles=chosen)


@router.post("/users/{user}/retire")
def retire_form(request: Request, user: str, services: ServicesDep, actor: Manager) -> Response:
    """Have somebody sign in no more."""
    return _changed(request, services, actor, user, lambda session: retire_user(session, user=user, by=actor))


@router.post("/users/{user}/back")
def back_form(request: Request, user: str, services: ServicesDep, actor: Giver) -> Response:
    """Let somebody who is retired sign in again."""
    return _changed(
        request, services, actor, user, lambda session: bring_back_user(session, user=user, by=actor)
    )


@router.post("/users/{user}/sign-out")
def sign_out_form(request: Request, user: str, services: ServicesDep, actor: Manager) -> Response:
    """Sign somebody out everywhere."""
    return _changed(
        request, services, actor, user, lambda session: sign_out_everywhere(session, user=user, by=actor)
    )


@router.post("/users/{user}/password-link")
def password_link_form(request: Request, user: str, services: ServicesDep, actor: Giver) -> Response:
    """Make a link by which they choose another password; it is shown on the answer, once."""
    try:
        _by_hand(actor)
        with services.sessions.begin() as session:
            link = new_password_link(session, services, user=user, by=actor)
    except ProblemError as problem:
        return _one(request, services, actor, user, problem=problem)
    return _one(request, services, actor, user, link=link)


def _by_hand(actor: Actor) -> None:
    """Refuse programs: a token that leaked must not make itself people.

    Raises:
        ProblemError: 403.
    """
    if actor.kind is not ActorKind.USER:
        raise ProblemError(403, "people_only", "Only somebody who is signed in can do this, and no program.")


def _days(text: str) -> int | None:
    """Return for how many days a token is good; None for one without an end.

    Raises:
        ProblemError: 422 for what is no number of days.
    """
    if not text.strip():
        return None
    days = int(text) if text.strip().isascii() and text.strip().isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - digits
    if not 1 <= days <= _LONGEST_DAYS:
        raise ProblemError(422, "days_wrong", f"Type a number of days from 1 to {_LONGEST_DAYS}, or nothing.")
    return days


def _changed(
    request: Request,
    services: Services,
    actor: Actor,
    user: str,
    change: Callable[[Session], object],
    *,
    roles: Sequence[str] | None = None,
) -> Response:
    try:
        _by_hand(actor)
        with services.sessions.begin() as session:
            change(session)
    except ProblemError as problem:
        return _one(request, services, actor, user, roles=roles, problem=problem)
    return RedirectResponse(f"/users/{user}", 303)


def _listed(
    request: Request, services: Services, actor: Actor, change: Callable[[Session], object]
) -> Response:
    try:
        _by_hand(actor)
        with services.sessions.begin() as session:
            change(session)
    except ProblemError as problem:
        return _list(request, services, actor, problem=problem)
    return RedirectResponse("/users", 303)


def _shown_once(
    request: Request, services: Services, actor: Actor, typed: _Typed, change: Callable[[Session], str]
) -> Response:
    try:
        _by_hand(actor)
        with services.sessions.begin() as session:
            made = change(session)
    except ProblemError as problem:
        return _list(request, services, actor, typed=typed, problem=problem)
    return _list(request, services, actor, made=(typed.form, " ".join(typed.name.split()), made))


def _list(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    typed: _Typed = _Typed(),
    made: tuple[str, str, str] = ("", "", ""),
    problem: ProblemError | None = None,
) -> Response:
    now = services.clock()
    with services.readers() as session:
        users = [account(each, now, services.config.provider, me=actor.id) for each in list_users(session)]
        invitations = invitation_views(open_invitations(session), now)
        tokens = token_views(list_tokens(session), now)
    return pages(request).render(
        request,
        "users.html",
        actor=actor,
        status=problem.status if problem else 200,
        users=users,
        invitations=invitations,
        tokens=tokens,
        hours=services.config.people.invitation_hours,
        typed=typed,
        boxes=role_boxes(typed.roles),
        made_form=made[0],
        made_for=made[1],
        made=made[2],
        fault=problem.detail if problem else "",
    )


def _one(
    request: Request,
    services: Services,
    actor: Actor,
    user: str,
    *,
    roles: Sequence[str] | None = None,
    link: str = "",
    problem: ProblemError | None = None,
) -> Response:
    now, this = services.clock(), digest(request.cookies.get(COOKIE, ""))
    idle = timedelta(minutes=services.config.people.idle_minutes)
    with services.readers() as session:
        row = get_user(session, user)
        shown = account(row, now, services.config.provider, me=actor.id)
        signed_in = session_views(list_sessions(session, user, idle=idle), now, this=this)
        second = factors_sentence(factors_of(session, user), shown.way)
        ticked = [str(each) for each in row.roles] if roles is None else roles
    return pages(request).render(
        request,
        "user.html",
        actor=actor,
        status=problem.status if problem else 200,
        user=shown,
        second=second,
        sessions=signed_in,
        boxes=role_boxes(ticked),
        hours=services.config.people.invitation_hours,
        link=link,
        sure=SURE_WORDS.items(),
        fault=problem.detail if problem else "",
    )
