"""The accounts of those who sign in through the provider, in the caller's transaction.

Rules:
- an account is of one issuer and one subject: a name or an e-mail address that is the same opens nothing that
  somebody else has (OpenID Connect Core, section 5.7);
- its roles are those that the configuration gives for what the provider says, at each sign-in anew, and no
  others; without any nobody is let in;
- it has no password of this fleet, and is no reason for the last administrator who has one to go; so the
  first account of a fleet is never one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import Turn, announce, now, take_turn
from fleet.core.live import ACCESS, USER
from fleet.core.problems import ProblemError
from fleet.core.sections.provider import ProviderSection
from fleet.core.services import Services
from fleet.people.accounts.users import end_sessions, withdraw_links
from fleet.people.factors.models import FactorStep
from fleet.people.models import User
from fleet.people.permissions import Permission, may
from fleet.people.provider.claims import name_of, roles_of
from fleet.people.provider.models import ProviderSignIn
from fleet.people.secrets import new_id

PROVIDER: Final = Actor(ActorKind.FLEET, "provider", "provider")
"""Who changes roles and ends sessions when the provider says so."""


def account_of(session: Session, services: Services, claims: Mapping[str, Any]) -> User | ProblemError:
    """Return the account of who the provider says this is, made when they come first.

    Returns:
        The account; or why they are not let in, where what has changed by it is to be kept.

    Raises:
        ProblemError: 403 no role, or no name that can be used; 409 the name is somebody else's.
    """
    section = services.config.provider
    take_turn(session, Turn.USERS)
    roles = roles_of(section, claims)
    user = user_of(session, section.issuer, str(claims["sub"]))
    if user is None and session.scalars(select(User.id).limit(1)).first() is None:
        detail = "Nobody can sign in yet: the first account is made with the link that the fleet printed."
        return ProblemError(403, "not_set_up", detail)
    if user is None:
        return _made(session, services, claims, roles)
    if user.roles != roles:
        set_provider_roles(session, user, roles)
    if user.is_out:
        return ProblemError(403, "user_retired", f"{user.name} is retired and cannot sign in.")
    return user if roles else _no_role(section)


def user_of(session: Session, issuer: str, subject: str) -> User | None:
    """Return whose account that is, locked until the transaction ends."""
    query = select(User).where(User.issuer == issuer, User.subject == subject)
    return session.scalars(query.with_for_update(of=User)).one_or_none()


def set_provider_roles(session: Session, user: User, roles: frozenset[Role]) -> None:
    """Give somebody what the provider's word gives them now; without any they are signed out."""
    before, user.roles = user.roles, roles
    detail = {"before": " ".join(sorted(before)), "roles": " ".join(sorted(roles))}
    record(session, PROVIDER, "people:user:roles", user.id, detail=detail)
    announce(session, USER, user.id)
    announce(session, ACCESS, user.id)
    if not may(roles, Permission.MANAGE_PEOPLE):
        withdraw_links(session, user)
    if not roles:
        end_all_of(session, user, "no role")


def end_all_of(session: Session, user: User, why: str) -> int:
    """Sign somebody out everywhere who has left the provider, half-way sign-ins too; return of how many."""
    session.execute(delete(ProviderSignIn).where(ProviderSignIn.user_id == user.id))
    session.execute(delete(FactorStep).where(FactorStep.user_id == user.id))
    ended = end_sessions(session, user)
    detail: dict[str, str | int] = {"sessions": ended, "why": why}
    record(session, PROVIDER, "people:session:end-all", user.id, detail=detail)
    return ended


def _made(
    session: Session, services: Services, claims: Mapping[str, Any], roles: frozenset[Role]
) -> User | ProblemError:
    section = services.config.provider
    name = name_of(section, claims)
    if not roles:
        return _no_role(section)
    if name is None:
        detail = f"{section.name} names nobody in {section.name_claim}; tell an administrator."
        return ProblemError(403, "name_missing", detail)
    if session.scalars(select(User.id).where(func.lower(User.name) == func.lower(name))).first() is not None:
        detail = f"There is another account named {name} here, not of {section.name}; ask an administrator."
        return ProblemError(409, "name_taken", detail)
    user = User(
        id=new_id(services.random),
        name=name,
        password="",
        roles=roles,
        created=now(session),
        retired=None,
        issuer=section.issuer,
        subject=str(claims["sub"]),
    )
    session.add(user)
    session.flush()
    detail_of = {"name": name, "roles": " ".join(sorted(roles)), "issuer": section.issuer}
    record(session, PROVIDER, "people:user:create", user.id, detail=detail_of)
    announce(session, USER, user.id)
    return user


def _no_role(section: ProviderSection) -> ProblemError:
    detail = f"What {section.name} says of you gives you no role here; ask an administrator."
    return ProblemError(403, "no_role", detail)
