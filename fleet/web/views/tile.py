"""One camera as a tile: who has it, what it does, and what of it matters now.

Rules:
- what an unheard camera said last is shown as past, never as present;
- a figure that the camera does not report is called unknown, or left out where no camera need have it, and is
  never nought;
- of a camera of which two devices exist nothing is told as the camera's: it is one's word, and that is said;
- what is as it should be is quiet: storage and clock are shown once they matter, and a full ring is "full"
  without a figure that flickers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.web.facts import CameraFacts
from fleet.web.views.claims import Claim, say
from fleet.web.views.moments import Moment, ago, count, counter, iso, moment, size
from fleet.web.views.state import CAMERA, OFFLINE, Badge, camera_badge
from protocol.messages.status import LOW_BATTERY_PERCENT

LOW_BATTERY = LOW_BATTERY_PERCENT
FULL_STORAGE = 80
SEEN_LATELY = timedelta(seconds=30)
"""A message that is no older needs no mention of its age: cameras speak every few seconds."""
_KEEPING = ("ready", "docked", "locked")
"""The states in which a ring may be kept; while recording it is part of the recording already."""
FULL_RING_SLACK_S = 2.0
"""A ring counts as full two chunks early: the chunk being filled is not in it yet."""


@dataclass(frozen=True, slots=True)
class Level:
    """A bar: a value up to a maximum, what it says in words, and whether that is worrying."""

    label: str
    text: str
    value: float
    maximum: float
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a camera says is wrong.

    Attributes:
        text: that, while its last message speaks of the present; else what it said last.
        lapsed: what is said of it once that message is too old; empty where ``text`` is said on.
    """

    text: str
    lapsed: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A camera, ready to show.

    Attributes:
        camera: its id.
        badge: its state.
        lapsed: its state once its last message speaks of the present no more.
        until: when that is, as a program reads it; empty where nothing is said of the present.
        officer: who has it, or None.
        holder: who has it, in words.
        initials: of that officer.
        prerecord: the ring, while there is one.
        levels: battery and storage, as far as reported.
        matters: of these and of the ring, what is not as it should be, or is still becoming so.
        seen: when it last spoke.
        seen_ago: the same, as a distance.
        is_late: whether it is worth saying when that was.
        upload: the recording that it is sending, as far as it has come.
        waiting: what has no receipt yet while it sends nothing, in words.
        recording: what it is recording, in words.
        recording_since: when that began, or was first heard of, in words.
        notes: what it has not done yet.
        trouble: what it says is wrong, or said last.
        one_said: what one of its two devices said last, where there are two.
        stale: whether what is shown is from the past.
        site: what the site is called where it is kept; empty for none.
    """

    camera: str
    badge: Badge
    lapsed: Badge
    until: str
    officer: str | None
    holder: str
    initials: str
    prerecord: Level | None
    levels: tuple[Level, ...]
    matters: tuple[Level, ...]
    seen: Moment | None
    seen_ago: str
    is_late: bool
    upload: Level | None
    waiting: str
    recording: str | None
    recording_since: str
    notes: tuple[str, ...]
    trouble: tuple[Trouble, ...]
    one_said: str
    stale: bool
    site: str = ""


def tile(facts: CameraFacts, now: datetime, sites: Mapping[str, str] | None = None) -> Tile:
    """Make the tile of one camera as of ``now``; ``sites`` says what sites are called."""
    heard = facts.online and facts.revoked is None
    live = heard and facts.state != "off" and facts.doubled_since is None
    recording = live and facts.state == "recording"
    prerecord = _prerecord(facts) if live and facts.state in _KEEPING else None
    levels = _levels(facts) if live else ()
    return Tile(
        camera=facts.camera,
        badge=camera_badge(facts),
        lapsed=OFFLINE,
        until=iso(facts.known_until) if facts.online and facts.known_until is not None else "",
        officer=facts.officer,
        holder=say(Claim.HAS_IT, officer=facts.officer) if facts.officer else say(Claim.NOBODY_HAS_IT),
        initials=initials(facts.officer or ""),
        prerecord=prerecord,
        levels=levels,
        matters=_matters(prerecord, levels),
        seen=moment(facts.last_seen, now, seconds=True) if facts.last_seen else None,
        seen_ago=ago(facts.last_seen, now) if facts.last_seen else say(Claim.NEVER_HEARD),
        is_late=facts.last_seen is None or not heard or now - facts.last_seen > SEEN_LATELY,
        upload=_upload(facts) if live else None,
        waiting=_waiting(facts) if live else "",
        recording=_recording(facts) if recording and facts.recording else None,
        recording_since=_since(facts, now) if recording else "",
        notes=_notes(facts) if live else (),
        trouble=_trouble(facts, live=live),
        one_said=_one_said(facts) if heard else "",
        stale=not heard and facts.last_seen is not None,
        site=(sites or {}).get(facts.site or "", ""),
    )


def _trouble(facts: CameraFacts, *, live: bool) -> tuple[Trouble, ...]:
    if facts.doubled_since is not None:
        return tuple(Trouble(say(Claim.ONE_OF_TWO, said=each)) for each in facts.trouble)
    last = [(each, say(Claim.SAID_LAST, trouble=each)) for each in facts.trouble]
    return tuple(Trouble(now, then) if live else Trouble(then) for now, then in last)


def _one_said(facts: CameraFacts) -> str:
    """Say what one of two devices that use one identity said last of itself; which of them, nobody knows."""
    if facts.doubled_since is None or facts.state not in CAMERA:
        return ""
    return say(Claim.ONE_OF_TWO, said=f"{CAMERA[facts.state].word}.")


def _recording(facts: CameraFacts) -> str:
    if facts.recording_of is not None and facts.recording_of != facts.officer:
        return say(Claim.RECORDS_FOR, number=facts.recording, officer=facts.recording_of)
    return say(Claim.RECORDS_NUMBER, number=facts.recording)


def _since(facts: CameraFacts, now: datetime) -> str:
    """Say when a recording was pressed; where nothing dates that, when the fleet first heard of it."""
    if facts.recording_since is not None:
        return say(Claim.SINCE, when=moment(facts.recording_since, now).text)
    if facts.recording_heard is not None:
        return say(Claim.FIRST_HEARD, when=moment(facts.recording_heard, now).text)
    return ""


def initials(name: str) -> str:
    """Return up to two letters or digits for a round mark beside a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if len(words) > 1:
        return (words[0][0] + words[-1][: 2 if words[-1].isdigit() else 1]).upper()
    return "".join(words)[:2].upper()


