"""Which recordings may belong together, by the time of their presses. Pure.

Rules:
- what was recorded within ``WITHIN`` of one that belongs to an incident, or of the incident itself, may
  belong to it too;
- nothing is put together without somebody who says so: these are suggestions, with their reason;
- what no clock dates is never suggested: when it was is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=10)
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Pressed:
    """A recording whose press is dated.

    Attributes:
        id: its row.
        camera: which camera made it.
        at: the press.
        until: its end, as far as is known; the press itself where it is not.
    """

    id: int
    camera: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A recording that may belong to an incident.

    Attributes:
        id: its row.
        apart: how long lies between the two; nothing where they overlap.
    """

    id: int
    apart: timedelta


def suggest(
    anchors: Iterable[Pressed], others: Iterable[Pressed], *, happened: datetime | None = None
) -> tuple[Suggestion, ...]:
    """Return which of ``others`` may belong to ``anchors``, the nearest first.

    Args:
        anchors: recordings that belong to the incident already.
        others: those that may.
        happened: when the incident began, which counts as an anchor; None where there is no incident yet.
    """
    spans = [(each.at, each.until) for each in anchors]
    known = spans if happened is None else [*spans, (happened, happened)]
    found = [Suggestion(each.id, _apart(each, known)) for each in others] if known else []
    near = [each for each in found if each.apart <= WITHIN]
    return tuple(sorted(near, key=lambda each: (each.apart, each.id)))


def windows(
    anchors: Sequence[Pressed], *, happened: datetime | None = None
) -> tuple[tuple[datetime, datetime], ...]:
    """Return from when to when to look for suggestions, the earliest first; none where nothing is dated.

    Times that lie apart are looked at apart: what was recorded between them belongs to neither.
    """
    spans = [(each.at, each.until) for each in anchors]
    known = sorted(spans if happened is None else [*spans, (happened, happened)])
    found: list[tuple[datetime, datetime]] = []
    for begin, end in known:
        if found and begin - WITHIN <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end + WITHIN))
        else:
            found.append((begin - WITHIN, end + WITHIN))
    return tuple(found)


def together_words(cameras: Iterable[str]) -> str:
    """Say that several cameras recorded about one time; empty where it is one alone.

    >>> together_words(["cam-01", "cam-02", "cam-01", "cam-03"])
    '3 cameras recorded within 10 minutes'
    """
    number = len(frozenset(cameras))
    minutes = int(WITHIN.total_seconds()) // 60
    return f"{number} cameras recorded within {minutes} minutes" if number >= _SEVERAL else ""


def _apart(each: Pressed, spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    nothing = timedelta()
    return min(max(begin - each.until, each.at - end, nothing) for begin, end in spans)
