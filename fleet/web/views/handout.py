"""Hand-out: which cameras can be taken, who may take one, and who has which.

Rules:
- a camera that should not be taken is shown with the reason, after those that should;
- an officer who has a camera is shown with it and cannot be chosen;
- a camera that records, holds what is not here yet, or is not heard is not taken back without being asked;
- whether a hand-out is allowed is decided by ``fleet.assignments``, not here: this only orders what is
  offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import CameraFacts, OfficerFacts
from fleet.web.views.moments import Moment, count, moment
from fleet.web.views.state import Badge, camera_badge
from fleet.web.views.tile import FULL_STORAGE, LOW_BATTERY, initials

_UNFIT = {
    "locked": "It is locked.",
    "recording": "It says that it is recording.",
    "fault": "It says that something is wrong.",
    "off": "It says that it is off.",
}


@dataclass(frozen=True, slots=True)
class Free:
    """A camera that nobody has: whether it is fit to take, and why not."""

    camera: str
    badge: Badge
    battery: str
    fit: bool
    why: str


@dataclass(frozen=True, slots=True)
class Person:
    """An officer to hand it to; ``camera`` is the one they have already."""

    id: str
    name: str
    initials: str
    camera: str | None


@dataclass(frozen=True, slots=True)
class Out:
    """A camera that somebody has."""

    camera: str
    assignment: str
    officer: str
    initials: str
    since: Moment | None
    badge: Badge


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What to know before a camera is taken back: each a sentence."""

    camera: str
    assignment: str
    officer: str
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandOut:
    """Everything that the page offers."""

    free: tuple[Free, ...]
    people: tuple[Person, ...]
    out: tuple[Out, ...]
    chosen: Free | None


def take_back(cameras: Sequence[CameraFacts], assignment: str) -> TakeBack | None:
    """Say what there is to know before the camera of an assignment is taken back; None when nothing is."""
    facts = next((each for each in cameras if each.assignment == assignment), None)
    if facts is None or not (doubts := _doubts(facts)):
        return None
    return TakeBack(facts.camera, assignment, facts.officer or "", doubts)


def _doubts(facts: CameraFacts) -> tuple[str, ...]:
    """What speaks against taking a camera back now, by its last message and by what has arrived."""
    found = []
    if not facts.online:
        found.append("It is not heard, so whether it records and what it still holds is not known.")
    elif facts.state == "recording":
        found.append(
            f"It says that it is recording. That goes on until it is stopped, and stays {facts.officer}'s."
        )
    held = _held(facts)
    if held:
        found.append(f"{held} Dock it before somebody else takes it.")
    return tuple(found)


def _held(facts: CameraFacts) -> str:
    """What a camera is known to hold that is not here: by its own count, or by numbers that are missing."""
    waiting = max(facts.waiting or 0, facts.missing_count)
    if not waiting:
        return ""
    known, verb = "" if facts.online else " by what was last known", "is" if waiting == 1 else "are"
    return f"It holds {count(waiting, 'recording')} that {verb} not here yet{known}."


def hand_out(
    cameras: Sequence[CameraFacts], officers: Sequence[OfficerFacts], chosen: str | None, now: datetime
) -> HandOut:
    """Make the page as of ``now``; ``chosen`` is the camera tapped in the first step."""
    working = [facts for facts in cameras if facts.revoked is None]
    free = [_free(facts) for facts in working if facts.officer is None]
    return HandOut(
        free=tuple(sorted(free, key=lambda each: (not each.fit, each.camera))),
        people=tuple(
            person(each) for each in sorted(officers, key=lambda each: (each.camera is not None, each.name))
        ),
        out=tuple(_out(facts, now) for facts in working if facts.officer and facts.assignment is not None),
        chosen=next((each for each in free if each.camera == chosen), None),
    )


def unfit(facts: CameraFacts) -> str:
    """Say why a camera should not be taken, or nothing when it should."""
    if not facts.online:
        return "It is not connected." if facts.last_seen else "It has never connected."
    if facts.trouble:
        return facts.trouble[0]
    return _UNFIT.get(facts.state or "") or _held(facts) or _lacking(facts)


def _lacking(facts: CameraFacts) -> str:
    if facts.battery is not None and facts.battery <= LOW_BATTERY:
        return f"Its battery is at {facts.battery} %."
    if facts.storage_used is not None and facts.storage_used >= FULL_STORAGE:
        return f"Its storage is {facts.storage_used} % full."
    return ""


def _free(facts: CameraFacts) -> Free:
    why = unfit(facts)
    battery = f"{facts.battery} %" if facts.online and facts.battery is not None else ""
    return Free(facts.camera, camera_badge(facts), battery, not why, why)


def person(facts: OfficerFacts) -> Person:
    """Show one officer, with the camera that they have."""
    return Person(facts.id, facts.name, initials(facts.name), facts.camera)


def _out(facts: CameraFacts, now: datetime) -> Out:
    return Out(
        camera=facts.camera,
        assignment=facts.assignment or "",
        officer=facts.officer or "",
        initials=initials(facts.officer or ""),
        since=moment(facts.since, now) if facts.since else None,
        badge=camera_badge(facts),
    )


def done_words(cameras: Sequence[CameraFacts], camera: str) -> str:
    """Say what has become of a camera just handed over: what is so now, whatever was asked for."""
    facts = next((each for each in cameras if each.camera == camera), None)
    if facts is None:
        return ""
    return f"{camera} is with {facts.officer} now." if facts.officer else f"{camera} is back."
