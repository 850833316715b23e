"""The states of a release, and who may do what with it. Pure.

    draft -> approved -> made -> revoked
      |         |
      |         +-> failed -> approved again, or withdrawn
      +-> declined, withdrawn

Rules:
- one person drafts, a second one approves: whoever drafted a release or changed it never approves it;
- both are people who are signed in: of a program's token nobody knows which person uses it, and break-glass
  makes one person look like several;
- what was approved is not changed any more: a change is another release;
- what is made can be revoked before its last day, and is not handed over after that; what went out before
  stays out, and the register says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReleaseState(StrEnum):
    """How far a release has come."""

    DRAFT = "draft"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    FAILED = "failed"
    MADE = "made"
    REVOKED = "revoked"


OVER = (ReleaseState.DECLINED, ReleaseState.WITHDRAWN, ReleaseState.REVOKED)
"""The states from which nothing leads to a hand-over."""

STATE_WORDS = {
    ReleaseState.DRAFT: "Waits for approval",
    ReleaseState.DECLINED: "Declined",
    ReleaseState.WITHDRAWN: "Withdrawn",
    ReleaseState.APPROVED: "Approved, being made",
    ReleaseState.FAILED: "Could not be made",
    ReleaseState.MADE: "Made",
    ReleaseState.REVOKED: "Revoked",
}


class ReleaseStep(StrEnum):
    """What somebody does with a release."""

    CHANGE = "change"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    DECLINE = "decline"
    RETRY = "retry"
    HAND_OVER = "hand over"
    RECEIPT = "receipt"
    REVOKE = "revoke"
    CONTINUITY = "continuity"


_FROM = {
    ReleaseStep.CHANGE: frozenset({ReleaseState.DRAFT}),
    ReleaseStep.WITHDRAW: frozenset({ReleaseState.DRAFT, ReleaseState.FAILED}),
    ReleaseStep.APPROVE: frozenset({ReleaseState.DRAFT}),
    ReleaseStep.DECLINE: frozenset({ReleaseState.DRAFT}),
    ReleaseStep.RETRY: frozenset({ReleaseState.FAILED}),
    ReleaseStep.HAND_OVER: frozenset({ReleaseState.MADE}),
    ReleaseStep.RECEIPT: frozenset({ReleaseState.MADE, ReleaseState.REVOKED}),
    ReleaseStep.REVOKE: frozenset({ReleaseState.APPROVED, ReleaseState.MADE}),
    ReleaseStep.CONTINUITY: frozenset({ReleaseState.MADE, ReleaseState.REVOKED}),
}
_UNTIL_EXPIRY = frozenset({ReleaseStep.APPROVE, ReleaseStep.RETRY, ReleaseStep.HAND_OVER})
_SECOND = frozenset({ReleaseStep.APPROVE})
_BY_PEOPLE = frozenset(
    {
        ReleaseStep.CHANGE,
        ReleaseStep.APPROVE,
        ReleaseStep.DECLINE,
        ReleaseStep.HAND_OVER,
        ReleaseStep.CONTINUITY,
    }
)


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What the rules look at.

    Attributes:
        state: how far it has come.
        authors: the ids of those who drafted or changed it.
        expires: until when it may be handed over.
    """

    state: ReleaseState
    authors: frozenset[str]
    expires: datetime


@dataclass(frozen=True, slots=True)
class ReleaseActor:
    """Who does something with a release.

    Attributes:
        id: of the user.
        is_person: whether it is a user who is signed in, and no program.
        by_break_glass: whether break-glass let them in.
    """

    id: str
    is_person: bool
    by_break_glass: bool = False


def is_expired(facts: ReleaseFacts, now: datetime) -> bool:
    """Say whether a release may not be handed over any more for its last day is over."""
    return now >= facts.expires


def why_not(step: ReleaseStep, facts: ReleaseFacts, actor: ReleaseActor, now: datetime) -> str | None:
    """Return why somebody may not do a step, a sentence; None where they may."""
    if facts.state not in _FROM[step]:
        return f"{_CANNOT[step]}: its state is “{STATE_WORDS[facts.state]}”."
    if step in _UNTIL_EXPIRY and is_expired(facts, now):
        return f"{_CANNOT[step]}: its last day is over."
    return why_not_by(step, actor, facts.authors)


def why_not_by(step: ReleaseStep, actor: ReleaseActor, authors: frozenset[str] = frozenset()) -> str | None:
    """Return why somebody may not do a step, whatever the state; None where they may."""
    if step in _BY_PEOPLE and not actor.is_person:
        return "A person who is signed in does this; a program's token does not."
    if step in _SECOND and actor.by_break_glass:
        return "Nobody approves a release by break-glass."
    if step in _SECOND and actor.id in authors:
        return "A second person approves it: you drafted or changed this release."
    return None


_CANNOT = {
    ReleaseStep.CHANGE: "This release cannot be changed",
    ReleaseStep.WITHDRAW: "This release cannot be withdrawn",
    ReleaseStep.APPROVE: "This release cannot be approved",
    ReleaseStep.DECLINE: "This release cannot be declined",
    ReleaseStep.RETRY: "This release cannot be made again",
    ReleaseStep.HAND_OVER: "This release cannot be handed over",
    ReleaseStep.RECEIPT: "A receipt cannot be written down for this release",
    ReleaseStep.REVOKE: "This release cannot be revoked",
    ReleaseStep.CONTINUITY: "Nothing can be entered about the continuity of this release",
}