def hand_over_note(facts: CameraFacts) -> str:
    """Say that a camera has not said yet who has it, while that is so."""
    if facts.taken_on is not False:
        return ""
    if facts.officer:
        return say(Claim.HAND_OUT_NOT_SAID, officer=facts.officer)
    return say(Claim.TAKE_BACK_NOT_SAID)


def _notes(facts: CameraFacts) -> tuple[str, ...]:
    note = hand_over_note(facts)
    return (note,) if note else ()


def _prerecord(facts: CameraFacts) -> Level | None:
    if facts.held_s is None or facts.window_s is None:
        return _ring(say(Claim.RING_NOT_KNOWN), 0, 1, "warn") if facts.state == "ready" else None
    if not facts.window_s or (facts.state != "ready" and not facts.held_s):
        return None
    if facts.held_s >= facts.window_s - FULL_RING_SLACK_S:
        return _ring(say(Claim.RING_FULL), facts.window_s, facts.window_s, "good")
    text = say(Claim.RING_HOLDS, held=counter(facts.held_s), window=counter(facts.window_s))
    return _ring(text, round(facts.held_s, 1), facts.window_s, "busy")


def _ring(text: str, value: float, maximum: float, tone: str) -> Level:
    return Level("Pre-record", text, value, maximum, "history", tone)


def _levels(facts: CameraFacts) -> tuple[Level, ...]:
    levels = []
    if facts.battery is not None:
        tone = "warn" if facts.battery <= LOW_BATTERY else "quiet"
        text = say(Claim.CHARGE, percent=facts.battery)
        levels.append(Level("Battery", text, facts.battery, 100, "battery-2", tone))
    if facts.storage_used is not None:
        tone = "warn" if facts.storage_used >= FULL_STORAGE else "quiet"
        text = say(Claim.STORAGE_USED, percent=facts.storage_used)
        levels.append(Level("Storage", text, facts.storage_used, 100, "database", tone))
    return tuple(levels)


def _matters(prerecord: Level | None, levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """The battery always, for a day is planned by it; the rest once it is not as it should be."""
    ring = (prerecord,) if prerecord is not None else ()
    return (*ring, *(level for level in levels if level.label == "Battery" or level.tone == "warn"))


def _upload(facts: CameraFacts) -> Level | None:
    if facts.uploading is None:
        return None
    share, left = facts.uploading_share, facts.bytes_left
    text = ""
    if share is not None:
        text = say(Claim.SENT_SHARE, share=share)
    elif left:
        text = say(Claim.SENT_LEFT, left=size(left))
    label = say(Claim.SENDS, number=facts.uploading)
    return Level(label, text, share or 0, 100, "cloud-upload", "busy")


def _waiting(facts: CameraFacts) -> str:
    if not facts.waiting:
        return ""
    claim = Claim.NO_RECEIPT if facts.bytes_left == 0 else Claim.TO_SEND
    return say(claim, recordings=count(facts.waiting, "recording"))
