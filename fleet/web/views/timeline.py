"""The time line of a recording: where the pre-record ends, the press, bookmarks, gaps, and marks of time.

Rules:
- everything is placed in seconds after the first picture, and drawn in thousandths of the whole width;
- what is drawn is also listed in words (``events``), so that nobody needs to see the drawing;
- a thing that lies outside the footage is moved to its edge, never left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.footage.timeline.events import RecordingEvents
from fleet.web.views.gaps import ShownGap, shown_gaps
from fleet.web.views.moments import SITE_ZONE, counter, length
from protocol.units import utc_moment

WIDTH = 1000.0
"""Width of the drawing in its own units."""

_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A point on the line: its place (drawn and in seconds) and what it is, in words."""

    x: float
    offset_s: float
    label: str


@dataclass(frozen=True, slots=True)
class DrawnSpan:
    """A span of the line: its place (drawn and in seconds), and what it is, in words."""

    x: float
    width: float
    label: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """The line, ready to draw.

    Attributes:
        duration_s: length of the whole.
        press_s: seconds of footage before the press.
        prerecord: the shaded span, None without any.
        press: the press.
        bookmarks: those of the officer.
        gaps: spans without picture or sound.
        ticks: marks of time, with the clock's words.
        words: the whole drawing in one sentence.
    """

    duration_s: float
    press_s: float
    prerecord: DrawnSpan | None
    press: Mark
    bookmarks: tuple[Mark, ...]
    gaps: tuple[DrawnSpan, ...]
    ticks: tuple[Mark, ...]
    words: str

    @property
    def spans(self) -> list[tuple[float, float, str]]:
        """The gaps as a player needs them: from when to when, and what to say meanwhile."""
        return [(gap.start_s, gap.end_s, gap.label) for gap in self.gaps]


def draw_timeline(events: RecordingEvents) -> TimelineDrawing | None:
    """Lay out the line of a recording; None when it has no footage."""
    duration = events.duration_s
    if duration <= 0:
        return None
    gaps = shown_gaps(events.gaps)
    before = min(events.press_s, duration)
    bookmarks = tuple(
        _mark(event.offset_s, duration, f"Bookmark at {counter(event.offset_s)}")
        for event in events.events
        if event.kind == "bookmark"
    )
    return TimelineDrawing(
        duration_s=round(duration, 3),
        press_s=round(before, 3),
        prerecord=_span(0.0, before, duration, f"Before the press: {length(before)}") if before else None,
        press=_mark(before, duration, "The press"),
        bookmarks=bookmarks,
        gaps=tuple(_gap(gap, duration) for gap in gaps),
        ticks=_ticks(utc_moment(events.first_utc_us), duration),
        words=_words(duration, before, len(bookmarks), len(gaps)),
    )


def _place(offset_s: float, duration: float) -> float:
    return round(WIDTH * min(max(offset_s / duration, 0.0), 1.0), 2)


def _mark(offset_s: float, duration: float, label: str) -> Mark:
    return Mark(_place(offset_s, duration), round(offset_s, 3), label)


def _span(start: float, long: float, duration: float, label: str) -> DrawnSpan:
    left, right = _place(start, duration), _place(start + long, duration)
    return DrawnSpan(left, round(max(right - left, 1.0), 2), label, round(start, 3), round(start + long, 3))


def _gap(gap: ShownGap, duration: float) -> DrawnSpan:
    return _span(gap.offset_s, gap.span_s, duration, gap.words)


def _ticks(start: datetime, duration: float) -> tuple[Mark, ...]:
    """Mark whole times of the site's clock, as many as can be read."""
    step = next((each for each in _STEPS_S if duration / each <= _MOST_TICKS), _STEPS_S[-1])
    local = start.astimezone(SITE_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    into_day = (local - midnight).total_seconds()
    offset = -into_day % step
    form = "%H:%M" if step % 60 == 0 else "%H:%M:%S"
    marks = []
    while offset < duration:
        at = (start + timedelta(seconds=offset)).astimezone(SITE_ZONE)
        marks.append(_mark(offset, duration, f"{at:{form}}"))
        offset += step
    return tuple(marks)


def _words(duration: float, before: float, bookmarks: int, gaps: int) -> str:
    parts = [f"{length(duration)} in all"]
    parts.append(f"{length(before)} of it before the press" if before else "nothing from before the press")
    if bookmarks:
        parts.append("1 bookmark" if bookmarks == 1 else f"{bookmarks} bookmarks")
    if gaps:
        parts.append("1 gap" if gaps == 1 else f"{gaps} gaps")
    return ", ".join(parts) + "."
