"""The timeline of a recording: where the pre-record ends, the press, bookmarks, gaps, and marks of time.

Rules:
- everything is placed in seconds after the first picture, and drawn in thousandths of the whole width;
- what is drawn is also listed in words (``events``), so that nobody needs to see the drawing;
- the line is as long as the recording is known to be: what has not arrived is drawn as not here, and press
  and bookmarks where they are, even when they lie in that part (F8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleet.footage.timeline.events import RecordingEvents
from fleet.web.views.moments import count, counter, length
from fleet.web.views.recording.causes import is_away
from fleet.web.views.recording.gaps import ShownGap, shown_gaps
from fleet.web.views.recording.shortened import Shortened
from fleet.web.zone import local, named_if_twice
from protocol.units import utc_moment

WIDTH = 1000.0
"""Width of the drawing in its own units."""

_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST_TICKS = 9
_NARROW = 6.0
_ROUNDING_S = 0.05
_NOT_HERE = {True: "Not here", False: "Not here yet"}
_BEFORE = {True: "Before the press", False: "Before it was begun"}
_LONGEST_AWAY_S = 7 * 86_400.0
"""No camera records for so long: what says that more is to come is not drawn to its scale."""


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

    @property
    def is_narrow(self) -> bool:
        """Whether an outline would be all that is seen of it, and of what lies beside it."""
        return self.width < _NARROW


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """The line, ready to draw.

    Attributes:
        duration_s: length of the whole line.
        here_s: up to where there is footage.
        final: whether no more of it is to come.
        ended: whether a person said that no more will come.
        press_s: where the press lies; below 0 where it came before the first picture.
        prerecord: the shaded span, None without any.
        press: the press; where it was begun, if nobody pressed for it.
        is_pressed: whether somebody did.
        bookmarks: those of the officer.
        gaps: spans without picture or sound.
        absent: spans within it that have not arrived.
        away: the end of the line that there is no footage for, None when there is all of it.
        dated_s: up to where the time of day goes on evenly; None where it does to the end.
        ticks: marks of time, with the clock's words.
        words: the whole drawing in one sentence.
    """

    duration_s: float
    here_s: float
    final: bool
    ended: bool
    press_s: float
    prerecord: DrawnSpan | None
    press: Mark
    is_pressed: bool
    bookmarks: tuple[Mark, ...]
    gaps: tuple[DrawnSpan, ...]
    absent: tuple[DrawnSpan, ...]
    away: DrawnSpan | None
    ticks: tuple[Mark, ...]
    dated_s: float | None
    words: str

    @property
    def bookmark_places(self) -> list[float]:
        """Where the bookmarks lie in the footage, as a player needs them."""
        return sorted(mark.offset_s for mark in self.bookmarks)

    @property
    def spans(self) -> list[tuple[float, float, str]]:
        """The gaps as a player needs them: from when to when, and what to say meanwhile."""
        return [(gap.start_s, gap.end_s, gap.label) for gap in (*self.gaps, *self.absent)]


def draw_timeline(
    events: RecordingEvents,
    *,
    told_s: float | None = None,
    final: bool = True,
    ended: bool = False,
    dated: bool = True,
    is_pressed: bool = True,
) -> TimelineDrawing | None:
    """Lay out the line of a recording; None when none of its footage is here.

    Args:
        events: what happened in it, and how much of it there is footage for.
        told_s: how long the camera says that it is; None while it has not said.
        final: whether no more of it is to come.
        ended: whether a person said that no more will come: the rest is not here, and not "not yet".
        dated: whether a clock that was set dates it; else the line counts from its first picture.
        is_pressed: whether a press began it.
    """
    here = events.duration_s
    if here <= 0:
        return None
    before = events.press_s
    marked = [event.offset_s for event in events.events if event.kind == "bookmark"]
    known = max(before, 0.0 if final else told_s or 0.0, *marked)
    duration = max(here, min(known, here + _LONGEST_AWAY_S))
    missing, cut = shown_gaps(events.gaps), Shortened.of(events.gaps).dated_s
    gaps = [gap for gap in missing if not is_away(gap.cause)]
    absent = [gap for gap in missing if is_away(gap.cause)]
    words = _words(events, duration, sum(gap.span_s for gap in absent), is_pressed=is_pressed)
    bookmarks = tuple(_mark(offset, duration, _bookmark_words(offset)) for offset in marked)
    return TimelineDrawing(
        duration_s=round(duration, 3),
        here_s=round(here, 3),
        final=final,
        ended=ended,
        press_s=round(before, 3),
        prerecord=_span(0.0, before, duration, f"{_BEFORE[is_pressed]}: {length(before)}")
        if before > 0
        else None,
        press=_mark(before, duration, _press_words(events.late_s, is_pressed=is_pressed)),
        is_pressed=is_pressed,
        bookmarks=bookmarks,
        gaps=tuple(_gap(gap, duration) for gap in gaps),
        absent=tuple(_gap(gap, duration) for gap in absent),
        away=_away(here, duration, "There is no footage of this" if final else _NOT_HERE[ended]),
        ticks=_ticks(utc_moment(events.first_utc_us), duration, cut) if dated else _counted(duration),
        dated_s=cut,
        words=f"{words}{_many(len(bookmarks), 'bookmark')}{_many(len(gaps), 'gap')}.",
    )


def _place(offset_s: float, duration: float) -> float:
    return round(WIDTH * min(max(offset_s / duration, 0.0), 1.0), 2)


def _mark(offset_s: float, duration: float, label: str) -> Mark:
    return Mark(_place(offset_s, duration), round(offset_s, 3), label)


def _span(start: float, long: float, duration: float, label: str) -> DrawnSpan:
    left, right = _place(start, duration), _place(start + long, duration)
    return DrawnSpan(left, round(max(right - left, 1.0), 2), label, round(start, 3), round(start + long, 3))


def _away(here: float, duration: float, label: str) -> DrawnSpan | None:
    """The end of the line that there is no footage for; what is shorter than a chunk can be is rounding."""
    missing = duration - here
    if missing < _ROUNDING_S:
        return None
    return _span(here, missing, duration, f"{label}: {length(missing)}")


def _gap(gap: ShownGap, duration: float) -> DrawnSpan:
    return _span(gap.offset_s, gap.span_s, duration, gap.words)


def _step(duration: float) -> int:
    """The shortest step of which no more marks come than can be read, in seconds."""
    return next((each for each in _STEPS_S if duration / each <= _MOST_TICKS), _STEPS_S[-1])


def _counted(duration: float) -> tuple[Mark, ...]:
    """Mark whole times from the first picture on, where nothing tells what time it was."""
    step = _step(duration)
    return tuple(_mark(at, duration, counter(at)) for at in range(0, math.ceil(duration), step))


def _ticks(start: datetime, duration: float, cut: float | None) -> tuple[Mark, ...]:
    """Mark whole times of the site's clock, as many as can be read; none after a hole that is cut."""
    step = _step(duration)
    there = local(start)
    into_day = timedelta(hours=there.hour, minutes=there.minute, seconds=there.second).total_seconds()
    into_day += there.microsecond / 1_000_000
    offset = -into_day % step
    form = "%H:%M" if step % 60 == 0 else "%H:%M:%S"
    marks = []
    while offset < (duration if cut is None else cut):
        at = start + timedelta(seconds=offset)
        marks.append(_mark(offset, duration, named_if_twice(f"{local(at):{form}}", at)))
        offset += step
    return tuple(marks)


