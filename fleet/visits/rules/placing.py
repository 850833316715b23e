"""Of which visit a camera's word of consent is, by who had the camera and when it was said. Pure.

Exactly one visit of that officer about that time is it. Where that cannot be told, it is said why, and a
person says which; what was placed once is looked at again by no rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fleet.visits.rules.linking import PlannedVisit, visits_about


class PlacingDoubt(StrEnum):
    """Why no visit is known."""

    CLOCK = "clock"
    OFFICER = "officer"
    NONE = "no visit"
    SEVERAL = "several"
    FULL = "full"


DOUBTS = {
    PlacingDoubt.CLOCK: "The camera's clock was not set, so when it was said is not known.",
    PlacingDoubt.OFFICER: "Who had the camera then is not known.",
    PlacingDoubt.NONE: "No visit of that officer was planned about that time.",
    PlacingDoubt.SEVERAL: "Several visits of that officer may be meant.",
    PlacingDoubt.FULL: "The visit that is meant has very many entries already.",
}
"""In words."""
WHY_WORDS = {
    "nobody there": "Nobody was there",
    "danger": "It was dangerous to ask",
    "no common language": "There was no language in common",
    "not able to answer": "The person was not able to answer",
}
"""Why nobody was asked, by the code that a camera signed; another is shown as it is."""


@dataclass(frozen=True, slots=True)
class PlacedConsent:
    """The visit, or why none is known: one of the two."""

    visit: str | None
    doubt: PlacingDoubt | None = None


def place(officer: str | None, at: datetime | None, visits: Iterable[PlannedVisit]) -> PlacedConsent:
    """Say of which visit a word is.

    Args:
        officer: who had the camera; None where that is not known.
        at: when it was said; None where no clock says it.
        visits: of that officer.
    """
    if officer is None:
        return PlacedConsent(None, PlacingDoubt.OFFICER)
    if at is None:
        return PlacedConsent(None, PlacingDoubt.CLOCK)
    meant = visits_about(visits, at, at)
    if len(meant) != 1:
        return PlacedConsent(None, PlacingDoubt.SEVERAL if meant else PlacingDoubt.NONE)
    return PlacedConsent(meant[0])
