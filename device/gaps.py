"""Keeping the list of a chunk's gaps short, since the footage format limits it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.footage.format.model import Gap

MOST_GAPS: Final = 24
"""Gaps of one track in one chunk: with both tracks and what lies before, well below the format's 64."""


def condense(gaps: Sequence[Gap], most: int = MOST_GAPS) -> list[Gap]:
    """Gaps of one track in order of time, at most so many.

    Too many are joined with their neighbours, what lies between included: a loss may be overstated, never
    understated. The cause is that of the longest.
    """
    ordered = sorted(gaps, key=lambda gap: gap.start_ns)
    if len(ordered) <= most:
        return ordered
    size = -(-len(ordered) // most)
    return [_join(ordered[first : first + size]) for first in range(0, len(ordered), size)]


def _join(gaps: Sequence[Gap]) -> Gap:
    begin = gaps[0].start_ns
    end = max(gap.start_ns + gap.duration_ns for gap in gaps)
    longest = max(gaps, key=lambda gap: gap.duration_ns)
    return replace(longest, start_ns=begin, duration_ns=end - begin)
