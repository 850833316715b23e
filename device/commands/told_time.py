"""What the fleet's clock shows, by what its answers over HTTPS said of it. Pure.

An answer's ``Date`` (RFC 9110, section 6.6.1) names a second. The fleet wrote it after it was asked, so its
clock shows now at most that, what a second hides, and all that has passed since the question. Passed is by
the boot-time clock: wall time plays no part (C10).
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from protocol.units import NS_PER_S, NS_PER_US, US_PER_S

HIDDEN_US: Final = 2 * US_PER_S
"""A ``Date`` has no parts of a second, and servers write it anew once in a second."""
SHORT_NS: Final = 2 * NS_PER_S
"""An answer that took no longer counts over one from before it."""
DRIFT: Final = 2000
"""A boot-time clock is wrong by one in so many at most (500 ppm, as far as the kernel steers it)."""


@dataclass(frozen=True, slots=True)
class ToldTime:
    """One answer of the fleet.

    Attributes:
        utc_us: The second that it named.
        asked_ns: When it was asked for, on the boot-time clock.
        answered_ns: When it had come.
    """

    utc_us: int
    asked_ns: int
    answered_ns: int

    def latest_us(self, now_ns: int) -> int:
        """What the fleet's clock shows at most, in microseconds UTC."""
        passed_us = (now_ns - self.asked_ns) // NS_PER_US
        return self.utc_us + HIDDEN_US + passed_us + passed_us // DRIFT + 1

    def earliest_us(self, now_ns: int) -> int:
        """What it shows at least."""
        passed_us = (now_ns - self.answered_ns) // NS_PER_US
        return self.utc_us + passed_us - passed_us // DRIFT - 1

    def unsure_ns(self, now_ns: int) -> int:
        """How far both are from each other, but for what a second hides."""
        return self.answered_ns - self.asked_ns + 2 * (now_ns - self.answered_ns) // DRIFT


def better(before: ToldTime | None, new: ToldTime) -> ToldTime:
    """Which of two answers counts: the newer one, unless it took long and says nothing else.

    A question that waits behind a long upload says little: it may have been answered at any time since.
    """
    if before is None or new.utc_us > before.latest_us(new.answered_ns):
        return new
    took_ns = new.answered_ns - new.asked_ns
    return new if took_ns <= max(SHORT_NS, before.unsure_ns(new.answered_ns)) else before


def read_date(date: str | None) -> int | None:
    """The microseconds UTC that a ``Date`` names; None where it is none."""
    try:
        at = parsedate_to_datetime(date or "")
    except (TypeError, ValueError, OverflowError):
        return None
    if at.tzinfo is None:
        return None
    return max(0, int(at.timestamp())) * US_PER_S
