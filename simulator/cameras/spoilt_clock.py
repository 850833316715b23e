"""The wall clock of a virtual camera, as wrong as a tester wants it. Its boot clock is left alone.

Rules:

* A clock that is ahead or behind says of itself what it would say if it were right: it does not know.
* One that was never set counts from 1970 and says that nothing keeps it right, as a board without a battery
  that has had no network yet.

It is the camera's own clock: TLS in its process goes by the machine's, and accepts or refuses certificates as
if the clock were right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from protocol.footage.format.model import ClockLabel
from protocol.units import NS_PER_US

if TYPE_CHECKING:
    from device.clock import Clock

US_PER_S = 1_000_000


@dataclass(frozen=True, slots=True)
class ClockConditions:
    """What a wall clock is like.

    Attributes:
        ahead_s: By how much it is ahead; behind where negative.
        unset: Whether it was never set.
    """

    ahead_s: float = 0.0
    unset: bool = False


class SpoiltClock:
    """A clock whose wall time can be made wrong. All methods may be called from any thread."""

    def __init__(self, inner: Clock, conditions: ClockConditions) -> None:
        self._inner = inner
        self.conditions = conditions

    def boot_ns(self) -> int:
        """Return nanoseconds since boot."""
        return self._inner.boot_ns()

    def label(self) -> ClockLabel:
        """Return the wall time as this camera has it."""
        conditions = self.conditions
        if conditions.unset:
            return ClockLabel(self._inner.boot_ns() // NS_PER_US, synchronised=False, error_us=None)
        label = self._inner.label()
        return replace(label, utc_us=label.utc_us + round(conditions.ahead_s * US_PER_S))
