"""Which milliseconds of a copy somebody watched, as far as a service can know. Pure.

Spans are ``(from_ms, to_ms)``, in order and apart from one another.

Rules:
- what a player says that it played counts only where the service had sent it to whoever says so;
- and no more of it than can be played since they last said so, at most ``FASTEST`` times as fast;
- crumbs that a player leaves between two reports, or at an end, are not missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

Spans = tuple[tuple[int, int], ...]

FASTEST: Final = 2
"""Faster than this a player does not count: nobody sees a face that is there for a moment."""
AHEAD_MS: Final = 5_000
"""So much more may be said at once: a report comes a little late, and the next one soon after."""
CRUMB_MS: Final = 300
MOST_SPANS: Final = 2_000


def joined_spans(spans: Iterable[Sequence[int]], *, crumb_ms: int = 0) -> Spans:
    """Return spans in order, those that touch or lie no more than ``crumb_ms`` apart as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((int(each[0]), int(each[1])) for each in spans):
        if end <= start:
            continue
        if found and start - found[-1][1] <= crumb_ms:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Spans, other: Spans) -> Spans:
    """Return what lies in both."""
    found = []
    at = 0
    for start, end in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        place = at
        while place < len(other) and other[place][0] < end:
            found.append((max(start, other[place][0]), min(end, other[place][1])))
            place += 1
    return joined_spans(found)


def left_of(needed: Spans, played: Spans) -> Spans:
    """Return what of ``needed`` was not played; crumbs are left out."""
    found = []
    for start, end in needed:
        at = start
        for begin, stop in played:
            if stop <= at or begin >= end:
                continue
            if begin > at:
                found.append((at, begin))
            at = max(at, stop)
        if at < end:
            found.append((at, end))
    return tuple(each for each in found if each[1] - each[0] > CRUMB_MS)


def length_of(spans: Spans) -> int:
    """Return how long they are together, in milliseconds."""
    return sum(end - start for start, end in spans)


def is_possible(said: Spans, since_ms: int) -> bool:
    """Say whether so much can have been played in so many milliseconds."""
    return length_of(said) <= FASTEST * max(since_ms, 0) + AHEAD_MS
