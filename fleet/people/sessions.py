"""Sessions of signed-in browsers, and API tokens of programs.

Rules:
- a session's secret is random, is sent only in a cookie that scripts cannot read, and is kept as a digest;
- signing in always makes a new one (no fixation), signing out deletes it, and it ends after
  ``people.session_hours`` at the latest and ``people.idle_minutes`` without a request;
- "seen" is written at most once a minute, so that looking at pages is not writing.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import Response
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.people.models import ApiToken, User, UserSession
from fleet.people.secrets import digest, new_id, new_secret

COOKIE = "__Host-lapel"  # the prefix makes browsers insist on Secure, Path=/ and no Domain (RFC 6265bis)
SEEN_EVERY = timedelta(minutes=1)


def start_session(session: Session, services: Services, user: User) -> str:
    """Make a session for ``user`` and return its secret."""
    moment = now(session)
    secret = new_secret(services.random)
    session.execute(delete(UserSession).where(UserSession.expires <= moment))
    session.add(
        UserSession(
            id=new_id(services.random),
            digest=digest(secret),
            user_id=user.id,
            created=moment,
            seen=moment,
            expires=moment + timedelta(hours=services.config.people.session_hours),
        )
    )
    return secret


def end_session(session: Session, secret: str) -> None:
    """Delete a session; nothing happens when there is none."""
    session.execute(delete(UserSession).where(UserSession.digest == digest(secret)))


def set_cookie(response: Response, secret: str) -> None:
    """Give the browser its session."""
    response.set_cookie(COOKIE, secret, secure=True, httponly=True, samesite="lax", path="/")


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
            .options(joinedload(UserSession.user).joinedload(User.officer))
        ).one_or_none()
        if found is None:
            return None
        moment = now(session)
        idle_until = found.seen + timedelta(minutes=services.config.people.idle_minutes)
        if moment >= min(found.expires, idle_until) or found.user.has_left:
            return None
        user, seen, key = found.user, found.seen, found.id
    if seen_now and moment - seen >= SEEN_EVERY:
        with services.sessions.begin() as session:
            session.execute(update(UserSession).where(UserSession.id == key).values(seen=moment))
    return Actor(ActorKind.USER, user.id, user.name, user.roles, csrf)


def create_token(
    session: Session, services: Services, *, name: str, roles: frozenset[Role], by: Actor
) -> str:
    """Make an API token and return it; it cannot be shown again.

    Raises:
        ProblemError: 409 when the name is taken.
    """
    if session.scalars(select(ApiToken).where(ApiToken.name == name)).first() is not None:
        raise ProblemError(409, "name_taken", f"There is a token named {name} already; choose another name.")
    token = new_secret(services.random)
    row = ApiToken(
        id=new_id(services.random),
        name=name,
        digest=digest(token),
        roles=roles,
        created=now(session),
        revoked=None,
    )
    session.add(row)
    record(
        session, by, "people:token:create", row.id, detail={"name": name, "roles": " ".join(sorted(roles))}
    )
    return token


def actor_of_token(services: Services, token: str) -> Actor | None:
    """Return the program of a token that is not revoked, or None."""
    with services.readers() as session:
        found = session.scalars(select(ApiToken).where(ApiToken.digest == digest(token))).one_or_none()
    if found is None or found.revoked is not None:
        return None
    return Actor(ActorKind.TOKEN, found.id, found.name, found.roles)
