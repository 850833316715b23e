"""People who are signed in, each in a browser of their own, without passwords or second factors."""

from __future__ import annotations

from fleet.core.actor import Actor, ActorKind, Role
from fleet.people.models import User
from fleet.people.secrets import new_id
from fleet.people.sessions import COOKIE, NOWHERE, start_session
from fleet.server.compose import FleetServices
from tests.support.fleet.filling_in import Browser


def add_user(services: FleetServices, name: str, *roles: Role, officer: str | None = None) -> Actor:
    """Have somebody who can sign in; nobody knows their password."""
    held = frozenset(roles)
    with services.sessions.begin() as session:
        user = User(
            id=new_id(services.random),
            name=name,
            password="",
            roles=held,
            created=services.clock(),
            officer_id=officer,
        )
        session.add(user)
    return Actor(ActorKind.USER, user.id, name, held)


def sign_in_as(services: FleetServices, browser: Browser, actor: Actor) -> Browser:
    """Have a browser be signed in as somebody."""
    with services.sessions.begin() as session:
        secret = start_session(session, services, session.get_one(User, actor.id), NOWHERE)
    browser.client.cookies.set(COOKIE, secret)
    return browser
