"""Makes a failing shift shorter, for as long as it fails in the same way. Pure.

It is delta debugging (Zeller and Hildebrandt, *Simplifying and Isolating Failure-Inducing Input*, IEEE TSE
28:2, 2002): ever smaller parts of the steps are left out. Then cameras go, waits get shorter, and it begins
again, until nothing more can go or enough was tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.storm.shift import possible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    tries = 0
    smaller = True
    while smaller:
        smaller = False
        for each in _simpler(shift):
            if tries >= most_tries:
                return Shrunk(shift, tries, smallest=False)
            tries += 1
            if fails(each):
                shift, smaller = each, True
                break
    return Shrunk(shift, tries, smallest=True)


def _simpler(shift: DrawnShift) -> Iterator[DrawnShift]:
    """Everything that a shift may become in one go, the boldest first."""
    steps, size = shift.steps, len(shift.steps)
    while size:
        for begin in range(0, len(steps), size):
            yield _with(shift, shift.cameras, (*steps[:begin], *steps[begin + size :]))
        size //= 2
    if shift.cameras > 1:
        yield _with(shift, shift.cameras - 1, steps)
    for position, step in enumerate(steps):
        for seconds in SHORT_S:
            if step["do"] == "wait" and seconds < step["seconds"]:
                shorter = {**step, "seconds": seconds}
                yield replace(shift, steps=(*steps[:position], shorter, *steps[position + 1 :]))


def _with(shift: DrawnShift, cameras: int, steps: tuple[object, ...]) -> DrawnShift:
    return replace(shift, cameras=cameras, steps=possible(steps, cameras))  # type: ignore[arg-type] # slices of them
