"""Signing out who has left the provider: because it says so, or because it says so when it is asked.

Rules:
- a logout token ends all sessions of its person here: one that is ended too many costs a sign-in;
- a provider that says that what it gave is good no more has its person signed out; one that does not answer
  has nobody signed out: sessions end by their own time;
- of several services one asks, for what is shown is replaced by the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.people.accounts.users import withdraw_links
from fleet.people.models import User, UserSession
from fleet.people.provided.accounts import end_all_of, set_provider_roles, user_of
from fleet.people.provided.sign_in import provider_of
from fleet.people.provider.claims import roles_of
from fleet.people.provider.errors import ProviderError, ProviderRefusedError
from fleet.people.provider.models import ProviderSignIn
from fleet.people.provider.provider import Provider
from fleet.people.services import PeopleServices

log = logging.getLogger(__name__)

AT_ONCE = 50
"""How many are asked about in one round; the others in the next."""


def log_out(people: PeopleServices, token: str) -> None:
    """End the sessions of whom a logout token names; of who is not known here nothing.

    Raises:
        ProblemError: 400 the token does not hold; 404 without a provider.
    """
    provider, services = provider_of(people), people.core
    try:
        claims = provider.logout_claims(token, services.clock())
    except ProviderError as error:
        raise ProblemError(400, "invalid_request", str(error)) from error
    with services.sessions.begin() as session:
        for user in _named(session, provider, claims):
            end_all_of(session, user, "logged out at the provider")


def check_due(people: PeopleServices) -> int:
    """Ask the provider about everybody who is due; return how many were signed out."""
    if people.provider is None:
        return 0
    with people.core.readers() as session:
        due = _due(session, timedelta(minutes=people.core.config.provider.check_minutes))
    ended = 0
    for row in due:
        try:
            ended += _check(people, people.provider, row)
        except ProviderError as error:
            log.warning("Whether people are still at the provider is not known: %s", error)
            break  # the others are asked about in the next round
    return ended


def _check(people: PeopleServices, provider: Provider, row: ProviderSignIn) -> bool:
    services = people.core
    with services.sessions.begin() as session:
        mine = update(ProviderSignIn).where(
            ProviderSignIn.id == row.id,
            ProviderSignIn.checked == row.checked,
            ProviderSignIn.refresh == row.refresh,
        )
        taken = session.execute(mine.values(checked=now(session)).returning(ProviderSignIn.id)).first()
    shown = people.seal.open(row.refresh or b"", row.user_id)
    if taken is None or shown is None:
        return False
    try:
        tokens = provider.refresh(shown)
        claims = provider.id_claims(tokens, None, services.clock()) if "id_token" in tokens else None
    except ProviderRefusedError:
        return _left(people, row.user_id)
    with services.sessions.begin() as session:
        _go_on(session, people, row, tokens)
        user = session.get(User, row.user_id, with_for_update={"of": User})
        if user is not None and claims is not None and claims.get("sub") == user.subject:
            roles = roles_of(services.config.provider, claims)
            if services.config.provider.roles_claim in claims and roles != user.roles:
                set_provider_roles(session, user, roles)
    return False


def _left(people: PeopleServices, user: str) -> bool:
    with people.core.sessions.begin() as session:
        row = session.get(User, user, with_for_update={"of": User})
        if row is not None:
            withdraw_links(session, row)
            end_all_of(session, row, "gone from the provider")
    return row is not None


def _go_on(session: Session, people: PeopleServices, row: ProviderSignIn, tokens: dict[str, Any]) -> None:
    refresh = tokens.get("refresh_token")
    if isinstance(refresh, str):
        sealed = people.seal.close(refresh, row.user_id)
        session.execute(update(ProviderSignIn).where(ProviderSignIn.id == row.id).values(refresh=sealed))


def _due(session: Session, every: timedelta) -> Sequence[ProviderSignIn]:
    moment = now(session)
    signed_in = select(UserSession.user_id).where(UserSession.expires > moment)
    query = select(ProviderSignIn).where(
        ProviderSignIn.refresh.is_not(None),
        ProviderSignIn.checked <= moment - every,
        ProviderSignIn.user_id.in_(signed_in),
    )
    return session.scalars(query.order_by(ProviderSignIn.checked, ProviderSignIn.id).limit(AT_ONCE)).all()


def _named(session: Session, provider: Provider, claims: dict[str, Any]) -> list[User]:
    subject, sid = claims.get("sub"), claims.get("sid")
    if isinstance(subject, str):
        found = user_of(session, provider.issuer, subject)
        return [] if found is None else [found]
    users = select(ProviderSignIn.user_id).where(ProviderSignIn.sid == sid)
    query = select(User).where(User.id.in_(users)).order_by(User.id)
    return list(session.scalars(query.with_for_update(of=User)))
