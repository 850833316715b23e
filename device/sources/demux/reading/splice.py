"""One unbroken line from a source's own time stamps, for all its tracks together. Pure.

A source's stamps may jump: a recording that was joined from pieces, a camera that restarted, a counter that
went over its end. A jump is not a hole. What tells them apart:

- A jump backwards is always a jump. What follows is put right after what was there. Where stamps only
  wavered, and go on from where they had been within a second, they are back on their own.
- What goes forwards is none, however long the packet before was said to last: lengths are often stated wrong.
- A jump forwards in one track, while another track has gone on as far, is a hole of that track: nothing was
  recorded there, and what follows stays at its own time.
- A jump forwards of all tracks is a hole up to ``longest_hole_ns`` and a jump beyond it.

Rules:

- All tracks that make the same jump are moved by the same amount, to the nanosecond: what was together stays
  together. A track that jumps later than the others, because its packets come later, finds their move.
- Nothing is decided by the contents, and nothing waits.

It knows no clock: when an instant of the line is due is left to ``schedule``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import Track

LONGEST_HOLE_NS: Final = 10 * NS_PER_S
"""FFmpeg's own limit for a jump in containers whose stamps may be discontinuous (``dts_delta_threshold``)."""

BACK_NS: Final = NS_PER_S
"""Stamps for showing may go back by so much, in the order in which pictures are decoded."""

_SKEW_NS: Final = 10 * NS_PER_S
_APART_NS: Final = 2 * NS_PER_S


@dataclass(frozen=True, slots=True)
class _Before:
    """How a track went on before its stamps went back a little.

    Attributes:
        shift: What was added to its stamps.
        since: Where on the line the first packet that went back would have been.
        due: Where on the line the next one would be, had none gone back.
    """

    shift: int
    since: int
    due: int


@dataclass(slots=True)
class _Line:
    """One track: what is added to its stamps, and how far it has come.

    Attributes:
        stamp: That of its last packet.
        length: How long that one was said to last.
        shift: What is added.
        furthest: The latest end on the line since that is added.
        latest: The latest beginning, likewise.
        step: How far packets are apart, as the last two were that went forwards; 0 before.
        before: What was added before, where stamps went back not long ago.
    """

    stamp: int
    length: int
    shift: int
    furthest: int
    latest: int
    step: int = 0
    before: _Before | None = None

    @property
    def begin(self) -> int:
        return self.stamp + self.shift

    @property
    def end(self) -> int:
        return self.begin + self.length


class Splice:
    """Finds what is to be added to stamps so that they go on without a jump."""

    def __init__(self) -> None:
        self._lines: dict[Track, _Line] = {}
        self._shifts: list[int] = [0]

    def place(
        self,
        track: Track,
        stamp_ns: int,
        length_ns: int,
        longest_hole_ns: int = LONGEST_HOLE_NS,
        back_ns: int = BACK_NS,
    ) -> int:
        """Take the next packet of a track, in the order in which it is decoded.

        Args:
            track: Whose it is.
            stamp_ns: Its own stamp.
            length_ns: How long it lasts; 0 where nobody knows.
            longest_hole_ns: More than this without anything from any track is a jump.
            back_ns: By so much it may go back and is none: less than ``BACK_NS`` where nothing may lie before
                what came earlier.

        Returns:
            What to add to this packet's stamps, in ns.
        """
        line = self._lines.get(track)
        others = [other.end for name, other in self._lines.items() if name is not track]
        if line is None:
            shift, before = self._first(stamp_ns, others, longest_hole_ns), None
        else:
            shift = self._next(line, stamp_ns, max([line.furthest, *others]), longest_hole_ns, back_ns)
            before = _wavered(line, stamp_ns, shift)
        self._lines[track] = _went_on(line, stamp_ns, length_ns, shift, before)
        return shift

    def _first(self, stamp_ns: int, others: list[int], hole_ns: int) -> int:
        """A track that begins: with the others, wherever near them it is; a late beginning is its own."""
        if not others:
            return self._shifts[0]
        front = max(others)
        for shift in self._shifts:
            if front - _SKEW_NS <= stamp_ns + shift <= front + hole_ns:
                return shift
        return self._moved(front - stamp_ns)

    def _next(self, line: _Line, stamp_ns: int, front: int, hole_ns: int, back_ns: int) -> int:
        ordered = back_ns < BACK_NS
        before = line.before
        if ordered and before is not None and abs(stamp_ns + before.shift - before.due) <= back_ns:
            return before.shift
        least = _least(line, back_ns, ordered=ordered)
        for shift in (line.shift, *self._shifts):
            if least <= stamp_ns + shift <= front + hole_ns:
                return shift
        after = front if front - line.end <= _APART_NS else line.end
        return self._moved(after - stamp_ns)

    def _moved(self, shift: int) -> int:
        """Keep the latest moves: tracks that lag behind will look for them."""
        self._shifts = [shift, *self._shifts[:3]]
        return shift


def _least(line: _Line, back_ns: int, *, ordered: bool) -> int:
    """From which instant on the next packet makes no jump; that is no later than the last began."""
    begin, follows = (line.latest, line.latest + line.step) if ordered else (line.begin, line.end)
    return min(begin, follows - back_ns)


def _went_on(line: _Line | None, stamp: int, length: int, shift: int, before: _Before | None) -> _Line:
    """A track behind its next packet."""
    begin, end = stamp + shift, stamp + length + shift
    if line is None:
        return _Line(stamp, length, shift, end, begin)
    if shift != line.shift:
        return _Line(stamp, length, shift, end, begin, line.step, before)
    step = stamp - line.stamp if stamp > line.stamp else line.step
    return _Line(stamp, length, shift, max(end, line.furthest), max(begin, line.latest), step, before)


def _wavered(line: _Line, stamp: int, shift: int) -> _Before | None:
    """How a track went on before its stamps went back a little; None once that is over."""
    before, due = line.before, line.begin + line.step
    if shift > line.shift and 0 < due - (stamp + line.shift) <= BACK_NS:
        before = before or _Before(line.shift, due, due)
    elif before is None or shift == before.shift or before.due - before.since > BACK_NS:
        return None
    return replace(before, due=before.due + line.step)
