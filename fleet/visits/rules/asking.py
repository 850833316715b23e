"""Whether an officer's camera is asked to do what was said at the door, and to sign it. Pure.

Rules:
- it is what the officer says on their own page, to the camera that they have now, and only while the service
  hears it;
- what is late closes and opens no camera: it was said more than ``FRESH`` ago, or nobody can tell when. By
  the phone's own clock it is told how long an entry waited there, however wrong that clock is; by both, how
  long it was under way. Where these differ by more, one of them is wrong, and nothing is asked;
- a form without a script says no time: when it was sent may be when a browser sent it once more. It counts as
  said now for ``PAGE_FRESH`` after its page was made, and asks no camera after that;
- a camera signs none but its own reasons why nobody was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fleet.visits.rules.consent import ConsentKind

FRESH = timedelta(seconds=60)
"""What was said longer ago changes nothing on a camera."""


PAGE_FRESH = timedelta(minutes=10)
"""What a form without a script says on an older page changes nothing on a camera."""


class WhyNoCamera(StrEnum):
    """Why no camera was asked."""

    LATE = "late"
    OLD_PAGE = "old page"
    NONE = "none"
    UNHEARD = "unheard"
    DOUBLED = "doubled"
    OWN_WORDS = "own words"


FOLLOWED = frozenset({WhyNoCamera.LATE, WhyNoCamera.OLD_PAGE, WhyNoCamera.UNHEARD, WhyNoCamera.DOUBLED})
"""Where there is a camera that was not asked, and may film although it should not."""


@dataclass(frozen=True, slots=True)
class WornCamera:
    """The camera that an officer has.

    Attributes:
        is_heard: whether the service hears it now.
        is_doubled: whether two devices use its identity now.
    """

    is_heard: bool
    is_doubled: bool


def why_late(
    at: datetime | None, sent: datetime | None, shown: datetime | None, now: datetime
) -> WhyNoCamera | None:
    """Return why something was not said just now; None where it was.

    Args:
        at: when, by the phone's clock; None for what a form says at once.
        sent: when the phone sent it, by the same clock; None where it does not say.
        shown: when the page of a form was made, by the service's clock; None where it does not say.
        now: by the service's clock.
    """
    if at is None and sent is None:
        is_new = shown is not None and timedelta() <= now - shown <= PAGE_FRESH
        return None if is_new else WhyNoCamera.OLD_PAGE
    is_new = (
        at is not None
        and sent is not None
        and timedelta() <= sent - at <= FRESH
        and abs(now - sent) <= FRESH
        and now - at <= FRESH
    )
    return None if is_new else WhyNoCamera.LATE


def said_since(at: datetime | None, sent: datetime | None, now: datetime) -> datetime:
    """Return when something was said, by the service's clock, however wrong the phone's is.

    Args:
        at: when, by the phone's clock; None for what a form says at once.
        sent: when the phone sent it, by the same clock; None where it does not say.
        now: by the service's clock.
    """
    if at is None or sent is None or sent < at:
        return now
    return now - (sent - at)


def why_no_camera(
    kind: ConsentKind, why: str, worn: WornCamera | None, late: WhyNoCamera | None
) -> WhyNoCamera | None:
    """Return why no camera is asked; None where the one that is worn is.

    Args:
        kind: what was said.
        why: why nobody was asked, as a code that cameras know; empty where it is none.
        worn: the camera that the officer has; None where they have none.
        late: why it was not said just now; None where it was.
    """
    if worn is None:
        return WhyNoCamera.NONE
    if late is not None:
        return late
    if kind is ConsentKind.NOT_ASKED and not why:
        return WhyNoCamera.OWN_WORDS
    if worn.is_doubled:
        return WhyNoCamera.DOUBLED
    return None if worn.is_heard else WhyNoCamera.UNHEARD
