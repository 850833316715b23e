"""The clock of a virtual camera: the machine's own, moved ahead.

Rule: what is moved is the boot-time clock alone, by a fixed amount, so that a camera that is started now can
hold three minutes of footage from before its start and still count upwards from zero. Wall time stays a label
(C10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from device.clock import Clock
    from protocol.footage.model import ClockLabel

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class AheadClock:
    """A clock whose boot time is ``ahead_ns`` later than that of the clock it wraps.

    Attributes:
        inner: The clock that does the counting.
        ahead_ns: How much longer ago this camera claims to have booted, in nanoseconds.
    """

    inner: Clock
    ahead_ns: int

    def boot_ns(self) -> int:
        """Return nanoseconds since this camera's pretended boot."""
        return self.inner.boot_ns() + self.ahead_ns

    def label(self) -> ClockLabel:
        """Return the wall time and its quality, as the wrapped clock knows them."""
        return self.inner.label()
