"""Units of time and of size, and the one epoch that wall times are counted from.

Times on the boot-time clock and durations are whole nanoseconds, in names that end in ``_ns``. Wall times
are whole microseconds since ``EPOCH``, in names that end in ``_utc_us``. Seconds as fractions are for people
and for messages alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

NS_PER_S: Final = 1_000_000_000
"""Nanoseconds in a second."""

NS_PER_MS: Final = 1_000_000
"""Nanoseconds in a millisecond."""

NS_PER_US: Final = 1_000
"""Nanoseconds in a microsecond."""

US_PER_S: Final = 1_000_000
"""Microseconds in a second."""

KIB: Final = 1 << 10
"""Bytes in a kibibyte."""

MIB: Final = 1 << 20
"""Bytes in a mebibyte."""

GIB: Final = 1 << 30
"""Bytes in a gibibyte."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The beginning of wall times: 1970-01-01 UTC, as POSIX counts, without leap seconds."""

_MICROSECOND: Final = timedelta(microseconds=1)


def utc_us(moment: datetime) -> int:
    """Return a moment as whole microseconds since ``EPOCH``, exactly and not by way of a float.

    Raises:
        TypeError: The moment says no time zone.
    """
    return (moment - EPOCH) // _MICROSECOND


def utc_moment(microseconds: int) -> datetime:
    """Return the moment that lies so many microseconds after ``EPOCH``, in UTC.

    Raises:
        OverflowError: It lies outside the years 1 to 9999.
    """
    return EPOCH + timedelta(microseconds=microseconds)
