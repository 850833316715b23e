"""In which region everything is stored, and how that is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.health.regions import StoreRegion
from fleet.web.views.moments import moment


@dataclass(frozen=True, slots=True)
class RegionLine:
    """A place: what is stored, in which region, and how that is known."""

    what: str
    region: str
    how: str


def region_lines(
    places: Sequence[StoreRegion], told: Mapping[str, tuple[str | None, datetime]], now: datetime
) -> tuple[RegionLine, ...]:
    """Show every place; ``told`` has what a store said of its region and when, by the id of the place."""
    return tuple(
        RegionLine(each.what, each.region(said), _how(each, said, at, now))
        for each in places
        for said, at in [told.get(each.id, (None, None))]
    )


def _how(place: StoreRegion, said: str | None, at: datetime | None, now: datetime) -> str:
    if said is not None and at is not None:
        also = f", and {place.key} says the same" if place.pinned else f"; {place.key} is not set"
        return f"It said so itself when a service started, {moment(at, now).text}{also}."
    if place.pinned:
        silent = "; the store did not say it when it was asked" if place.address else ""
        return f"{place.key} says so{silent}."
    return f"{place.key} is not set{'; the store did not say it when it was asked' if place.address else ''}."
