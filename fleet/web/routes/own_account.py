"""Joining by a link, and what somebody does with their own account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from fleet.core.actor import Actor
from fleet.core.database import SessionDep
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import COSTLY, PUBLIC, OwnAccount
from fleet.people.accounts.bad_links import noting_bad_links
from fleet.people.accounts.lately import did_lately
from fleet.people.accounts.links import check_link, use_link
from fleet.people.accounts.notices import notices_of
from fleet.people.accounts.own import by_hand, change_password
from fleet.people.accounts.users import get_user, list_sessions, sign_out_everywhere
from fleet.people.admission import admit
from fleet.people.factors.held import factors_of
from fleet.people.known.browsers import remember
from fleet.people.models import AccessLink, User
from fleet.people.notices.rules import KEPT_FOR
from fleet.people.permissions import Permission, may
from fleet.people.secrets import digest
from fleet.people.services import PeopleDep
from fleet.people.sessions import COOKIE, origin_of
from fleet.web.faults import PageRoute
from fleet.web.forms import same_passwords
from fleet.web.let_in import let_in
from fleet.web.templating import pages
from fleet.web.views.moments import count
from fleet.web.views.people.accounts import session_views
from fleet.web.views.people.notices import notice_views
from fleet.web.views.people.roles import role_list
from fleet.web.views.people.second import own_factors_sentence
from fleet.web.views.people.way import WayIn, way_of

router = APIRouter(route_class=PageRoute)
_costly = [Depends(PUBLIC), COSTLY]

Text = Annotated[str, Form()]


@router.get("/join/{link}", dependencies=_costly)
def join_page(request: Request, link: str, session: SessionDep, services: ServicesDep) -> Response:
    """Show the form for a password, while the link is good."""
    with noting_bad_links(request):
        return _join_form(request, services, check_link(session, link))


@router.post("/join/{link}", dependencies=_costly)
def join_form(
    request: Request, link: str, services: ServicesDep, password: Text = "", again: Text = ""
) -> Response:
    """Make the account, or give it the new password, and sign in."""
    try:
        same_passwords(password, again)
        with noting_bad_links(request):
            user = use_link(services, secret=link, password=password, origin=origin_of(request))
    except ProblemError as problem:
        if problem.status != 422:  # noqa: PLR2004 - what typing again can put right
            raise
        with noting_bad_links(request), services.readers() as session:
            return _join_form(request, services, check_link(session, link), problem=problem)
    with services.sessions.begin() as session:
        # That a new password was chosen by it is told, and no more of the same moment. Who has a second
        # factor is told of the browser too: passing that got them further than the link alone lets anybody.
        signed = admit(session, services, get_user(session, user), origin_of(request), is_new=False)
    return let_in(request, signed, "/")


@router.get("/account")
def account_page(request: Request, services: ServicesDep, actor: OwnAccount, said: str = "") -> Response:
    """Show one's own account."""
    return _account(request, services, actor, said=said)


@router.post("/account/password")
def password_form(
    request: Request,
    people: PeopleDep,
    actor: OwnAccount,
    old: Text = "",
    password: Text = "",
    again: Text = "",
) -> Response:
    """Choose another password."""
    try:
        by_hand(actor)
        same_passwords(password, again)
        change_password(people, actor, request.cookies.get(COOKIE, ""), old=old, new=password)
    except ProblemError as problem:
        return _account(request, people.core, actor, problem=problem)
    answer = RedirectResponse("/account?said=password", 303)
    remember(request, answer, actor)  # it was known under the password of before
    return answer


@router.post("/account/sign-out-elsewhere")
def elsewhere_form(request: Request, services: ServicesDep, actor: OwnAccount) -> Response:
    """End one's other sessions."""
    try:
        by_hand(actor)
        this = digest(request.cookies.get(COOKIE, ""))
        with services.sessions.begin() as session:
            sign_out_everywhere(session, user=actor.id, by=actor, but=this)
    except ProblemError as problem:
        return _account(request, services, actor, problem=problem)
    return RedirectResponse("/account?said=elsewhere", 303)


def _join_form(
    request: Request, services: Services, link: AccessLink, *, problem: ProblemError | None = None
) -> Response:
    return pages(request).render(
        request,
        "join.html",
        status=problem.status if problem else 200,
        name=link.name,
        roles=role_list(link.roles),
        by=link.created_by,
        renews=link.user_id is not None,
        fault=problem.detail if problem else "",
        shortest=services.config.people.password_length,
    )


def _account(
    request: Request,
    services: Services,
    actor: Actor,
    *,
    said: str = "",
    problem: ProblemError | None = None,
) -> Response:
    now, this = services.clock(), digest(request.cookies.get(COOKIE, ""))
    idle = timedelta(minutes=services.config.people.idle_minutes)
    with services.readers() as session:
        sessions = session_views(list_sessions(session, actor.id, idle=idle), now, this=this)
        factors = factors_of(session, actor.id)
        way = way_of(session.get(User, actor.id), services.config.provider)
        changed = did_lately(session, actor, "people:password:change", now=now)
        ended = did_lately(session, actor, "people:session:end-one", now=now)
        disowned = did_lately(session, actor, "people:notice:disown", now=now)
        happened = () if actor.by_break_glass else notices_of(session, actor.id)
    here = count(len(sessions), "session")
    # An address that is opened again later, or that somebody sent, says nothing that is not so.
    done = {
        "password": f"The password is changed; you have {here} now." if changed else "",
        "one": f"That session is over; you have {here} now." if ended else "",
        "elsewhere": f"You are signed out everywhere else; you have {here} now."
        if len(sessions) == 1
        else "",
        "not-me": _not_me_words(has_password=way.has_password, here=len(sessions)) if disowned else "",
    }
    answer = pages(request).render(
        request,
        "my_account.html",
        actor=actor,
        status=problem.status if problem else 200,
        roles=role_list(actor.roles),
        sessions=sessions,
        happened=notice_views(happened, now),
        kept_days=KEPT_FOR.days,
        second=own_factors_sentence(factors, way),
        way=way,
        goes_with_it=way.way is WayIn.PROVIDER,
        may_own=may(actor.roles, Permission.OWN),
        shortest=services.config.people.password_length,
        done=done.get(said, ""),
        fault=problem.detail if problem else "",
    )
    answer.headers.update(problem.headers if problem else {})
    return answer


def _not_me_words(*, has_password: bool, here: int) -> str:
    alone = "You are signed out everywhere else, and" if here == 1 else "Your other sessions were ended, and"
    then = "Choose another password now" if has_password else "Change how you sign in at your provider now"
    return f"{alone} the administrators have an alert of it. {then}, and look at your second factor."
