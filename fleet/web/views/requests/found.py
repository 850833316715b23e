"""The visits that were found for a request, with what was recorded on each. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fleet.visits.finding import MOST_RECORDINGS
from fleet.visits.models import TenancyVisit
from fleet.web.views.moments import count, long_day, time_of_day
from fleet.web.views.recordings import Row

MOST_VISITS = 50
"""So many are shown; of more somebody narrows the days."""


@dataclass(frozen=True, slots=True)
class LinkableRecording:
    """A recording of a visit: its id, what it is called, and whether the request has it already."""

    id: str
    name: str
    is_linked: bool


@dataclass(frozen=True, slots=True)
class FoundVisit:
    """A visit that was found.

    Attributes:
        id: in addresses.
        when: its day and its times.
        place: where.
        words: the officer, the purpose and the tenancy.
        is_off: whether it was called off.
        recordings: what was recorded on it.
        has_more: whether there are more recordings than are shown.
    """

    id: str
    when: str
    place: str
    words: tuple[str, str, str]
    is_off: bool
    recordings: tuple[LinkableRecording, ...]
    has_more: bool


def found_visits(
    visits: Sequence[TenancyVisit],
    recordings: Mapping[str, Sequence[Row]],
    linked: Collection[str],
) -> tuple[FoundVisit, ...]:
    """Return what was found.

    Args:
        visits: in order.
        recordings: those of each that are here, by its id.
        linked: the ids of recordings that the request has.
    """
    return tuple(
        FoundVisit(
            each.id,
            f"{long_day(each.planned)}, {time_of_day(each.planned)}\N{EN DASH}{time_of_day(each.ends)}",
            each.place,
            (each.officer.name, each.purpose, each.tenancy),
            each.cancelled is not None,
            tuple(
                LinkableRecording(row.id, _name(row), row.id in linked)
                for row in recordings.get(each.id, ())[:MOST_RECORDINGS]
            ),
            len(recordings.get(each.id, ())) > MOST_RECORDINGS,
        )
        for each in visits
    )


def found_words(visits: int, shown: Sequence[FoundVisit]) -> str:
    """Say how much was found."""
    words = f"{count(visits, 'visit').capitalize()} found"
    if len(shown) < visits:
        return f"{words}; the newest {len(shown)} are shown. Choose fewer days to see the others."
    return words


def search_words(text: str, start: str, end: str, visits: int, shown: Sequence[FoundVisit]) -> str:
    """Say where somebody looked, as they may write it down: what was asked, and what there was."""
    asked = [f"with “{text}” in their place or tenancy"] if text else []
    if start and start == end:
        asked += [f"on {start}"]
    else:
        asked += [f"from {start} on"] if start else []
        asked += [f"up to {end}"] if end else []
    number = sum(len(each.recordings) for each in shown)
    least = "at least " if len(shown) < visits or any(each.has_more for each in shown) else ""
    return (
        f"Visits {', '.join(asked)}: {count(visits, 'visit')}. Recordings of them that are here: "
        f"{least}{number}."
    )


HOW = "By place, tenancy and day among the visits, and by the recordings that belong to each."
"""How that is looked for, as somebody may write it down."""


def _name(row: Row) -> str:
    told = (f"Recording {row.number} of {row.camera}", row.undated, row.press.text, row.length)
    return ", ".join(filter(None, told))
