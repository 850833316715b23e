"""Dating a press whose camera's clock was not set, by one that was set at another time of the same run. Pure.

Rules (F8):
- a camera's boot-time clock runs on through a whole run (C10): one reading of it beside a wall clock that was
  set dates everything of that run, before and after;
- a reading that a ledger signed counts before one from a status, and of two alike the earlier one; so what a
  press is dated by does not depend on the order in which things arrive;
- a press by a clock that was set needs none of this, and one without a reading stays undated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protocol.units import US_PER_S, utc_moment


@dataclass(frozen=True, slots=True)
class ClockReading:
    """Both clocks of a camera at one instant, when its wall clock was set.

    Attributes:
        boot_us: the boot-time clock, in microseconds.
        utc_us: the wall clock, in microseconds since 1970 (UTC).
        signed: whether a ledger that was verified says it.
    """

    boot_us: int
    utc_us: int
    signed: bool


@dataclass(frozen=True, slots=True)
class ReckonedPress:
    """When a press was, by the clock that was set ``after_s`` seconds after it; before it, when negative."""

    at: datetime
    after_s: float


def better(kept: ClockReading | None, other: ClockReading) -> ClockReading:
    """Return which of two readings of one run counts."""
    if kept is None:
        return other
    return min(kept, other, key=lambda each: (not each.signed, each.boot_us, each.utc_us))


def reckon(press_boot_us: int, reading: ClockReading) -> ReckonedPress | None:
    """Date a press by a reading of its run; None where that is no time that a calendar has."""
    try:
        at = utc_moment(reading.utc_us + press_boot_us - reading.boot_us)
    except OverflowError:
        return None
    return ReckonedPress(at, (reading.boot_us - press_boot_us) / US_PER_S)
