"""Times and lengths in words, in the site's zone, with UTC for whoever asks.

Rules:
- a time on a page is local to the site; its exact UTC is in the title and in the machine-readable attribute;
- the day is left out when it is today, the year when it is this one;
- where the clocks show a time twice, when they are put back, the zone's abbreviation tells which it is; a
  heading has it always;
- where a player counts, lengths read like its counter ("2:41"); in sentences they are in words, by one
  function for all pages ("2 min 41 s").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fleet.web.zone import abbreviation, local, named_if_twice

_MINUTE = 60
_HOUR = 3600
_DAY = 86400
_KILO = 1000
_MANY = 100
_JUST_NOW_S = 5
_SHORTEST_S = 0.001


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, as a page shows it.

    Attributes:
        text: in words, local to the site.
        title: the exact time in UTC.
        iso: for the ``datetime`` attribute, UTC.
    """

    text: str
    title: str
    iso: str


def moment(at: datetime, now: datetime, *, seconds: bool = False, zone: bool = False) -> Moment:
    """Say when ``at`` is, seen from ``now``.

    Args:
        at: the time.
        now: what "today" is told by.
        seconds: with seconds, when the order of events matters.
        zone: with the zone's abbreviation always ("BST"), and not only where the clocks show the time twice.
    """
    there, today = local(at), local(now)
    if there.date() == today.date():
        day = ""
    elif there.date() == today.date() - timedelta(days=1):
        day = "yesterday "
    elif there.year == today.year:
        day = f"{there:%a} {there.day} {there:%b}, "
    else:
        day = f"{there.day} {there:%b %Y}, "
    return Moment(day + time_of_day(at, seconds=seconds, zone=zone), utc_title(at), iso(at))


def time_of_day(at: datetime, *, seconds: bool = False, zone: bool = False) -> str:
    """Return what the site's clocks show: "14:02"; "01:30 BST" where they show it twice, or with ``zone``."""
    text = f"{local(at):%H:%M:%S}" if seconds else f"{local(at):%H:%M}"
    return f"{text} {abbreviation(at)}" if zone else named_if_twice(text, at)


def full_moment(at: datetime) -> Moment:
    """Say when ``at`` is to somebody who knows nothing else: day, year, clock and zone, as evidence does."""
    text = f"{long_day(at)}, {time_of_day(at, seconds=True, zone=True)}"
    return Moment(text, utc_title(at), iso(at))


def utc_title(at: datetime) -> str:
    """Return the exact time in UTC, for a title."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def iso(at: datetime) -> str:
    """Return ``at`` as RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def long_day(at: datetime) -> str:
    """Return the day in full, as a heading reads it: "Sunday 22 November 2026"."""
    there = local(at)
    return f"{there:%A} {there.day} {there:%B %Y}"


def short_day(at: datetime) -> str:
    """Return the day in a few letters, for a list of which most is of one day: "Sun 29 Nov"."""
    there = local(at)
    return f"{there:%a} {there.day} {there:%b}"


def ago(at: datetime, now: datetime) -> str:
    """Say how long before ``now`` ``at`` was; what lies in the future by a little counts as now.

    What lies further in the future was noted before the service's clock was put back: how long ago it was,
    nobody knows.
    """
    seconds = int((now - at).total_seconds())
    if seconds < -_JUST_NOW_S:
        return "some time ago"
    if seconds < _JUST_NOW_S:
        return "just now"
    if seconds < _MINUTE:
        return f"{seconds} s ago"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE:02d} min ago"
    days = seconds // _DAY
    return "1 day ago" if days == 1 else f"{days} days ago"


def counter(seconds: float) -> str:
    """Return a length as a player shows it: "2:41", "1:02:41"; never rounded up."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def length(seconds: float) -> str:
    """Return a length as people say it: "0.04 s", "41 s", "3 min 20.5 s", "1 h 02 min".

    Tenths of a second, as the verifier's report has them, and thousandths of what is shorter than a second;
    from an hour on whole minutes, never rounded up.
    """
    if 0 < seconds < 1:
        return f"{_plain(seconds, 3)} s" if seconds >= _SHORTEST_S else f"less than {_SHORTEST_S} s"
    tenths = round(max(0.0, seconds), 1)
    if tenths < _MINUTE:
        return f"{_plain(tenths, 1)} s"
    if tenths < _HOUR:
        minutes, left = divmod(round(tenths * 10), _MINUTE * 10)
        return f"{minutes} min {_plain(left / 10, 1)} s" if left else f"{minutes} min"
    hours, rest = divmod(int(tenths), _HOUR)
    minutes = rest // _MINUTE
    return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"


def of_whole(here_s: float, told_s: float | None) -> str:
    """Say how long something is of how long it was told to be: "50 s of 3 min 25 s"."""
    whole = "an unknown length" if told_s is None else length(told_s)
    return f"{length(here_s)} of {whole}"


def _plain(number: float, places: int) -> str:
    """Return a number without noughts at its end."""
    return f"{number:.{places}f}".rstrip("0").rstrip(".")


def count(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 camera", "3 cameras"; "no cameras" for none."""
    noun = one if number == 1 else (many or one + "s")
    return f"{number or 'no'} {noun}"


def size(count_bytes: int) -> str:
    """Return a number of bytes as people read it, in decimal units: "512 B", "8.4 MB", "1.2 GB"."""
    value, unit = float(count_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < _KILO:
            break
        value, unit = value / _KILO, larger
    return f"{value:.0f} {unit}" if unit in ("B", "kB") or value >= _MANY else f"{value:.1f} {unit}"


def sentence_list(parts: list[str]) -> str:
    """Join phrases as a sentence does: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:  # noqa: PLR2004 - one phrase needs no "and"
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]
