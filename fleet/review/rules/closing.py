"""How a review goes from open to closed, and who may close it. Pure.

Rules:
- somebody writes what was found and what is done about it; then the head of safety and the CCTV manager sign,
  each for themselves, signed in as themselves: two people, neither of them the officer who is recorded. Two
  accounts of one officer are one person, also where one of them was that officer's only as it signed;
- whoever signs signs what they saw: findings that were written anew since are refused, and writing them anew
  takes away what was signed;
- until both have signed, each takes back their own; a review that both have signed is closed, and opened
  again by a new reason, or by one of the two roles who says why;
- what is still on its way is not closed: nobody has seen all of it;
- what was deleted before both had signed stays as one that was not reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from fleet.review.rules.reasons import Reason


class ReviewState(StrEnum):
    """How far a review has come.

    ``CLEAR`` is a recording that need not be reviewed, ``GONE`` one that was deleted before it was.
    """

    CLEAR = "clear"
    OPEN = "open"
    FOUND = "found"
    CLOSED = "closed"
    GONE = "gone"


WAITING = (ReviewState.OPEN, ReviewState.FOUND)
"""The states in which somebody still has to do something."""


class SigningRole(StrEnum):
    """For which of the two names somebody signs."""

    HEAD_OF_SAFETY = "head-of-safety"
    CCTV_MANAGER = "cctv-manager"

    @property
    def other(self) -> SigningRole:
        """The other one."""
        return SigningRole.CCTV_MANAGER if self is SigningRole.HEAD_OF_SAFETY else SigningRole.HEAD_OF_SAFETY


SIGNING_WORDS = {SigningRole.HEAD_OF_SAFETY: "head of safety", SigningRole.CCTV_MANAGER: "CCTV manager"}


@dataclass(frozen=True, slots=True)
class ReviewSigner:
    """Whoever wants to sign.

    Attributes:
        id: of their account.
        is_person: whether they are signed in as a user; a program signs nothing.
        roles: the names of their roles.
        officer: which officer they are; None for who wears no camera.
    """

    id: str
    is_person: bool
    roles: frozenset[str]
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """What of a review bears on its being signed.

    Attributes:
        state: how far it has come.
        version: the number of its findings.
        is_arriving: whether more of its recording is expected.
        officer: who wore the camera; None where that is nobody or not known.
        signed: who has signed for which name, by the ids of their accounts.
        officers: which officers whoever signed for a name is, and was as they signed.
    """

    state: ReviewState
    version: int
    is_arriving: bool
    officer: str | None
    signed: dict[SigningRole, str]
    officers: Mapping[SigningRole, frozenset[str]] = field(default_factory=dict)


def signing_refusal(signer: ReviewSigner, role: SigningRole, seen: int, facts: SigningFacts) -> str | None:
    """Return the sentence that refuses a signature, or None when it is good.

    Args:
        signer: who signs.
        role: for which of the two names.
        seen: the number of the findings that they saw.
        facts: what bears on it.
    """
    return (
        _who_refused(signer, role, facts)
        or _state_refused(seen, facts)
        or _names_refused(signer, role, facts)
    )


def _who_refused(signer: ReviewSigner, role: SigningRole, facts: SigningFacts) -> str | None:
    if not signer.is_person:
        return "A review is signed by a person who is signed in, and by no program."
    if role not in signer.roles:
        return f"To sign as {SIGNING_WORDS[role]} takes that role."
    if signer.officer is not None and signer.officer == facts.officer:
        return "It is your own recording, as its officer; have somebody else review it."
    return None


def _state_refused(seen: int, facts: SigningFacts) -> str | None:
    if facts.state is ReviewState.CLOSED:
        return "Both have signed: it is closed."
    if facts.state is ReviewState.GONE:
        return "Deletion of its recording had begun before both had signed."
    if facts.state is not ReviewState.FOUND:
        return "Write first what was found."
    if seen != facts.version:
        return "Somebody wrote the findings anew meanwhile; read them before you sign."
    return None


def _names_refused(signer: ReviewSigner, role: SigningRole, facts: SigningFacts) -> str | None:
    if role in facts.signed:
        return f"It is signed as {SIGNING_WORDS[role]} already."
    if facts.signed.get(role.other) == signer.id:
        return "You have signed for the other name; two people sign, each for themselves."
    if signer.officer is not None and signer.officer in facts.officers.get(role.other, ()):
        return "An account of the same officer has signed for the other name; two people sign."
    if facts.is_arriving:
        return (
            "More of its recording may come; it can be signed once all of it is here, or no more will come."
        )
    return None


def signable(signer: ReviewSigner, facts: SigningFacts) -> tuple[SigningRole, ...]:
    """Return for which names somebody could sign now, having seen the findings as they are."""
    return tuple(each for each in SigningRole if signing_refusal(signer, each, facts.version, facts) is None)


def new_reasons(before: Iterable[str], now: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return the reasons that were not there before, by their keys."""
    known = frozenset(before)
    return tuple(each for each in now if each.key not in known)


def due_day(today: date, days: int) -> date:
    """Return the last day on which a review that is queued today is in time.

    Raises:
        OverflowError: the calendar does not go as far.
    """
    return today + timedelta(days=days)
