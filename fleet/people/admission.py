"""Letting somebody in of whom it is known who they are, or asking for their second factor first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind
from fleet.core.services import Services
from fleet.people.factors.held import factors_of
from fleet.people.factors.rules import Factors, SecondKind
from fleet.people.factors.steps import begin_step
from fleet.people.models import User
from fleet.people.notices.noting import note
from fleet.people.notices.rules import NoticeKind
from fleet.people.secrets import csrf_token
from fleet.people.sessions import Origin, lacks_second, start_session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session.

    Attributes:
        secret: for the cookie (``fleet.people.sessions.set_cookie``).
        csrf: what its forms must carry.
        actor: who signed in.
    """

    secret: str
    csrf: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right, and something else is needed.

    Attributes:
        secret: for the cookie (``fleet.people.sessions.set_step_cookie``).
        factors: what the user has.
    """

    secret: str
    factors: Factors


def admit(
    session: Session,
    services: Services,
    user: User,
    origin: Origin,
    *,
    is_new: bool,
    confirmed: datetime | None = None,
) -> SignedIn | HalfWay:
    """Sign somebody in whose password was right, or ask for their second factor.

    ``is_new`` and ``confirmed`` are those of ``begin_session``.
    """
    factors = factors_of(session, user.id)
    if factors.any:
        return HalfWay(begin_step(session, services, user=user.id), factors)
    return begin_session(session, services, user, origin, is_new=is_new, confirmed=confirmed)


def begin_session(
    session: Session,
    services: Services,
    user: User,
    origin: Origin,
    second: SecondKind | None = None,
    *,
    is_new: bool,
    confirmed: datetime | None = None,
) -> SignedIn:
    """Sign somebody in who has shown all that is asked of them.

    Args:
        session: the caller's.
        services: the fleet's.
        user: who is let in.
        origin: where they are.
        second: what they showed besides a password.
        is_new: whether it is by a browser that is not known as theirs, which they are told of elsewhere.
        confirmed: when they showed it; None for this moment.
    """
    secret = start_session(session, services, user, origin, second, confirmed=confirmed)
    if is_new:
        note(session, services.random, NoticeKind.BROWSER, user.id, origin, doer=secret)
    csrf = csrf_token(secret)
    lacks = lacks_second(services, user.roles, second)
    actor = Actor(
        ActorKind.USER, user.id, user.name, user.roles, csrf, lacks_second=lacks, address=origin.address
    )
    detail = {} if second is None else {"second": str(second)}
    record(session, actor, "people:session:start", user.id, detail=detail or None)
    return SignedIn(secret, csrf, actor)
