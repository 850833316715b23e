"""Hand-out: which cameras can be taken, which is the best, who may take one, and who has which.

Rules:
- a camera that should not be taken is shown with the reason, after those that should; it is ready to go only
  once a message of its own, after it changed hands, says so;
- an officer who has a camera is shown with it and cannot be chosen;
- a camera that records, holds what is not here yet, or is not heard is not taken back without being asked,
  and one that records is not handed out without it;
- whether a hand-out is allowed, or can be undone, is decided by ``fleet.assignments``, not here: this only
  orders what is offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.assignments.undo import HandOver
from fleet.core.natural import natural_key
from fleet.web.facts import CameraFacts, OfficerFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.desk.best import best, best_words
from fleet.web.views.desk.changed import Undoable, undoable
from fleet.web.views.desk.officers import People, people
from fleet.web.views.moments import Moment, count, iso, moment
from fleet.web.views.state import OFFLINE, Badge, camera_badge
from fleet.web.views.tile import FULL_STORAGE, LOW_BATTERY, hand_over_note, initials

_UNFIT = {
    "locked": Claim.FREE_LOCKED,
    "recording": Claim.FREE_RECORDS,
    "fault": Claim.FREE_FAULT,
    "off": Claim.FREE_OFF,
}


@dataclass(frozen=True, slots=True)
class Free:
    """A camera that nobody has: whether it is fit to take, why not, and until when that is known."""

    camera: str
    badge: Badge
    note: str
    fit: bool
    until: str


@dataclass(frozen=True, slots=True)
class Out:
    """A camera that somebody has."""

    camera: str
    assignment: str
    officer: str
    initials: str
    since: Moment | None
    badge: Badge
    note: str
    until: str


@dataclass(frozen=True, slots=True)
class HandOverQuestion:
    """What to know before a camera changes hands all the same.

    Attributes:
        camera: which.
        officer: from whom it is taken back, or to whom it is handed.
        doubts: what speaks against it, each a sentence.
        assignment: the hand-out that would end; None where one would begin.
        officer_id: of whom it is handed to; empty where it is taken back.
    """

    camera: str
    officer: str
    doubts: tuple[str, ...]
    assignment: str | None = None
    officer_id: str = ""


@dataclass(frozen=True, slots=True)
class HandOut:
    """Everything that the page offers.

    Attributes:
        free: the cameras that are in, those that are fit to take first.
        people: who can take one.
        out: the cameras that somebody has.
        undo: the changes of the last minute.
        chosen: the camera tapped in the first step.
        best: which camera to take, in words; empty where none is fit.
        best_camera: its id.
        best_until: until when that is known, as a program reads it.
        query: what an officer is looked for by.
        none_out: what is said while nobody has a camera.
        unheard: what is said of a camera that is in once its last message is too old.
        lapsed: the same of one that is out.
    """

    free: tuple[Free, ...]
    people: People
    out: tuple[Out, ...]
    undo: tuple[Undoable, ...]
    chosen: Free | None
    best: str
    best_camera: str
    best_until: str
    query: str
    none_out: str = say(Claim.NONE_OUT)
    unheard: str = say(Claim.FREE_NOT_HEARD)
    lapsed: Badge = OFFLINE


def take_back(cameras: Sequence[CameraFacts], assignment: str) -> HandOverQuestion | None:
    """Say what there is to know before the camera of an assignment is taken back; None when nothing is."""
    facts = next((each for each in cameras if each.assignment == assignment), None)
    if facts is None or not (doubts := _doubts(facts)):
        return None
    return HandOverQuestion(facts.camera, facts.officer or "", doubts, assignment)


def hand_on(
    cameras: Sequence[CameraFacts], officers: Sequence[OfficerFacts], camera: str, officer: str
) -> HandOverQuestion | None:
    """Say what to know before a camera that records, or is two, goes to an officer; None: nothing."""
    facts = next((each for each in cameras if each.camera == camera and each.officer is None), None)
    person = next((each for each in officers if each.id == officer), None)
    if facts is None or person is None:
        return None
    if facts.doubled_since is not None:
        return HandOverQuestion(camera, person.name, (say(Claim.BACK_DOUBLED),), officer_id=officer)
    if not facts.online or facts.state != "recording":
        return None
    return HandOverQuestion(camera, person.name, (_records(facts),), officer_id=officer)


def _records(facts: CameraFacts) -> str:
    """Say that a camera records, and whose that recording stays as far as it is known."""
    if facts.recording_of is None:
        return say(Claim.RECORDS_ON)
    return say(Claim.BACK_RECORDS, officer=facts.recording_of)


def _doubts(facts: CameraFacts) -> tuple[str, ...]:
    """What speaks against taking a camera back now, by its last message and by what has arrived."""
    found = []
    if facts.doubled_since is not None:
        found.append(say(Claim.BACK_DOUBLED))
    elif not facts.online:
        found.append(say(Claim.BACK_NOT_HEARD))
    elif facts.state == "recording":
        found.append(_records(facts))
    held = _held(facts)
    if held:
        found.append(f"{held} Dock it before somebody else takes it.")
    elif facts.online and facts.waiting is None and facts.doubled_since is None:
        found.append(say(Claim.HOLDS_NOT_KNOWN))
    return tuple(found)


def _held(facts: CameraFacts) -> str:
    """What is not safe here of what a camera made: what it says that it holds, or what the fleet knows of.

    That it holds them only it can say: of more than it counts it is said that they are not here.
    """
    own = facts.waiting if facts.doubled_since is None else None  # of two devices, one's count
    known_of = facts.missing_count + facts.arriving
    waiting = max(own or 0, known_of)
    if not waiting:
        return ""
    words, verb = count(waiting, "recording"), "is" if waiting == 1 else "are"
    if not own or own < known_of:
        return say(Claim.NOT_SAFE_YET, recordings=words, verb=verb)
    return say(
        Claim.HOLDS,
        recordings=words,
        verb=verb,
        known="" if facts.online else say(Claim.HOLDS_LAST),
    )


def hand_out(
    cameras: Sequence[CameraFacts],
    officers: Sequence[OfficerFacts],
    changes: Sequence[HandOver],
    chosen: str | None,
    now: datetime,
    *,
    query: str = "",
) -> HandOut:
    """Make the page as of ``now``.

    Args:
        cameras: all.
        officers: those who wear cameras.
        changes: what can be undone now.
        chosen: the camera tapped in the first step.
        now: the time.
        query: what an officer is looked for by.
    """
    working = sorted(
        (facts for facts in cameras if facts.revoked is None), key=lambda facts: natural_key(facts.camera)
    )
    inside = [facts for facts in working if facts.officer is None]
    free = sorted((_free(facts) for facts in inside), key=lambda each: not each.fit)
    top = best([facts for facts in inside if not unfit(facts)], now)
    return HandOut(
        free=tuple(free),
        people=people(officers, query, now, free_first=True),
        out=tuple(_out(facts, now) for facts in working if facts.officer and facts.assignment is not None),
        undo=tuple(undoable(change, now) for change in changes),
        chosen=next((each for each in free if each.camera == chosen), None),
        best=best_words(top, now) if top is not None else "",
        best_camera=top.camera if top is not None else "",
        best_until=_until(top) if top is not None else "",
        query=query,
    )


def unfit(facts: CameraFacts) -> str:
    """Say why a camera should not be taken, or nothing when it should."""
    if facts.doubled_since is not None:
        return say(Claim.FREE_DOUBLED)
    if not facts.online:
        return say(Claim.FREE_NOT_HEARD if facts.last_seen else Claim.FREE_NEVER_HEARD)
    if facts.trouble:
        return facts.trouble[0]
    if facts.state is None:
        return say(Claim.FREE_SAYS_NOTHING)
    if facts.state in _UNFIT:
        return say(_UNFIT[facts.state])
    return hand_over_note(facts) or _held(facts) or _lacking(facts)


def _lacking(facts: CameraFacts) -> str:
    if facts.waiting is None:
        return say(Claim.HOLDS_NOT_KNOWN)
    if facts.battery is not None and facts.battery <= LOW_BATTERY:
        return say(Claim.FREE_LOW, percent=facts.battery)
    if facts.storage_used is not None and facts.storage_used >= FULL_STORAGE:
        return say(Claim.FREE_FULL, percent=facts.storage_used)
    return ""


def _free(facts: CameraFacts) -> Free:
    why = unfit(facts)
    note = why or say(Claim.READY_TO_GO)
    if not why and facts.battery is not None:
        note = f"{note}, {say(Claim.CHARGE, percent=facts.battery)}"
    return Free(facts.camera, camera_badge(facts), note, not why, _until(facts))


def _out(facts: CameraFacts, now: datetime) -> Out:
    return Out(
        camera=facts.camera,
        assignment=facts.assignment or "",
        officer=facts.officer or "",
        initials=initials(facts.officer or ""),
        since=moment(facts.since, now) if facts.since else None,
        badge=camera_badge(facts),
        note=hand_over_note(facts) if facts.online and facts.doubled_since is None else "",
        until=_until(facts),
    )


def _until(facts: CameraFacts) -> str:
    return iso(facts.known_until) if facts.online and facts.known_until is not None else ""
