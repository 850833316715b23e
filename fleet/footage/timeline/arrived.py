"""How a recording is laid out of which parts have not arrived. Pure.

A camera sends what matters most first (L5): what surrounds the press, then backwards. So what is here may
begin in the middle, and have holes that nobody lost.

Rules:
- a recording is laid out from where it begins, whether that is here or not: by its ``open``, as near as that
  tells. What has not arrived is a hole like any other, told apart by the numbers of the chunks (F8);
- what somebody is watching never changes its times: it only grows at its end. What arrives before that is
  laid out for whoever opens the recording next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from protocol.footage.ledger.ledger import Open
from protocol.units import NS_PER_S

NOT_ARRIVED: Final = "not arrived"
"""What a gap has for a cause that is not missing on the camera, as far as anybody knows."""
NOT_SHOWN: Final = "not arrived at first"
"""The same, where more has arrived since it was laid out: it may be here by now."""

LONGEST_BEGINNING_NS = 3600 * NS_PER_S
"""No camera keeps more from before a press: what says so is not laid out to its scale."""


@dataclass(frozen=True, slots=True)
class ChunkPlace:
    """Where a chunk lies: its number, and from when to when on the boot clock."""

    seq: int
    start_ns: int
    end_ns: int


class PlacedChunk(Protocol):
    """A chunk: its number, and where it lies on the boot clock."""

    @property
    def seq(self) -> int:
        """Its number in the run."""
        ...

    @property
    def start_ns(self) -> int:
        """Where it begins."""
        ...

    @property
    def end_ns(self) -> int:
        """Where it ends."""
        ...


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A span of which no chunk has arrived: from when to when, on the boot clock."""

    start_ns: int
    end_ns: int


P = TypeVar("P", bound=PlacedChunk)


def grown(before: Sequence[P], found: Sequence[P]) -> list[P]:
    """Return what was laid out before, and all that was found after its end."""
    return [*before, *(chunk for chunk in found if chunk.seq > before[-1].seq)]


def absent(opening: Open, chunks: Sequence[PlacedChunk], here: Collection[int]) -> tuple[NotArrived, ...]:
    """Return the spans before and between chunks that have not arrived, in order.

    Args:
        opening: the recording's.
        chunks: at least one of those that are laid out, in order.
        here: the numbers of all chunks that have arrived, those without picture and sound included.
    """
    spans: list[NotArrived] = []
    first = chunks[0]
    begins = _begins_ns(opening, first)
    if begins < first.start_ns and _lacks(here, opening.first_seq, first.seq):
        spans.append(NotArrived(begins, first.start_ns))
    for before, after in pairwise(chunks):
        if before.end_ns < after.start_ns and _lacks(here, before.seq + 1, after.seq):
            spans.append(NotArrived(before.end_ns, after.start_ns))
    return tuple(spans)


def _lacks(here: Collection[int], first: int, end: int) -> bool:
    """Say whether any chunk of a range has not arrived; it asks of no more than have, and one."""
    return any(seq not in here for seq in range(first, end))


def _begins_ns(opening: Open, first: PlacedChunk) -> int:
    """Return where the recording begins, reckoned from the first chunk that is here.

    The ``open`` tells how much pre-record there is, and in how many chunks; not where each begins.
    """
    before = min(first.seq, opening.last_seq + 1) - opening.first_seq
    count = opening.last_seq + 1 - opening.first_seq
    if before <= 0:  # so it is where the press came with no chunk
        return first.start_ns
    reckoned = opening.held_ns * before // count
    since_press = max(0, first.start_ns - opening.press_ns) if first.seq > opening.last_seq else 0
    return max(0, first.start_ns - min(reckoned + since_press, LONGEST_BEGINNING_NS))