def _press_words(late_s: float, *, is_pressed: bool) -> str:
    if late_s:
        begun = "The press" if is_pressed else "Begun without a press"
        return f"{begun}, {length(late_s)} before the first picture"
    return "The press" if is_pressed else "Begun here, without a press"


def _bookmark_words(offset_s: float) -> str:
    if offset_s < 0:
        return f"Bookmark {length(-offset_s)} before the first picture"
    return f"Bookmark at {counter(offset_s)}"


def _words(events: RecordingEvents, duration: float, absent_s: float, *, is_pressed: bool) -> str:
    """Say what is drawn, but for bookmarks and gaps."""
    here, before = events.duration_s, events.press_s
    begun = "the press" if is_pressed else "where it was begun"
    whole = duration - here < _ROUNDING_S and not absent_s
    parts = [
        f"{length(duration)} in all" if whole else f"{length(here - absent_s)} of {length(duration)} is here"
    ]
    if absent_s:
        parts.append(f"{length(absent_s)} before the last of it has not arrived")
    if before > here:
        parts.append(f"{begun} comes {length(before - here)} after that")
    elif absent_s and before >= 0:
        parts.append(f"{begun} lies {length(before)} into it")
    elif events.late_s:
        parts.append(f"{begun} lies {length(events.late_s)} before its first picture")
    elif before > 0 or is_pressed:
        held = f"{length(before)} of it" if before > 0 else "nothing from"
        parts.append(f"{held} before {begun}")
    return ", ".join(parts)


def _many(number: int, word: str) -> str:
    """Go on with how many there are of something; with nothing where there are none."""
    return f", {count(number, word)}" if number else ""
