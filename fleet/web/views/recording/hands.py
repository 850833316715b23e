"""Changes of hands while a recording was made, as the hand-out list has them.

The camera signs one officer for a whole recording: what the list says besides is placed by the fleet's clock,
and is only as good as the clock that dates the press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import AssignmentFacts


@dataclass(frozen=True, slots=True)
class ChangeOfHands:
    """One change.

    Attributes:
        at: when, by the fleet's clock.
        offset_s: where that is in the footage.
        icon: a name in the icon sprite.
        text: what the list says, a sentence.
    """

    at: datetime
    offset_s: float
    icon: str
    text: str


def hand_overs(
    assignments: Sequence[AssignmentFacts], first: datetime, duration_s: float | None
) -> tuple[ChangeOfHands, ...]:
    """Return the changes that lie within the footage, in order.

    Args:
        assignments: who had the camera, from when to when.
        first: when the footage begins.
        duration_s: how long it is; None while it is not known, upon which nothing is too late.
    """
    changes = [
        ChangeOfHands(
            each.start, _seconds(first, each.start), "arrow-right", f"Handed to {each.officer}{_LISTED}"
        )
        for each in assignments
    ] + [
        ChangeOfHands(
            each.end, _seconds(first, each.end), "arrow-back-up", f"Taken back from {each.officer}{_LISTED}"
        )
        for each in assignments
        if each.end is not None
    ]
    within = [each for each in changes if each.offset_s > 0 and _is_before(each.offset_s, duration_s)]
    return tuple(sorted(within, key=lambda each: each.at))


_LISTED = ", by the hand-out list. Whose the recording is does not change."


def _seconds(first: datetime, at: datetime) -> float:
    return (at - first).total_seconds()


def _is_before(offset_s: float, duration_s: float | None) -> bool:
    return duration_s is None or offset_s <= duration_s
