"""What a stranger who begins with a passkey is asked, of which nothing is kept until it is answered rightly.

Rules:
- anybody may ask for a question, as often as they like, and fills nothing by it and pushes out nobody's: the
  cookie carries it, with a signature of the fleet's own (``fleet.people.factors.seal``);
- it is good for five minutes, in the browser that has the cookie, and for one sign-in: those that were
  answered rightly are kept until they would have ended.

Questions to somebody whose password was right are in ``fleet.people.factors.steps``.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from fleet.core.database import now
from fleet.people.factors.models import AnsweredQuestion
from fleet.people.factors.seal import FactorSeal

GOOD_FOR: Final = timedelta(minutes=5)
_TIME_BYTES: Final = 8
_RANDOM_BYTES: Final = 24
_SAID: Final = _TIME_BYTES + _RANDOM_BYTES
_LENGTH: Final = _SAID + 32
_SIGNED, _ASKED = "lapel passkey question v1", "lapel passkey challenge v1"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is open.

    Attributes:
        challenge: what the passkey must sign.
        mark: by which one that was answered is known again.
        expires: from when it is good no more.
    """

    challenge: bytes
    mark: bytes
    expires: datetime

    @property
    def user_id(self) -> None:
        """Nobody yet: whose passkey it is shows in the answer."""
        return None


def new_question(seal: FactorSeal, random: Callable[[int], bytes], moment: datetime) -> tuple[str, bytes]:
    """Return what the cookie carries, and the challenge.

    Raises:
        StateError: the key's file cannot be made or read.
    """
    until = int((moment + GOOD_FOR).timestamp())
    said = until.to_bytes(_TIME_BYTES, "big") + random(_RANDOM_BYTES)
    carried = urlsafe_b64encode(said + seal.sign(_SIGNED, said)).decode("ascii").rstrip("=")
    return carried, seal.sign(_ASKED, said)


def open_question(session: Session, seal: FactorSeal, carried: str) -> Question | None:
    """Return the question of a cookie; None for one that is over, was answered, or is not the fleet's.

    Raises:
        StateError: the key's file cannot be made or read.
    """
    said = _said(seal, carried)
    if said is None:
        return None
    expires = datetime.fromtimestamp(int.from_bytes(said[:_TIME_BYTES], "big"), UTC)
    mark = said[_TIME_BYTES:]
    if now(session) >= expires or session.get(AnsweredQuestion, mark) is not None:
        return None
    return Question(seal.sign(_ASKED, said), mark, expires)


def answer_question(session: Session, question: Question) -> None:
    """Make a question worthless that was answered rightly, and forget those that are over anyway."""
    session.execute(delete(AnsweredQuestion).where(AnsweredQuestion.expires <= now(session)))
    session.add(AnsweredQuestion(mark=question.mark, expires=question.expires))
    session.flush()


def _said(seal: FactorSeal, carried: str) -> bytes | None:
    """Return what the fleet signed, or None where it did not."""
    try:
        raw = urlsafe_b64decode(carried + "=" * (-len(carried) % 4))
    except ValueError:
        return None
    if len(raw) != _LENGTH:
        return None
    said, signature = raw[:_SAID], raw[_SAID:]
    return said if seal.is_signed(_SIGNED, said, signature) else None
