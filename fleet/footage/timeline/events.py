"""What happened in a recording, in seconds after its first picture, as pages and players show it. Pure.

Times are those of the boot clock; a hole that is shown shorter than it is (``timeline.holes``) moves up what
comes after it.

It is made from the signed ledger and from what the verifier found, and kept with the recording's row, because
a long recording's ledger is too large to be read for every page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from fleet.footage.timeline.arrived import NOT_ARRIVED, NOT_SHOWN, NotArrived
from fleet.footage.timeline.conditions import TimelineCondition
from fleet.footage.timeline.holes import Cut, shown_at
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import ClockLabel, Track
from protocol.footage.ledger.conditions import condition_of
from protocol.footage.ledger.ledger import Ledger
from protocol.footage.verifying.report import ConditionResult, GapResult, conditions_within
from protocol.units import NS_PER_S, NS_PER_US, US_PER_S

UNVERIFIED: Final = "not verified"
"""What a gap has for a cause where nothing that its ledger says of it counts."""


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that the ledger says happened.

    Attributes:
        kind: what, as the ledger words it.
        offset_s: where it is in what is shown.
        at_utc_us: wall time, by the camera's clock.
        detail: further facts.
    """

    kind: str
    offset_s: float
    at_utc_us: int
    detail: Mapping[str, str | int]

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TimelineGap:
    """A time without picture or sound.

    Attributes:
        track: which of them.
        offset_s: where it begins in what is shown.
        duration_s: how long it is.
        cause: why, or ``unexplained``.
        shown_s: how long it is in what is shown, where that was looked at.
    """

    track: str
    offset_s: float
    duration_s: float
    cause: str
    shown_s: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class RecordingEvents:
    """What happened in a recording.

    Attributes:
        first_utc_us: wall time of the first picture, reckoned from the press.
        duration_s: length of what is shown.
        press_s: where the press lies: below 0 where it came before the first picture, and beyond the end
            where the footage ended before it.
        events: what the ledger says, in its order.
        gaps: what is missing.
        conditions: what was wrong with picture or sound that came, as the ledger says.
        close: the end of the ledger; None when it was cut off, or has not ended yet.
    """

    first_utc_us: int
    duration_s: float
    press_s: float
    events: tuple[TimelineEvent, ...] = ()
    gaps: tuple[TimelineGap, ...] = ()
    conditions: tuple[TimelineCondition, ...] = ()
    close: TimelineEvent | None = None

    @property
    def late_s(self) -> float:
        """How long after the press the footage begins; 0 where it does not, but for the tolerance."""
        is_late = self.duration_s > 0 and -self.press_s > seconds(CONTINUITY_TOLERANCE_NS)
        return -self.press_s if is_late else 0.0

    def pressed_at(self, press_utc_us: int) -> RecordingEvents:
        """Return the same with a press before the first picture where it was; earlier versions kept 0 for it.

        Args:
            press_utc_us: wall time of the press by the camera's clock.
        """
        if self.press_s > 0:
            return self
        return replace(self, press_s=min(0.0, (press_utc_us - self.first_utc_us) / US_PER_S))

    def to_json(self) -> dict[str, Any]:
        """Return it as the table keeps it and the API shows it."""
        return {
            "duration_s": self.duration_s,
            "press_s": self.press_s,
            "first_utc_us": self.first_utc_us,
            "events": [event.to_json() for event in self.events],
            "gaps": [gap.to_json() for gap in self.gaps],
            "conditions": [each.to_json() for each in self.conditions],
            "close": self.close.to_json() if self.close is not None else None,
        }

    def bare(self) -> RecordingEvents:
        """Return where there is footage and where there is none, without what a ledger says happened (F8)."""
        gaps = tuple(
            each if each.cause in {NOT_ARRIVED, NOT_SHOWN} else replace(each, cause=UNVERIFIED)
            for each in self.gaps
        )
        return replace(self, first_utc_us=0, press_s=0.0, events=(), conditions=(), close=None, gaps=gaps)

    def by_another_clock(self, shift_us: int) -> RecordingEvents:
        """Return the same with times of a clock that was ``shift_us`` ahead of the camera's at the press.

        An event after which the camera's own clock had been set is told by that already: each label is taken
        for one of the clock that it lies closer to.
        """

        def moved(event: TimelineEvent) -> TimelineEvent:
            expected = self.first_utc_us + round(event.offset_s * US_PER_S)
            ahead = event.at_utc_us - expected
            if abs(ahead) > abs(ahead - shift_us):
                return event
            return replace(event, at_utc_us=event.at_utc_us + shift_us)

        return replace(
            self,
            first_utc_us=self.first_utc_us + shift_us,
            events=tuple(map(moved, self.events)),
            close=moved(self.close) if self.close is not None else None,
        )

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> RecordingEvents:
        """Read what ``to_json`` made."""
        return cls(
            first_utc_us=kept["first_utc_us"],
            duration_s=kept["duration_s"],
            press_s=kept["press_s"],
            events=tuple(TimelineEvent(**event) for event in kept["events"]),
            gaps=tuple(TimelineGap(**gap) for gap in kept["gaps"]),
            conditions=tuple(TimelineCondition(**each) for each in kept.get("conditions", ())),
            close=TimelineEvent(**kept["close"]) if kept["close"] else None,
        )


