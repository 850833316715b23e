"""API tokens of programs.

Rules:
- a token is random, is shown once, to whoever made it, and is kept as a digest;
- it has roles of its own, may expire, and is revoked with effect at once;
- "seen" is written at most once a minute, so that asking is not writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fleet.audit.log import record
from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.database import announce, now
from fleet.core.live import ACCESS, USER
from fleet.core.natural import natural_key
from fleet.core.one_time import is_ahead
from fleet.core.problems import ProblemError, not_found
from fleet.core.services import Services
from fleet.people.limits.break_glass import make_no_token
from fleet.people.models import ApiToken
from fleet.people.secrets import digest, new_id, new_secret
from fleet.people.sessions import SEEN_EVERY


def create_token(
    session: Session,
    services: Services,
    *,
    name: str,
    roles: frozenset[Role],
    by: Actor,
    days: int | None = None,
) -> str:
    """Make an API token and return it; it cannot be shown again.

    Args:
        session: the caller's; it commits.
        services: the fleet's.
        name: what the audit log calls the program.
        roles: what it may do.
        by: who makes it.
        days: how long it is good for; None until it is revoked.

    Raises:
        ProblemError: 409 when the name is taken; 422 without a role; 403 within break-glass.
    """
    make_no_token(by)
    if not roles:
        raise ProblemError(422, "roles_missing", "Choose at least one role.")
    if session.scalars(select(ApiToken).where(ApiToken.name == name)).first() is not None:
        raise ProblemError(409, "name_taken", f"There is a token named {name} already; choose another name.")
    token, moment = new_secret(services.random), now(session)
    row = ApiToken(
        id=new_id(services.random),
        name=name,
        digest=digest(token),
        roles=roles,
        created=moment,
        revoked=None,
        expires=None if days is None else moment + timedelta(days=days),
    )
    session.add(row)
    detail: dict[str, str | int] = {
        "name": name,
        "roles": " ".join(sorted(roles)),
        **({} if days is None else {"days": days}),
    }
    record(session, by, "people:token:create", row.id, detail=detail)
    announce(session, USER, row.id)
    return token


def list_tokens(session: Session) -> Sequence[ApiToken]:
    """Return all tokens that were ever made, by name as people count."""
    return sorted(session.scalars(select(ApiToken)), key=lambda token: natural_key(token.name))


def revoke_token(session: Session, *, token: str, by: Actor) -> ApiToken:
    """Make a token worthless at once, by its id; twice is once.

    Raises:
        ProblemError: 404 when there is no such token.
    """
    row = session.get(ApiToken, token, with_for_update=True)
    if row is None:
        raise not_found(f"token {token}")
    if row.revoked is None:
        row.revoked = now(session)
        record(session, by, "people:token:revoke", row.id, detail={"name": row.name})
        announce(session, USER, row.id)
        announce(session, ACCESS, row.id)
    return row


def is_token_good(token: ApiToken, moment: datetime) -> bool:
    """Say whether a program can show a token at a moment.

    One that is good until it is revoked is so whichever clock made it: it is no longer good for that.
    """
    if token.revoked is not None:
        return False
    return token.expires is None or (moment < token.expires and not is_ahead(token.created, moment))


def actor_of_token(services: Services, token: str) -> Actor | None:
    """Return the program of a token that is good, or None."""
    with services.readers() as session:
        found = session.scalars(select(ApiToken).where(ApiToken.digest == digest(token))).one_or_none()
        if found is None:
            return None
        moment = now(session)
        if not is_token_good(found, moment):
            return None
    if found.seen is None or moment - found.seen >= SEEN_EVERY or is_ahead(found.seen, moment):
        with services.sessions.begin() as session:
            session.execute(update(ApiToken).where(ApiToken.id == found.id).values(seen=moment))
    return Actor(ActorKind.TOKEN, found.id, found.name, found.roles)
