"""What of an arriving recording a viewing has laid out, for every process that plays it.

How a recording that still arrives is laid out depends on who looked when: what comes after its place was laid
out is not shown (``fleet.footage.timeline.arrived``). Where there can be two processes, the numbers of the
chunks that are laid out are in the viewing's row. Whoever lays out more holds that row meanwhile, begins with
what it says and writes down what it added before any player is told: so a player is told the same by both.

The numbers are kept as ranges, ``3-40,44-44``: a recording without holes is one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from fleet.core.services import Services
from fleet.footage.timeline.arrived import PlacedChunk
from fleet.footage.watching.models import OpenViewing

L = TypeVar("L")
P = TypeVar("P", bound=PlacedChunk)
Ranges = tuple[tuple[int, int], ...]


class SharedLayout:
    """The row of one viewing."""

    def __init__(self, services: Services, name: str) -> None:
        self._services = services
        self._name = name

    def grow(self, lay_out: Callable[[Ranges | None], L], numbers: Callable[[L], Iterable[int]]) -> L:
        """Lay out what was laid out before and what came after its end, and keep what that is.

        Args:
            lay_out: does so; called while nobody else does, with what was laid out before, or None where the
                viewing has ended: nobody is shown it then.
            numbers: of the chunks that it laid out, in order.
        """
        with self._services.sessions.begin() as session:
            row = session.get(OpenViewing, self._name, with_for_update=True)
            if row is None or row.shown is None:
                return lay_out(None)
            done = lay_out(read_ranges(row.shown))
            written = written_ranges(numbers(done))
            if written != row.shown:
                row.shown = written
        return done


def laid_out(before: Ranges, found: Sequence[P]) -> list[P]:
    """Return what of the chunks that were found was laid out before, and all after its end."""
    last = before[-1][1] if before else -1
    inside = {seq for first, end in before for seq in range(first, end + 1)}
    return [chunk for chunk in found if chunk.seq > last or chunk.seq in inside]


def written_ranges(numbers: Iterable[int]) -> str:
    """Write numbers, which come in order, as ranges.

    >>> written_ranges([3, 4, 5, 9])
    '3-5,9-9'
    """
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ",".join(f"{first}-{end}" for first, end in ranges)


def read_ranges(text: str) -> Ranges:
    """Read what ``written_ranges`` wrote.

    >>> read_ranges("3-5,9-9")
    ((3, 5), (9, 9))
    """
    found = []
    for each in filter(None, text.split(",")):
        first, end = each.split("-")
        found.append((int(first), int(end)))
    return tuple(found)
