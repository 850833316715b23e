"""Changes of hands while a recording was made, as the hand-out list has them.

The camera signs one officer for a whole recording: what the list says besides is placed by the fleet's clock,
and is only as good as the clock that dates the press. Where nothing dates it, no change can be placed. While
nobody knows how long the recording is, a change after what is here of it may lie beyond its end, so it is
said that there is no footage of it. So it is of one between the press and a first picture that came later.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import AssignmentFacts
from fleet.web.views.bidi import isolated
from fleet.web.views.recording.shortened import Shortened

WHOLE = Shortened(())


@dataclass(frozen=True, slots=True)
class ChangeOfHands:
    """One change.

    Attributes:
        at: when, by the fleet's clock.
        offset_s: where that is in the footage; negative before it.
        icon: a name in the icon sprite.
        text: what the list says, a sentence.
    """

    at: datetime
    offset_s: float
    icon: str
    text: str


def hand_overs(
    assignments: Sequence[AssignmentFacts],
    first: datetime,
    duration_s: float | None,
    *,
    here_s: float = math.inf,
    cut: Shortened = WHOLE,
    press_s: float = 0.0,
    is_pressed: bool = True,
) -> tuple[ChangeOfHands, ...]:
    """Return the changes that lie within the recording, in order: from the press or the footage on.

    Args:
        assignments: who had the camera, from when to when.
        first: when the footage begins.
        duration_s: how long it is; None while it is not known, upon which nothing is too late.
        here_s: how much of it there is footage of.
        cut: the holes that are shown shorter than they are.
        press_s: where the press is in the footage; negative where the footage begins after it.
        is_pressed: whether a press began it, which decides whose it is.
    """
    told = [(each.start, "arrow-right", f"Handed to {isolated(each.officer)}") for each in assignments] + [
        (each.end, "arrow-back-up", f"Taken back from {isolated(each.officer)}")
        for each in assignments
        if each.end is not None
    ]
    whose = "goes by the press" if is_pressed else "does not change"
    changes = []
    for at, icon, what in sorted(told):
        offset_s = cut.shown((at - first).total_seconds())
        if offset_s <= min(0.0, press_s) or not _is_before(offset_s, duration_s):
            continue
        text = f"{what}, by the hand-out list. Whose the recording is {whose}."
        beyond = " No footage of that time is here." if offset_s < 0 or offset_s > here_s else ""
        changes.append(ChangeOfHands(at, offset_s, icon, f"{text}{beyond}"))
    return tuple(changes)


def _is_before(offset_s: float, duration_s: float | None) -> bool:
    return duration_s is None or offset_s <= duration_s
