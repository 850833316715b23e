"""Sign-ins through the provider, kept and looked up; in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.services import Services
from fleet.people.models import User
from fleet.people.provider.models import ProviderSignIn
from fleet.people.secrets import new_id

KEPT_SIGN_INS: Final = 20
"""Sign-ins that are kept of one user, the newest: each ends more sessions than its own anyway."""


def keep_sign_in(
    session: Session, services: Services, user: User, *, sid: str | None, refresh: bytes | None
) -> None:
    """Keep what it takes to hear that somebody has left."""
    moment = now(session)
    row = ProviderSignIn(
        id=new_id(services.random), user_id=user.id, sid=sid, refresh=refresh, created=moment, checked=moment
    )
    session.add(row)
    session.flush()
    newest = select(ProviderSignIn.id).where(ProviderSignIn.user_id == user.id)
    newest = newest.order_by(ProviderSignIn.created.desc(), ProviderSignIn.id).limit(KEPT_SIGN_INS)
    kept = session.scalars(newest).all()
    old = delete(ProviderSignIn).where(ProviderSignIn.user_id == user.id, ProviderSignIn.id.not_in(kept))
    session.execute(old)


def is_of_provider(session: Session, user: str) -> bool:
    """Say whether somebody signs in through a provider, and has no password here."""
    row = session.get(User, user)
    return row is not None and row.issuer is not None


def last_sign_in(session: Session, user: str) -> datetime | None:
    """Return when somebody was last shown to be who they are by the provider."""
    return session.scalar(select(func.max(ProviderSignIn.created)).where(ProviderSignIn.user_id == user))
