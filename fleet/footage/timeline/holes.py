"""How much of a hole in a recording is laid out, when a camera's clock says that it is absurdly long. Pure.

A camera that sleeps while it records leaves a hole of hours, which is shown as it is. A start time that is
centuries after the chunk before it is signed as well as any other: laid out in spans of two seconds it
would fill the memory of whoever looks at it. So a hole is shown for ``LONGEST_HOLE_NS`` at most, and all
holes of a recording for ``LONGEST_HOLES_NS``; what was cut is said, and the signed times stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.units import NS_PER_S

LONGEST_SPAN_NS = MAX_CHUNK_NS
"""No span of a hole is made longer than a chunk may be."""

LONGEST_HOLE_NS = 24 * 3600 * NS_PER_S
LONGEST_HOLES_NS = 2 * LONGEST_HOLE_NS


@dataclass(frozen=True, slots=True)
class Cut:
    """A hole that is shown shorter than it is.

    Attributes:
        chunk: which chunk comes after it, counted from 0.
        begins_ns: where it begins, after the start of the recording on the camera's clock.
        length_ns: its length.
        shown_ns: how much of it is shown.
    """

    chunk: int
    begins_ns: int
    length_ns: int
    shown_ns: int

    @property
    def left_out_ns(self) -> int:
        """How much of it is not shown."""
        return self.length_ns - self.shown_ns


def cut_holes(chunks: Iterable[tuple[int, int]]) -> tuple[Cut, ...]:
    """Say which holes between chunks are shown shorter.

    Args:
        chunks: start and end of each on the boot clock, in order.
    """
    cuts: list[Cut] = []
    first = at = None
    left = LONGEST_HOLES_NS
    for number, (start, end) in enumerate(chunks):
        first = start if first is None else first
        at = start if at is None else at
        hole = max(start - at, 0)
        shown = min(hole, LONGEST_HOLE_NS, max(left, LONGEST_SPAN_NS))
        left = max(left - shown, 0)
        if shown < hole:
            cuts.append(Cut(number, at - first, hole, shown))
        at = max(end, at)
    return tuple(cuts)


def shown_at(cuts: Sequence[Cut], offset_ns: int) -> int:
    """Return where in what is shown an instant lies.

    Args:
        cuts: of the recording, in order.
        offset_ns: the instant, after the start of the recording on the camera's clock.

    >>> shown_at([Cut(1, begins_ns=10, length_ns=100, shown_ns=5)], 120)
    25
    """
    left_out = 0
    for cut in cuts:
        into = offset_ns - cut.begins_ns
        if into > cut.shown_ns:
            left_out += min(into, cut.length_ns) - cut.shown_ns
    return offset_ns - left_out
