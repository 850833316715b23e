"""Sessions of signed-in browsers.

Rules:
- a session's secret is random, is sent only in a cookie that scripts cannot read, and is kept as a digest;
- signing in always makes a new one (no fixation), signing out deletes it, and it ends after
  ``people.session_hours`` at the latest and ``people.idle_minutes`` without a request;
- one that was begun without the second factor that its user has to have opens nothing but the page that sets
  one up;
- one that break-glass let in has its rights and ends with it;
- it keeps when its person last showed who they are (``fleet.people.confirming``);
- "seen" is written at most once a minute, so that looking at pages is not writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import now
from fleet.core.one_time import is_ahead
from fleet.core.services import Services
from fleet.people.factors.rules import SecondKind, is_needed
from fleet.people.limits.break_glass import ROLES
from fleet.people.models import BreakGlass, User, UserSession
from fleet.people.secrets import digest, new_id, new_secret

COOKIE = "__Host-lapel"  # the prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis)
STEP_COOKIE = "__Host-lapel-step"
"""Of a sign-in that is half-way (``fleet.people.factors.steps``)."""
SEEN_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody signs in: the address, and what the browser calls itself."""

    address: str
    agent: str


NOWHERE = Origin("", "")
"""An origin of which nothing is known."""


def origin_of(request: Request) -> Origin:
    """Return where a request comes from, as far as that is shown and kept."""
    agent = "".join(each for each in request.headers.get("user-agent", "") if each.isprintable())
    return Origin(request.client.host[:64] if request.client else "", agent[:LONGEST_AGENT])


def start_session(
    session: Session,
    services: Services,
    user: User,
    origin: Origin,
    second: SecondKind | None = None,
    *,
    glass: BreakGlass | None = None,
    confirmed: datetime | None = None,
) -> str:
    """Make a session for ``user`` and return its secret.

    Args:
        session: the caller's.
        services: the fleet's.
        user: who is let in.
        origin: where they are.
        second: what was shown besides a password.
        glass: the break-glass that lets them in.
        confirmed: when they showed who they are; None for this moment.
    """
    moment = now(session)
    expires = moment + timedelta(hours=services.config.people.session_hours)
    secret = new_secret(services.random)
    session.execute(delete(UserSession).where(UserSession.expires <= moment))
    session.add(
        UserSession(
            id=new_id(services.random),
            digest=digest(secret),
            user_id=user.id,
            created=moment,
            seen=moment,
            expires=expires if glass is None else min(expires, glass.ends),
            address=origin.address or None,
            agent=origin.agent or None,
            second=None if second is None else str(second),
            break_glass_id=None if glass is None else glass.id,
            confirmed=moment if confirmed is None else confirmed,
        )
    )
    return secret


def end_session(session: Session, secret: str) -> None:
    """Delete a session; nothing happens when there is none."""
    session.execute(delete(UserSession).where(UserSession.digest == digest(secret)))


def set_cookie(response: Response, secret: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, secret, secure=True, httponly=True, samesite="lax", path="/")


def set_step_cookie(response: Response, secret: str) -> None:
    """Give the browser its half of a sign-in."""
    response.set_cookie(STEP_COOKIE, secret, secure=True, httponly=True, samesite="strict", path="/")


def clear_step_cookie(response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(STEP_COOKIE, secure=True, httponly=True, samesite="strict", path="/")


def lacks_second(services: Services, roles: frozenset[Role], second: str | None) -> bool:
    """Say whether a session with these roles may do nothing but set up a second factor."""
    return second is None and is_needed(services.config.people.second_factor, roles)


def clear_cookie(response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax", path="/")


def actor_of_session(services: Services, secret: str, csrf: str, *, seen_now: bool = True) -> Actor | None:
    """Return the user of a session that is still good, or None.

    Args:
        services: the fleet's.
        secret: the cookie's.
        csrf: what its forms carry.
        seen_now: whether this is somebody at work, which keeps the session from going idle.
    """
    with services.readers() as session:
        found = session.scalars(
            select(UserSession)
            .where(UserSession.digest == digest(secret))
            .options(
                joinedload(UserSession.user).joinedload(User.officer), joinedload(UserSession.break_glass)
            )
        ).one_or_none()
        if found is None:
            return None
        moment = now(session)
        idle_until = found.seen + timedelta(minutes=services.config.people.idle_minutes)
        if moment >= min(found.expires, idle_until) or found.user.is_out:
            return None
        if is_ahead(found.created, moment) or is_ahead(found.seen, moment):
            return None  # by a clock that was wrong: it would not end for as long as that was
        user, seen, key, glass = found.user, found.seen, found.id, found.break_glass
        confirmed = found.confirmed
        if glass is not None and not glass.span.lasts(moment):
            return None
        roles = user.roles if glass is None else ROLES
        lacks = glass is None and lacks_second(services, roles, found.second)
    if seen_now and moment - seen >= SEEN_EVERY:
        with services.sessions.begin() as session:
            session.execute(update(UserSession).where(UserSession.id == key).values(seen=moment))
    return Actor(
        ActorKind.USER,
        user.id,
        user.name,
        roles,
        csrf,
        lacks_second=lacks,
        by_break_glass=glass is not None,
        confirmed=confirmed,
    )
