"""Whether an officer's camera is asked to do what was said at the door, and to sign it. Pure.

Rules:
- it is what the officer says on their own page, to the camera that they have now, and only while the service
  hears it;
- what is late closes and opens no camera: it was said more than ``FRESH`` ago, or nobody can tell when. By
  the phone's own clock it is told how long an entry waited there, however wrong that clock is; by both, how
  long it was under way. Where these differ by more, one of them is wrong, and nothing is asked;
- a camera signs none but its own reasons why nobody was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fleet.visits.rules.consent import ConsentKind

FRESH = timedelta(seconds=60)
"""What was said longer ago changes nothing on a camera."""


class WhyNoCamera(StrEnum):
    """Why no camera was asked."""

    LATE = "late"
    NONE = "none"
    UNHEARD = "unheard"
    DOUBLED = "doubled"
    OWN_WORDS = "own words"


@dataclass(frozen=True, slots=True)
class WornCamera:
    """The camera that an officer has.

    Attributes:
        is_heard: whether the service hears it now.
        is_doubled: whether two devices use its identity now.
    """

    is_heard: bool
    is_doubled: bool


def is_fresh(at: datetime | None, sent: datetime | None, now: datetime) -> bool:
    """Say whether something was said just now.

    Args:
        at: when, by the phone's clock; None for what a form says at once.
        sent: when the phone sent it, by the same clock; None where it does not say.
        now: by the service's clock.
    """
    if at is None:
        return sent is None
    return (
        sent is not None
        and timedelta() <= sent - at <= FRESH
        and abs(now - sent) <= FRESH
        and now - at <= FRESH
    )


def why_no_camera(
    kind: ConsentKind, why: str, worn: WornCamera | None, *, is_fresh: bool
) -> WhyNoCamera | None:
    """Return why no camera is asked; None where the one that is worn is.

    Args:
        kind: what was said.
        why: why nobody was asked, as a code that cameras know; empty where it is none.
        worn: the camera that the officer has; None where they have none.
        is_fresh: whether it was said just now.
    """
    if worn is None:
        return WhyNoCamera.NONE
    if not is_fresh:
        return WhyNoCamera.LATE
    if kind is ConsentKind.NOT_ASKED and not why:
        return WhyNoCamera.OWN_WORDS
    if worn.is_doubled:
        return WhyNoCamera.DOUBLED
    return None if worn.is_heard else WhyNoCamera.UNHEARD
