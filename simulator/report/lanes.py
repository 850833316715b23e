"""A run's events as a timeline for each camera: bars and marks with their places on one axis. Pure.

The axis begins with the first step, since bringing everything up says nothing about the cameras.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.report import EventRecord, RunReport

TICKS = 4
MARKS = {
    "press": "▲",
    "bookmark": "◆",
    "stop": "■",
    "private on": "◐",
    "private off": "○",
    "consent": "❝",
    "dock": "▼",
    "undock": "△",
    "hand-over": "→",
    "taking back": "←",
    "revocation": "✗",
    "hold": "⊕",
    "release": "⊖",
    "judgement": "≡",
    "forged message": "?",
    "replay": "↻",
    "listed": "+",
    "receipt": "✓",
}
"""What each kind of event looks like; the same signs stand in the legend."""

FAULTS = (
    "network", "power", "destroyed", "lens", "stall", "microphone", "stalled microphone", "card", "clock",
    "battery", "fleet", "broker", "strangers",
)  # fmt: skip
"""The kinds of events that somebody broke on purpose."""

ENDS = ("private on", "dock")
"""What ends a recording beside its own stop."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasts, with its place on the axis in per cent."""

    kind: str
    left: float
    width: float
    sentence: str


@dataclass(frozen=True, slots=True)
class LaneMark:
    """Something that happens at once, with its place on the axis in per cent."""

    sign: str
    left: float
    sentence: str
    asked: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One camera's timeline.

    Attributes:
        name: The camera, as the scenario calls it.
        bars: Its recordings, and what was broken meanwhile.
        marks: What was asked for and seen.
        events: The same as a list.
        words: What the picture shows, in one sentence.
    """

    name: str
    bars: tuple[Bar, ...]
    marks: tuple[LaneMark, ...]
    events: tuple[EventRecord, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The time that the lanes show, in seconds since the run began."""

    from_s: float
    to_s: float

    def place(self, at_s: float) -> float:
        """Where a time is, in per cent of the axis."""
        return round(100 * min(1.0, max(0.0, (at_s - self.from_s) / (self.to_s - self.from_s))), 3)

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Places on the axis, with the seconds since its beginning."""
        length_s = self.to_s - self.from_s
        return tuple(
            (100 * each / TICKS, f"{length_s * each / TICKS:.{0 if length_s >= TICKS * 5 else 1}f} s")
            for each in range(TICKS + 1)
        )


def axis_of(report: RunReport) -> Axis:
    """The time from the first step to the last that happened."""
    begins = [each.began_s for each in report.steps if each.began_s is not None]
    ends = [each.ended_s for each in report.steps if each.ended_s is not None]
    ends += [each.until_s or each.at_s for each in report.events]
    from_s = min(begins, default=0.0)
    return Axis(from_s, max(ends, default=from_s) + 0.5 if max(ends, default=0.0) > from_s else from_s + 1)


def lanes(report: RunReport) -> tuple[Lane, ...]:
    """Return a timeline for each camera."""
    axis = axis_of(report)
    return tuple(_lane(name, report.events, axis) for name in sorted(report.cameras))


def _lane(name: str, events: Sequence[EventRecord], axis: Axis) -> Lane:
    own = tuple(each for each in events if each.camera == name)
    shared = [each for each in events if each.camera is None and each.kind in FAULTS]
    bars = (
        *_recordings(own, axis),
        *(_fault(each, axis) for each in (*own, *shared) if each.kind in FAULTS),
    )
    marks = tuple(
        LaneMark(
            MARKS[each.kind],
            axis.place(each.at_s),
            each.sentence,
            asked=each.acknowledged is not None,
            refused=each.acknowledged is False,
        )
        for each in own
        if each.kind in MARKS and each.at_s >= axis.from_s  # not what was done to bring everything up
    )
    recordings = sum(bar.kind == "recording" for bar in bars)
    words = (
        f"{name}: {recordings} recording{'' if recordings == 1 else 's'}, "
        f"{len(bars) - recordings} times something was broken, {len(marks)} events; they are listed below."
    )
    return Lane(name, bars, marks, own, words)


def _recordings(events: Sequence[EventRecord], axis: Axis) -> Iterator[Bar]:
    """Each recording from its first press to whatever ended it, or to the end of the axis."""
    seen: set[str] = set()
    for press in events:
        recording = press.recording
        if press.kind != "press" or not press.acknowledged or recording is None or recording in seen:
            continue
        seen.add(recording)
        ends = (_end(each, recording) for each in events if each.at_s > press.at_s)
        stopped_s = next((each for each in ends if each is not None), None)
        lasts = "to the end" if stopped_s is None else f"for {stopped_s - press.at_s:.1f} s"
        yield _bar("recording", press.at_s, stopped_s, f"recorded {lasts}, as {recording[:8]}", axis)


def _end(event: EventRecord, recording: str) -> float | None:
    """When an event ended a recording; None for one that did not."""
    if event.kind in ("power", "destroyed"):
        return event.at_s
    ends = event.kind in ENDS or (event.kind == "stop" and event.recording == recording)
    return event.until_s or event.at_s if ends and event.acknowledged else None


def _fault(event: EventRecord, axis: Axis) -> Bar:
    return _bar("fault", event.at_s, event.until_s, event.sentence, axis)


def _bar(kind: str, from_s: float, to_s: float | None, sentence: str, axis: Axis) -> Bar:
    left = axis.place(from_s)
    right = 100.0 if to_s is None else axis.place(to_s)
    return Bar(kind, left, round(max(0.4, right - left), 3), sentence)
