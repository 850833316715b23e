"""Which browser asks, and having one that somebody has just signed in with be known from then on.

Rules are those of ``fleet.people.known.cookie``. Break-glass makes no browser known: whoever comes by it was
let in by the host, and not by what they know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fleet.core.errors import StateError
from fleet.people.known.cookie import COOKIE, FamiliarBrowser, keep_known, known_browser
from fleet.people.models import User
from fleet.people.services import PEOPLE
from fleet.people.sessions import origin_of

if TYPE_CHECKING:
    from fastapi import Request, Response

    from fleet.core.actor import Actor
    from fleet.people.services import PeopleServices


def browser_of(people: PeopleServices, request: Request) -> FamiliarBrowser | None:
    """Return the browser that asks; None for one that nobody is known to have signed in with."""
    cookie = request.cookies.get(COOKIE)
    return known_browser(people.seal, cookie, people.core.clock()) if cookie else None


def where_counted(people: PeopleServices, request: Request) -> str:
    """Return what a failure that names nobody is counted by: the browser where known, or the address.

    Nothing can be guessed there: a passkey, or what a provider of identities says.
    """
    known = browser_of(people, request)
    return f"address {origin_of(request).address}" if known is None else known.key


def own_browser(people: PeopleServices, request: Request, name: str) -> FamiliarBrowser | None:
    """Return the browser that asks where the user of this name signed in with it, under their password."""
    known = browser_of(people, request)
    if known is None:
        return None
    with people.core.readers() as session:
        query = select(User).where(User.id == known.user, func.lower(User.name) == func.lower(name))
        return known if known.is_of(session.scalars(query).one_or_none()) else None


def browser_of_user(people: PeopleServices, request: Request, user: str) -> FamiliarBrowser | None:
    """Return the browser that asks where the user of this id signed in with it, under their password."""
    known = browser_of(people, request)
    if known is None:
        return None
    with people.core.readers() as session:
        return known if known.is_of(session.get(User, user)) else None


def remember(request: Request, response: Response, actor: Actor) -> None:
    """Have the browser known from now on that gets this answer; where that cannot be done, it is not."""
    if actor.by_break_glass:
        return
    people = PEOPLE(request)
    with people.core.readers() as session:
        user = session.get(User, actor.id)
    if user is None:
        return
    known = FamiliarBrowser.new(user, people.core.random, people.core.clock())
    try:
        keep_known(response, known.signed(people.seal))
    except StateError:
        return  # they are signed in all the same; that the key cannot be used is said where it is needed
