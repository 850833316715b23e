"""One person or thing that is followed through a recording, and whether it is hidden. Pure.

Times are nanoseconds after the start of the recording.

Rules:

- Between two key frames the area moves in a straight line, edge by edge, rounded outwards.
- A mask never vanishes between its first and its last key frame, unless a person said so (``shown``).
- Before the first and behind the last, it is there for as long as the plan widens masks in time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from fleet.redaction.rules.area import Area, between, hull
from fleet.redaction.rules.refusal import RedactionRefusalError
from protocol.units import NS_PER_S

LONGEST_NS = 72 * 3600 * NS_PER_S
MOST_KEYS = 10_000
MOST_SHOWN = 200
LONGEST_REASON = 200


class MaskState(StrEnum):
    """What people made of a mask."""

    PROPOSED = "proposed"
    """By the machine; nobody has looked at it."""
    ACCEPTED = "accepted"
    """It is hidden."""
    REFUSED = "refused"
    """It is nothing that has to be hidden."""
    KEPT = "kept"
    """It is somebody who shall be seen: everybody else is hidden."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """Where a mask is at one time.

    Attributes:
        at_ns: when.
        area: where.
    """

    at_ns: int
    area: Area

    def __post_init__(self) -> None:
        if not 0 <= self.at_ns <= LONGEST_NS:
            raise RedactionRefusalError("A key frame lies outside the recording.")


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """From one time to before another.

    Attributes:
        start_ns: its first nanosecond.
        end_ns: the one after its last.
    """

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ns < self.end_ns <= LONGEST_NS:
            raise RedactionRefusalError("A span ends after it begins, and lies in the recording.")

    def meets(self, start_ns: int, end_ns: int) -> bool:
        """Whether they have any time in common."""
        return start_ns < self.end_ns and self.start_ns < end_ns


@dataclass(frozen=True, slots=True)
class Mask:
    """One mask.

    Attributes:
        id: its number in the plan, from 1; never given again.
        keys: key frames, in the order of their times; at least one.
        shown: where a person said that it is not there, between its first and its last key frame, in order
            and apart from one another.
        state: what people made of it.
        reason: why it is hidden, or kept; a mask that is accepted or kept has one.
        by_machine: whether it was proposed.

    Raises:
        RedactionRefusalError: it is none.
    """

    id: int
    keys: tuple[KeyFrame, ...]
    shown: tuple[TimeSpan, ...] = ()
    state: MaskState = MaskState.ACCEPTED
    reason: str = ""
    by_machine: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.id < 2**31:
            raise RedactionRefusalError("A mask has a number from 1.")
        if not 1 <= len(self.keys) <= MOST_KEYS:
            raise RedactionRefusalError(f"A mask has 1 to {MOST_KEYS} key frames.")
        times = [key.at_ns for key in self.keys]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise RedactionRefusalError("A mask's key frames are in the order of their times, one at each.")
        if len(self.shown) > MOST_SHOWN:
            raise RedactionRefusalError(f"A mask is ended and begun again at most {MOST_SHOWN} times.")
        ends = [times[0], *(span.end_ns for span in self.shown)]
        starts = [*(span.start_ns for span in self.shown), times[-1]]
        if any(start <= end for end, start in zip(ends, starts, strict=True)) and self.shown:
            raise RedactionRefusalError(
                "Where a mask is ended lies between two of its key frames, apart from where it was before."
            )
        check_reason(self.reason, needed=self.state in {MaskState.ACCEPTED, MaskState.KEPT})

    @property
    def is_hidden(self) -> bool:
        """Whether anything of it is hidden."""
        return self.state is MaskState.ACCEPTED

    def present(self) -> Iterator[tuple[int, int]]:
        """Give the spans in which it is there, from the first to the last nanosecond of each."""
        start = self.keys[0].at_ns
        for span in self.shown:
            yield start, span.start_ns
            start = span.end_ns
        yield start, self.keys[-1].at_ns

    def area_at(self, at_ns: int) -> Area:
        """Return where it is; before its first and behind its last key frame, where that is."""
        place = bisect_left(self.keys, at_ns, key=lambda key: key.at_ns)
        if place == len(self.keys):
            return self.keys[-1].area
        later = self.keys[place]
        if place == 0 or later.at_ns == at_ns:
            return later.area
        earlier = self.keys[place - 1]
        return between(earlier.area, later.area, at_ns - earlier.at_ns, later.at_ns - earlier.at_ns)

    def swept(self, start_ns: int, end_ns: int) -> Area | None:
        """Return an area that covers wherever it is from ``start_ns`` to ``end_ns``, both included.

        None where it is not there at any of these times.
        """
        found: list[Area] = []
        for first, last in self.present():
            begin, end = max(first, start_ns), min(last, end_ns)
            if begin > end:
                continue
            inner = slice(
                bisect_right(self.keys, begin, key=lambda key: key.at_ns),
                bisect_left(self.keys, end, key=lambda key: key.at_ns),
            )
            found += [self.area_at(begin), *(key.area for key in self.keys[inner]), self.area_at(end)]
        return hull(found) if found else None


def check_reason(reason: str, *, needed: bool) -> None:
    """Check a reason that a person gave.

    Raises:
        RedactionRefusalError: there is none and there has to be one, or it is no single line of text.
    """
    if needed and not reason.strip():
        raise RedactionRefusalError("Say why: what is hidden or kept in sight has a reason.")
    if len(reason) > LONGEST_REASON or not (reason.isprintable() or not reason):
        raise RedactionRefusalError(f"A reason is one line of at most {LONGEST_REASON} characters.")
