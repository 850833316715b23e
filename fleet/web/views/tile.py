"""One camera as a tile: who has it, what it does, how much pre-record it holds, what is wrong.

Rules:
- what an unheard camera said last is shown as past, never as present;
- a figure that the camera does not report is left out rather than shown as nought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fleet.web.facts import CameraFacts
from fleet.web.views.moments import Moment, ago, count, counter, moment, size
from fleet.web.views.state import Badge, camera_badge

LOW_BATTERY = 20
FULL_STORAGE = 80
_KEEPING = ("ready", "docked", "locked")
"""The states in which a ring may be kept; while recording it is part of the recording already."""
_FULL_RING_SLACK_S = 2.0
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
class Tile:
    """A camera, ready to show.

    Attributes:
        camera: its id.
        badge: its state.
        officer: who has it, or None.
        initials: of that officer.
        prerecord: the ring, while there is one.
        levels: battery and storage, as far as reported.
        seen: when it last spoke.
        seen_ago: the same, as a distance.
        upload: the recording that it is sending, as far as it has come.
        waiting: what it has still to send while it sends nothing, in words.
        recording: what it is recording, in words.
        recording_since: when that began.
        trouble: what it says is wrong, or said last.
        stale: whether what is shown is from the past.
    """

    camera: str
    badge: Badge
    officer: str | None
    initials: str
    prerecord: Level | None
    levels: tuple[Level, ...]
    seen: Moment | None
    seen_ago: str
    upload: Level | None
    waiting: str
    recording: str | None
    recording_since: Moment | None
    trouble: tuple[str, ...]
    stale: bool


def tile(facts: CameraFacts, now: datetime) -> Tile:
    """Make the tile of one camera as of ``now``."""
    badge = camera_badge(facts)
    live = facts.online and facts.revoked is None and facts.state != "off"
    recording = live and facts.state == "recording"
    return Tile(
        camera=facts.camera,
        badge=badge,
        officer=facts.officer,
        initials=initials(facts.officer or ""),
        prerecord=_prerecord(facts) if live and facts.state in _KEEPING else None,
        levels=_levels(facts) if live else (),
        seen=moment(facts.last_seen, now, seconds=True) if facts.last_seen else None,
        seen_ago=ago(facts.last_seen, now) if facts.last_seen else "never",
        upload=_upload(facts) if live else None,
        waiting=_waiting(facts) if live else "",
        recording=f"Recording {facts.recording}" if recording and facts.recording else None,
        recording_since=moment(facts.recording_since, now) if recording and facts.recording_since else None,
        trouble=facts.trouble if live else tuple(f"It said last: {each}" for each in facts.trouble),
        stale=not live and facts.last_seen is not None,
    )


def initials(name: str) -> str:
    """Return up to two letters or digits for a round mark beside a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if len(words) > 1:
        return (words[0][0] + words[-1][: 2 if words[-1].isdigit() else 1]).upper()
    return "".join(words)[:2].upper()


def _prerecord(facts: CameraFacts) -> Level | None:
    if not facts.window_s or facts.held_s is None or (facts.state != "ready" and not facts.held_s):
        return None
    full = facts.held_s >= facts.window_s - _FULL_RING_SLACK_S
    return Level(
        label="Pre-record",
        text=f"{counter(facts.held_s)} of {counter(facts.window_s)}",
        value=round(min(facts.held_s, facts.window_s), 1),
        maximum=facts.window_s,
        icon="history",
        tone="good" if full else "busy",
    )


def _levels(facts: CameraFacts) -> tuple[Level, ...]:
    levels = []
    if facts.battery is not None:
        tone = "warn" if facts.battery <= LOW_BATTERY else "quiet"
        levels.append(Level("Battery", f"{facts.battery} %", facts.battery, 100, "battery-2", tone))
    if facts.storage_used is not None:
        tone = "warn" if facts.storage_used >= FULL_STORAGE else "quiet"
        text = f"{facts.storage_used} % used"
        levels.append(Level("Storage", text, facts.storage_used, 100, "database", tone))
    return tuple(levels)


def _upload(facts: CameraFacts) -> Level | None:
    if facts.uploading is None:
        return None
    share, left = facts.uploading_share, facts.bytes_left
    text = f"{share} %" if share is not None else f"{size(left)} left" if left else ""
    return Level(f"Sending recording {facts.uploading}", text, share or 0, 100, "cloud-upload", "busy")


def _waiting(facts: CameraFacts) -> str:
    return f"{count(facts.waiting, 'recording')} to send" if facts.waiting else ""
