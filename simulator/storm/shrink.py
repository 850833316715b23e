"""Makes a failing shift shorter, for as long as it fails in the same way. Pure.

It is delta debugging (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, IEEE TSE
28:2, 2002): ever smaller parts of the steps are left out. Then cameras go, waits get shorter, and it begins
again, until nothing more can go or enough was tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.storm.shift import possible

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.storm.shift import DrawnShift

SHORT_S = (0.1, 1.0, 5.0)
"""What a wait is tried with, the shortest first."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What shrinking came to.

    Attributes:
        shift: The shortest that was seen to fail.
        tries: How many were tried.
        smallest: Whether nothing more can be left out; False where it ended because enough was tried.
    """

    shift: DrawnShift
    tries: int
    smallest: bool


def shrink(shift: DrawnShift, fails: Callable[[DrawnShift], bool], *, most_tries: int) -> Shrunk:
    """Make a failing shift shorter.

    Args:
        shift: One that fails.
        fails: Tells whether another fails in the same way; the same answer for the same shift.
        most_tries: How many to try at most.
    """
    shrinking = _Shrinking(fails, most_tries)
    try:
        before = None
        while shift != before:
            before = shift
            shift = shrinking.waits(shrinking.cameras(shrinking.steps(shift)))
    except _EnoughError:
        return Shrunk(shrinking.shortest or shift, shrinking.tries, smallest=False)
    return Shrunk(shift, shrinking.tries, smallest=True)


class _EnoughError(Exception):
    """No more may be tried."""


@dataclass(slots=True)
class _Shrinking:
    """Tries shorter shifts, none of them twice.

    What is left out is gone on with where it was: whatever came before it was tried a moment ago, and would
    hardly go now. The next round tries it again, since in the end nothing more may go.
    """

    fails: Callable[[DrawnShift], bool]
    most_tries: int
    tries: int = 0
    shortest: DrawnShift | None = None
    held: set[str] = field(default_factory=set)

    def steps(self, shift: DrawnShift) -> DrawnShift:
        """Leave out ever smaller parts of the steps."""
        size = len(shift.steps)
        while size:
            begin = 0
            while begin < len(shift.steps):
                rest = (*shift.steps[:begin], *shift.steps[begin + size :])
                shorter = self._tried(_with(shift, shift.cameras, rest))
                begin += size if shorter is None else 0
                shift = shorter or shift
            size = min(size // 2, len(shift.steps))
        return shift

    def cameras(self, shift: DrawnShift) -> DrawnShift:
        """Leave out cameras, the last first."""
        while shift.cameras > 1:
            fewer = self._tried(_with(shift, shift.cameras - 1, shift.steps))
            if fewer is None:
                break
            shift = fewer
        return shift

    def waits(self, shift: DrawnShift) -> DrawnShift:
        """Make each wait as short as it may be."""
        for position in range(len(shift.steps)):
            for seconds in SHORT_S:
                step = shift.steps[position]
                if step["do"] != "wait" or seconds >= step["seconds"]:
                    continue
                shorter = {**step, "seconds": seconds}
                steps = (*shift.steps[:position], shorter, *shift.steps[position + 1 :])
                shift = self._tried(replace(shift, steps=steps)) or shift
        return shift

    def _tried(self, shift: DrawnShift) -> DrawnShift | None:
        """Return a shift that fails; None for one that holds."""
        known = repr(shift)
        if known in self.held:
            return None
        if self.tries >= self.most_tries:
            raise _EnoughError
        self.tries += 1
        if self.fails(shift):
            self.shortest = shift
            return shift
        self.held.add(known)
        return None


def _with(shift: DrawnShift, cameras: int, steps: tuple[object, ...]) -> DrawnShift:
    return replace(shift, cameras=cameras, steps=possible(steps, cameras))  # type: ignore[arg-type] # slices of them
