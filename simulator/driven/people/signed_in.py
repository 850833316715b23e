"""Signs people in at a fleet in this process, without passwords: what only people may do is done as they."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from fleet.core.actor import Role
from fleet.people.admission import begin_session
from fleet.people.factors.rules import SecondKind
from fleet.people.models import User
from fleet.people.secrets import new_id
from fleet.people.sessions import COOKIE, NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fleet.core.services import Services

NO_PASSWORD = "!"  # noqa: S105 - no password has this digest: nobody signs in with one


@dataclass(frozen=True, slots=True)
class SignedInPerson:
    """Somebody who is signed in: the cookie of their browser, and the token that their changes carry."""

    cookie: str
    csrf: str


def sign_in_person(
    services: Services, name: str, roles: Iterable[str], officer: str | None = None
) -> SignedInPerson:
    """Sign a person in who has just shown who they are; their account is made at the first time.

    Args:
        services: The fleet's.
        name: What they sign in with.
        roles: What a new account may do.
        officer: Which officer they are, by the id of the officer; None for none.
    """
    with services.sessions.begin() as session:
        user = session.scalars(select(User).where(User.name == name)).one_or_none()
        if user is None:
            user = User(
                id=new_id(services.random),
                name=name,
                password=NO_PASSWORD,
                roles=frozenset(map(Role, roles)),
                created=services.clock(),
                retired=None,
                officer_id=officer,
            )
            session.add(user)
            session.flush()
        signed = begin_session(session, services, user, NOWHERE, SecondKind.APP, is_new=False)
    return SignedInPerson(f"{COOKIE}={signed.secret}", signed.csrf)
