"""One unbroken line from a source's own time stamps, for all its tracks together. Pure.

A source's stamps may jump: a recording that was joined from pieces, a camera that restarted, a counter that
went over its end. A jump is not a hole. What tells them apart:

- A jump backwards is always a jump. What follows is put right after what was there. Where stamps only
  wavered, and go on from where they had been within a second, they are back on their own.
- What goes forwards is none, however long the packet before was said to last: lengths are often stated wrong.
- Where stamps say when pictures are shown, they go back without a jump: pictures come in the order in which
  they are decoded. A key picture is shown behind all before it. One that is not is a jump, and sound that
  goes back follows it. Where the sound has not followed by the next one, it was a bad stamp.
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
from enum import Enum
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import Track

LONGEST_HOLE_NS: Final = 10 * NS_PER_S
"""FFmpeg's own limit for a jump in containers whose stamps may be discontinuous (``dts_delta_threshold``)."""

BACK_NS: Final = NS_PER_S
"""Stamps for showing may go back by so much, in the order in which pictures are decoded."""

WAVERS_NS: Final = 150 * NS_PER_MS
"""Stamps for decoding go back by so much and are no jump: where they are rounded, and where files are joined,
whose sound is longer than the picture by what encoders pad. Nor are those of key pictures."""

_SKEW_NS: Final = 10 * NS_PER_S
_APART_NS: Final = 2 * NS_PER_S


class Stamps(Enum):
    """What is known of a packet's stamp: by how much it may lie before those of packets before it.

    Attributes:
        ORDERED: It says when it is decoded: by ``WAVERS_NS``.
        LOOSE: It may be corrected, reckoned, or say when a picture is shown: by ``BACK_NS``.
        KEY: It says when a key picture is shown, which is behind all before it: by ``WAVERS_NS``.
        BESIDE: It is of sound beside such pictures: as ``LOOSE``, but it follows their jumps.
    """

    ORDERED = "ordered"
    LOOSE = "loose"
    KEY = "key"
    BESIDE = "beside"


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
        led_from: What was added before the last key picture, where that was a jump.
    """

    stamp: int
    length: int
    shift: int
    furthest: int
    latest: int
    step: int = 0
    before: _Before | None = None
    led_from: int | None = None

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
        stamps: Stamps = Stamps.LOOSE,
    ) -> int:
        """Take the next packet of a track, in the order in which it is decoded.

        Args:
            track: Whose it is.
            stamp_ns: Its own stamp.
            length_ns: How long it lasts; 0 where nobody knows.
            longest_hole_ns: More than this without anything from any track is a jump.
            stamps: By how much it may go back and is none.

        Returns:
            What to add to this packet's stamps, in ns.
        """
        line = self._lines.get(track)
        others = [other for name, other in self._lines.items() if name is not track]
        ends = [other.end for other in others]
        if line is None:
            shift, before = self._first(stamp_ns, ends, longest_hole_ns), None
        elif stamps is Stamps.KEY and _was_bad(line, others):
            shift, before = line.led_from or 0, None
        else:
            shift = self._next(line, stamp_ns, max([line.furthest, *ends]), longest_hole_ns, stamps)
            before = _wavered(line, stamp_ns, shift)
        went_on = _went_on(line, stamp_ns, length_ns, shift, before)
        if line is not None:
            went_on.led_from = line.led_from
            if stamps is Stamps.KEY:
                went_on.led_from = line.shift if shift > line.shift else None
        self._lines[track] = went_on
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

    def _next(self, line: _Line, stamp_ns: int, front: int, hole_ns: int, stamps: Stamps) -> int:
        before = line.before
        if stamps is Stamps.ORDERED and before is not None and _is_back(before, stamp_ns):
            return before.shift
        if stamps is Stamps.BESIDE and stamp_ns + line.shift < (follows := _least(line, Stamps.ORDERED)):
            for shift in self._shifts:
                if shift > line.shift and follows <= stamp_ns + shift <= front + hole_ns:
                    return shift
        least = _least(line, stamps)
        for shift in (line.shift, *self._shifts):
            if least <= stamp_ns + shift <= front + hole_ns:
                return shift
        after = front if front - line.end <= _APART_NS else line.end
        return self._moved(after - stamp_ns)

    def _moved(self, shift: int) -> int:
        """Keep the latest moves: tracks that lag behind will look for them."""
        self._shifts = [shift, *self._shifts[:3]]
        return shift


def _least(line: _Line, stamps: Stamps) -> int:
    """From which instant on the next packet makes no jump; that is no later than the last began."""
    if stamps is Stamps.KEY:
        return line.latest - WAVERS_NS
    if stamps is Stamps.ORDERED:
        return min(line.latest, line.latest + line.step - WAVERS_NS)
    return min(line.begin, line.end - BACK_NS)


def _is_back(before: _Before, stamp_ns: int) -> bool:
    """Whether stamps go on from where they had been."""
    return abs(stamp_ns + before.shift - before.due) <= WAVERS_NS


def _was_bad(line: _Line, others: list[_Line]) -> bool:
    """Whether the last key picture was a jump that no other track has followed."""
    return line.led_from is not None and bool(others) and all(each.shift == line.led_from for each in others)


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
