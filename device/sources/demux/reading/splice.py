"""One unbroken line from a source's own time stamps, for all its tracks together. Pure.

A source's stamps may jump: a recording that was joined from pieces, a camera that restarted, a counter that
went over its end. A jump is not a hole. What tells them apart:

- A jump backwards is always a jump. What follows is put right after what was there.
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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import Track

LONGEST_HOLE_NS: Final = 10 * NS_PER_S
"""FFmpeg's own limit for a jump in containers whose stamps may be discontinuous (``dts_delta_threshold``)."""

BACK_NS: Final = NS_PER_S
"""Stamps of one track may go back by so much, as badly made ones do."""

_SKEW_NS: Final = 10 * NS_PER_S
_APART_NS: Final = 2 * NS_PER_S


@dataclass(slots=True)
class _Line:
    """One track: the stamp that would follow without a hole, and what is added to its stamps."""

    follows: int
    shift: int

    @property
    def end(self) -> int:
        return self.follows + self.shift


class Splice:
    """Finds what is to be added to stamps so that they go on without a jump."""

    def __init__(self) -> None:
        self._lines: dict[Track, _Line] = {}
        self._shifts: list[int] = [0]

    def place(
        self, track: Track, stamp_ns: int, length_ns: int, longest_hole_ns: int = LONGEST_HOLE_NS
    ) -> int:
        """Take the next packet of a track, in the order in which it is decoded.

        Args:
            track: Whose it is.
            stamp_ns: Its own stamp.
            length_ns: How long it lasts; 0 where nobody knows.
            longest_hole_ns: More than this without anything from any track is a jump.

        Returns:
            What to add to this packet's stamps, in ns.
        """
        line = self._lines.get(track)
        others = [other.end for name, other in self._lines.items() if name is not track]
        if line is None:
            shift = self._first(stamp_ns, others, longest_hole_ns)
        else:
            shift = self._next(line, stamp_ns, max([line.end, *others]), longest_hole_ns)
        self._lines[track] = _Line(stamp_ns + length_ns, shift)
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

    def _next(self, line: _Line, stamp_ns: int, front: int, hole_ns: int) -> int:
        for shift in (line.shift, *self._shifts):
            if line.end - BACK_NS <= stamp_ns + shift <= front + hole_ns:
                return shift
        after = front if front - line.end <= _APART_NS else line.end
        return self._moved(after - stamp_ns)

    def _moved(self, shift: int) -> int:
        """Keep the latest moves: tracks that lag behind will look for them."""
        self._shifts = [shift, *self._shifts[:3]]
        return shift
