"""What people said of being recorded, at the door and after. Pure.

What was said is never changed: each word is an entry of its own, and the last one counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class ConsentKind(StrEnum):
    """One thing that was said, or done without it.

    ``ASKED_FOR`` is the person recorded asking that this be recorded too; it says nothing of consent.
    """

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOT_ASKED = "not asked"
    OVERRIDDEN = "overridden"
    ASKED_FOR = "asked for"


CONSENTS = tuple(each for each in ConsentKind if each is not ConsentKind.ASKED_FOR)
REASON_WITHIN = timedelta(days=1)
"""In which whoever recorded without consent, for safety, says why."""
AHEAD_AT_MOST = timedelta(minutes=5)
"""By so much a phone's clock may be ahead of the service's."""
TOGETHER = timedelta(minutes=2)
"""Within this a camera's word and one that was written down by hand can be of the same moment."""
BACK_AT_MOST = timedelta(days=14)
"""So long an entry may wait on a phone that reaches no service."""


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One entry.

    Attributes:
        kind: what was said.
        at: when.
        reason: why, where that is asked; empty while nobody said.
    """

    kind: ConsentKind
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConsentWay:
    """One entry, by its id, and whether a camera signed it."""

    id: str
    facts: ConsentFacts
    is_signed: bool


def consent_now(entries: Sequence[ConsentFacts]) -> ConsentFacts | None:
    """Return what counts: the last that was said, by when it was said; None where nothing was.

    Args:
        entries: in the order in which they came, which tells apart what was said at one time.
    """
    said = sorted((each for each in entries if each.kind in CONSENTS), key=lambda each: each.at)
    return said[-1] if said else None


def needs_reason(kind: ConsentKind) -> bool:
    """Say whether an entry is refused without its reason: that nobody was asked has one at once."""
    return kind is ConsentKind.NOT_ASKED


def lacks_reason(entry: ConsentFacts) -> bool:
    """Say whether a reason is still to come."""
    return entry.kind is ConsentKind.OVERRIDDEN and not entry.reason


def is_overdue(entry: ConsentFacts, now: datetime) -> bool:
    """Say whether the day in which a reason was to come is over."""
    return lacks_reason(entry) and now - entry.at > REASON_WITHIN


def pairs_of(entries: Sequence[ConsentWay]) -> dict[str, str]:
    """Return which entries tell of one thing that was said: a camera's, and one that was written down.

    Two are one where both say the same, within ``TOGETHER``, one signed by a camera and the other written
    down by hand, and no two reasons contradict each other. Each has one other at most, the nearest in time.

    Args:
        entries: of one visit.

    Returns:
        The id of the entry that was written down, by the id of the camera's.
    """
    signed = [each for each in entries if each.is_signed]
    written = [each for each in entries if not each.is_signed]
    near = sorted(
        (abs(one.facts.at - other.facts.at), one.id, other.id)
        for one in signed
        for other in written
        if _tell_of_one(one.facts, other.facts)
    )
    found: dict[str, str] = {}
    for _, one, other in near:
        if one not in found and other not in found.values():
            found[one] = other
    return found


def _tell_of_one(one: ConsentFacts, other: ConsentFacts) -> bool:
    agree = not one.reason or not other.reason or one.reason == other.reason
    return one.kind is other.kind and abs(one.at - other.at) <= TOGETHER and agree


def said_at(told: datetime | None, now: datetime) -> datetime:
    """Return when something was said: the phone's word where that can be, else when it arrived.

    A phone that was out of reach tells later what was said before; one whose clock is set wrongly dates
    nothing.
    """
    if told is None or not now - BACK_AT_MOST <= told <= now + AHEAD_AT_MOST:
        return now
    return min(told, now)
