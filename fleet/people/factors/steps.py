"""Sign-ins that are half-way, in the caller's transaction.

Rules:
- one is good for five minutes and for five wrong codes; a passkey's challenge once;
- of one user the latest counts, so that old ones are no stock to guess at;
- each is of somebody whose password was right; what strangers are asked is kept nowhere
  (``fleet.people.factors.questions``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.core.one_time import AHEAD
from fleet.core.services import Services
from fleet.people.factors.models import FactorStep
from fleet.people.secrets import digest, new_id, new_secret

GOOD_FOR: Final = timedelta(minutes=5)
WRONG_CODES: Final = 5
CHALLENGE_BYTES: Final = 32


def begin_step(session: Session, services: Services, *, user: str, secret: str | None = None) -> str:
    """Make a step and return its secret.

    Args:
        session: the caller's.
        services: the fleet's.
        user: who is half-way in.
        secret: the session's, for a passkey that is added to an account; None makes one.
    """
    moment, chosen = now(session), secret or new_secret(services.random)
    session.execute(delete(FactorStep).where(FactorStep.expires <= moment))
    session.execute(delete(FactorStep).where(FactorStep.digest == digest(chosen)))
    if secret is None:
        session.execute(delete(FactorStep).where(FactorStep.user_id == user))
    session.add(
        FactorStep(
            id=new_id(services.random),
            digest=digest(chosen),
            user_id=user,
            challenge=None,
            expires=moment + GOOD_FOR,
            wrong=0,
        )
    )
    session.flush()
    return chosen


def find_step(session: Session, secret: str, *, lock: bool = False) -> FactorStep | None:
    """Return the step of a cookie while it is good."""
    moment = now(session)
    query = select(FactorStep).where(
        FactorStep.digest == digest(secret),
        FactorStep.expires > moment,
        FactorStep.expires <= moment + GOOD_FOR + AHEAD,  # a clock that was ahead made no other
    )
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    return None if found is None or found.wrong >= WRONG_CODES else found


def set_challenge(session: Session, services: Services, step: FactorStep) -> bytes:
    """Give a step a challenge, in place of the one that it had."""
    challenge = services.random(CHALLENGE_BYTES)
    session.execute(update(FactorStep).where(FactorStep.id == step.id).values(challenge=challenge))
    return challenge


def take_challenge(step: FactorStep) -> bytes | None:
    """Return the challenge of a step, which is worthless from now on."""
    challenge, step.challenge = step.challenge, None
    return challenge


def count_wrong(session: Session, step: FactorStep) -> None:
    """Count a wrong code."""
    session.execute(update(FactorStep).where(FactorStep.id == step.id).values(wrong=FactorStep.wrong + 1))


def end_step(session: Session, step: FactorStep) -> None:
    """Make a step worthless."""
    session.execute(delete(FactorStep).where(FactorStep.id == step.id))
