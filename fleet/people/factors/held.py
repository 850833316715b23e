"""What second factors somebody has, and using them, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.people.factors.app_codes import step_of, was_last
from fleet.people.factors.models import AuthenticatorApp, FactorStep, Passkey, RecoveryCode
from fleet.people.factors.recovery import code_digest
from fleet.people.factors.rules import Factors, SecondKind
from fleet.people.factors.seal import FactorSeal


def factors_of(session: Session, user: str) -> Factors:
    """Return what somebody has."""
    app = session.get(AuthenticatorApp, user)
    unused = select(func.count()).where(RecoveryCode.user_id == user, RecoveryCode.used.is_(None))
    return Factors(
        passkeys=len(passkeys_of(session, user)),
        app=app is not None and app.confirmed is not None,
        codes=session.scalar(unused) or 0,
    )


def passkeys_of(session: Session, user: str) -> Sequence[Passkey]:
    """Return somebody's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user).order_by(Passkey.created, Passkey.id)
    return session.scalars(query).all()


def any_passkey(session: Session) -> bool:
    """Say whether anybody has a passkey."""
    return session.scalars(select(Passkey.id).limit(1)).first() is not None


def take_code(session: Session, seal: FactorSeal, user: str, typed: str) -> SecondKind | None:
    """Take a code of somebody's app, or one of their recovery codes, which is good no more afterwards.

    Returns:
        Which of the two it was; None for one that is not good.
    """
    moment = now(session)
    if _take_app_code(session, seal, user, typed, moment):
        return SecondKind.APP
    return SecondKind.RECOVERY if _take_recovery_code(session, user, typed, moment) else None


def was_used(session: Session, seal: FactorSeal, user: str, typed: str) -> bool:
    """Say whether a code that was refused is one of theirs that had been used already.

    Of the app that is told of the last code that was taken, whenever that was.
    """
    app = session.get(AuthenticatorApp, user)
    if app is not None and app.secret is not None and app.confirmed is not None:
        secret = seal.open(app.secret, user)
        if secret is not None and was_last(secret, typed, app.step):
            return True
    kept = code_digest(typed)
    query = select(RecoveryCode.id).where(
        RecoveryCode.user_id == user, RecoveryCode.digest == kept, RecoveryCode.used.is_not(None)
    )
    return kept is not None and session.scalars(query).first() is not None


def forget_factors(session: Session, user: str) -> Factors:
    """Take all of somebody's factors away; return what they had."""
    had = factors_of(session, user)
    for table in (Passkey, AuthenticatorApp, RecoveryCode, FactorStep):
        session.execute(delete(table).where(table.user_id == user))
    return had


def _take_app_code(session: Session, seal: FactorSeal, user: str, typed: str, moment: datetime) -> bool:
    app = session.get(AuthenticatorApp, user, with_for_update=True, populate_existing=True)
    if app is None or app.secret is None or app.confirmed is None:
        return False
    secret = seal.open(app.secret, user)
    step = None if secret is None else step_of(secret, typed, moment, app.step)
    if step is None:
        return False
    app.step, app.used = step, moment
    return True


def _take_recovery_code(session: Session, user: str, typed: str, moment: datetime) -> bool:
    kept = code_digest(typed)
    if kept is None:
        return False
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user, RecoveryCode.digest == kept, RecoveryCode.used.is_(None)
    )
    code = session.scalars(query.with_for_update()).one_or_none()
    if code is None:
        return False
    code.used = moment
    return True
