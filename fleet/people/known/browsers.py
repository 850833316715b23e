"""Which browser asks, and having one that somebody has just signed in with be known from then on.

Rules are those of ``fleet.people.known.cookie``. Break-glass makes no browser known: whoever comes by it was
let in by the host, and not by what they know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fleet.core.errors import StateError
from fleet.people.known.cookie import COOKIE, FamiliarBrowser, cookie_of, keep_known, known_browsers
from fleet.people.models import User
from fleet.people.notices.models import AccountNotice
from fleet.people.services import PEOPLE
from fleet.people.sessions import origin_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import Request, Response
    from sqlalchemy.orm import Session

    from fleet.core.actor import Actor
    from fleet.people.services import PeopleServices


def browsers_of(people: PeopleServices, request: Request) -> tuple[FamiliarBrowser, ...]:
    """Return for whom the browser that asks is known, whoever signed in last first."""
    cookie = request.cookies.get(COOKIE)
    return known_browsers(people.seal, cookie, people.core.clock()) if cookie else ()


def browser_of(people: PeopleServices, request: Request) -> FamiliarBrowser | None:
    """Return the browser that asks, as that of who signed in last; None for one that nobody is known for."""
    return next(iter(browsers_of(people, request)), None)


def where_counted(people: PeopleServices, request: Request) -> str:
    """Return what a failure that names nobody is counted by: the browser where known, or the address.

    Nothing can be guessed there: a passkey, or what a provider of identities says.
    """
    known = browser_of(people, request)
    return f"address {origin_of(request).address}" if known is None else known.key


def own_browser(people: PeopleServices, request: Request, name: str) -> FamiliarBrowser | None:
    """Return the browser that asks where the user of this name signed in with it, under their password."""
    known = browsers_of(people, request)
    if not known:
        return None
    with people.core.readers() as session:
        ids = [each.user for each in known]
        query = select(User).where(User.id.in_(ids), func.lower(User.name) == func.lower(name))
        return _of(known, session.scalars(query).one_or_none())


def browser_of_user(people: PeopleServices, request: Request, user: str) -> FamiliarBrowser | None:
    """Return the browser that asks where the user of this id signed in with it, under their password."""
    known = browsers_of(people, request)
    if not known:
        return None
    with people.core.readers() as session:
        return _of(known, session.get(User, user))


def key_of(people: PeopleServices, request: Request, user: str) -> str:
    """Return what tells this browser from others of somebody, whatever their password was; empty for none."""
    return next((each.key for each in browsers_of(people, request) if each.user == user), "")


def is_new(people: PeopleServices, session: Session, request: Request, user: User) -> bool:
    """Say whether somebody is not known to have signed in with the browser that asks.

    Nor is a browser known that was so before they last said that something on their account was not they.
    """
    known = _of(browsers_of(people, request), user)
    if known is None:
        return True
    disowned = session.scalar(
        select(func.max(AccountNotice.disowned)).where(AccountNotice.user_id == user.id)
    )
    return disowned is not None and known.made < int(disowned.timestamp())


def remember(request: Request, response: Response, actor: Actor) -> None:
    """Have the browser known from now on that gets this answer; where that cannot be done, it is not."""
    if actor.by_break_glass:
        return
    people = PEOPLE(request)
    with people.core.readers() as session:
        user = session.get(User, actor.id)
    if user is None:
        return
    there = browsers_of(people, request)
    before = next((each for each in there if each.user == user.id), None)
    known = FamiliarBrowser.new(user, people.core.random, people.core.clock(), before=before)
    others = [each for each in there if each.user != user.id]
    try:
        keep_known(response, cookie_of(people.seal, (known, *others)))
    except StateError:
        return  # they are signed in all the same; that the key cannot be used is said where it is needed


def _of(known: Sequence[FamiliarBrowser], user: User | None) -> FamiliarBrowser | None:
    return next((each for each in known if each.is_of(user)), None)
