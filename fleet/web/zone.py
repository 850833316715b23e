"""The site's time zone: which one the pages being made are in, and what its clocks call a time.

Rules:
- the zone is a setting (``site.zone``); every page is made within ``in_zone``, as a request has a language;
- a time that the clock shows twice in a night is never shown without saying which of the two it is;
- nothing is sorted, counted or compared by local time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from fleet.core.config import SiteSection

_MINUTES = 60
_zone: ContextVar[ZoneInfo] = ContextVar("site zone")


@contextmanager
def in_zone(zone: ZoneInfo) -> Iterator[None]:
    """Make what is made inside show times of ``zone``."""
    token = _zone.set(zone)
    try:
        yield
    finally:
        _zone.reset(token)


def site_zone() -> ZoneInfo:
    """Return the zone of the page being made; the setting's default where none is being made."""
    return _zone.get(None) or SiteSection().time_zone


def local(at: datetime) -> datetime:
    """Return an aware time as the site's clocks show it."""
    return at.astimezone(site_zone())


def abbreviation(at: datetime) -> str:
    """Return what the site's zone is called at that time: "BST", "GMT"; "UTC+5:30" where it has no name."""
    there = local(at)
    name = there.tzname() or ""
    if name.isalpha():
        return name
    offset = there.utcoffset()
    minutes = int(offset.total_seconds()) // _MINUTES if offset is not None else 0
    hours, rest = divmod(abs(minutes), _MINUTES)
    sign = "\N{MINUS SIGN}" if minutes < 0 else "+"
    return f"UTC{sign}{hours}:{rest:02d}" if rest else f"UTC{sign}{hours}"


def is_shown_twice(at: datetime) -> bool:
    """Say whether the site's clocks show that time of day twice: they are put back in that night."""
    there = local(at)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def named_if_twice(text: str, at: datetime) -> str:
    """Add the zone's abbreviation to a time of day that ``at`` shares with another time of that night."""
    return f"{text} {abbreviation(at)}" if is_shown_twice(at) else text


def midnight(day: date) -> datetime:
    """Return when a day begins at the site: the first moment that its clocks show with that date."""
    # Where clocks go forward at midnight there is no 00:00: by way of UTC it becomes the first time there is.
    return datetime.combine(day, time(), site_zone()).astimezone(UTC).astimezone(site_zone())


def zone_words() -> str:
    """Return what people call the times of the site: "London time", or the zone's name as it is."""
    area, _, place = site_zone().key.partition("/")
    if not place or area == "Etc":
        return f"{site_zone().key} time"
    return f"{place.rpartition('/')[2].replace('_', ' ')} time"
