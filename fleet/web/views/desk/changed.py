"""What has just changed hands: what is so now, and the button that undoes it within the minute.

Whether it can be undone is decided by ``fleet.assignments``, not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.assignments.undo import ChangeKind, HandOver
from fleet.web.facts import CameraFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.moments import iso, moment


@dataclass(frozen=True, slots=True)
class Undoable:
    """A change of the last minute: what was done, and the button that undoes it.

    Attributes:
        assignment: whose change.
        kind: which way the camera went, as the form says it.
        text: what was done.
        button: what the button says.
        until: when it is over, as a program reads it.
    """

    assignment: str
    kind: str
    text: str
    button: str
    until: str


def undoable(change: HandOver, now: datetime) -> Undoable:
    """Show a change that can be undone."""
    claim = Claim.CHANGED_OUT if change.kind is ChangeKind.HANDED_OUT else Claim.CHANGED_BACK
    return Undoable(
        assignment=change.assignment,
        kind=change.kind,
        text=say(claim, camera=change.camera, officer=change.officer_name),
        button=say(Claim.UNDO_UNTIL, when=moment(change.until, now, seconds=True).text),
        until=iso(change.until),
    )


def done_words(cameras: Sequence[CameraFacts], camera: str) -> str:
    """Say what has become of a camera just handed over: what is so now, whatever was asked for."""
    facts = next((each for each in cameras if each.camera == camera), None)
    if facts is None:
        return ""
    if facts.officer:
        return say(Claim.IS_WITH, camera=camera, officer=facts.officer)
    return say(Claim.IS_BACK, camera=camera)