def place_events(
    ledger: Ledger,
    *,
    first_ns: int,
    end_ns: int,
    gaps: Sequence[GapResult] = (),
    cuts: Sequence[Cut] = (),
    away: Sequence[tuple[Track, NotArrived]] = (),
) -> RecordingEvents:
    """Return what a recording's ledger says, each thing in its place.

    Args:
        ledger: the recording's.
        first_ns: where it begins on the boot clock.
        end_ns: end of its last.
        gaps: what the verifier found missing.
        cuts: the holes that are shown shorter than they are.
        away: what has not arrived of each track.
    """
    opening, close, lies = ledger.open, ledger.close, _Lies(first_ns, cuts)
    told = (condition_of(each.kind, each.detail) for each in ledger.events)
    wrong = conditions_within((each for each in told if each is not None), first_ns, end_ns)
    return RecordingEvents(
        first_utc_us=opening.label.utc_us - (opening.press_ns - first_ns) // NS_PER_US,
        duration_s=lies.at(end_ns),
        press_s=lies.at(opening.press_ns),
        events=tuple(
            lies.event(str(each.kind), each.at_ns, each.label, each.detail) for each in ledger.events
        ),
        gaps=(
            *(lies.gap(each) for each in gaps if not each.overlap),
            *(lies.not_here(track, span) for track, span in away),
        ),
        conditions=tuple(map(lies.condition, wrong)),
        close=None
        if close is None
        else lies.event("close", close.at_ns, close.label, {"reason": close.reason}),
    )


@dataclass(frozen=True, slots=True)
class _Lies:
    """Where things lie in what is shown of a recording.

    Attributes:
        first_ns: where it begins on the boot clock.
        cuts: the holes that are shown shorter than they are.
    """

    first_ns: int
    cuts: Sequence[Cut]

    def at(self, at_ns: int) -> float:
        return seconds(shown_at(self.cuts, at_ns - self.first_ns))

    def event(
        self, kind: str, at_ns: int, label: ClockLabel, detail: Mapping[str, str | int]
    ) -> TimelineEvent:
        return TimelineEvent(kind, self.at(at_ns), label.utc_us, dict(detail))

    def gap(self, each: GapResult) -> TimelineGap:
        start, end = (shown_at(self.cuts, at_ns - self.first_ns) for at_ns in (each.start_ns, each.end_ns))
        cause = str(each.cause) if each.cause is not None else "unexplained"
        return TimelineGap(
            str(each.track), seconds(start), seconds(each.duration_ns), cause, seconds(end - start)
        )

    def not_here(self, track: Track, span: NotArrived) -> TimelineGap:
        start, end = self.at(span.start_ns), self.at(span.end_ns)
        return TimelineGap(
            str(track), start, seconds(span.end_ns - span.start_ns), NOT_ARRIVED, round(end - start, 6)
        )

    def condition(self, each: ConditionResult) -> TimelineCondition:
        return TimelineCondition(
            str(each.track),
            each.condition,
            self.at(each.start_ns),
            seconds(each.duration_ns),
            seconds(each.before_ns),
            each.over,
        )


def seconds(duration_ns: int) -> float:
    """Return nanoseconds as seconds, to the microsecond."""
    return round(duration_ns / NS_PER_S, 6)
