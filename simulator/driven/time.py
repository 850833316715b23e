"""The one clock of a run in virtual time, and everything that waits for it.

Rules:

* Time stands still while something is done, and then goes to the next deadline at once. So nothing depends on
  how fast this machine is, nor on what else it does.
* What is due at one instant is done in the order in which it was asked for.
* Whatever waits lets everything else go on meanwhile; waits may stand inside one another.
"""

from __future__ import annotations

import heapq
import math
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from protocol.footage.format.model import ClockLabel
from protocol.units import NS_PER_S, NS_PER_US
from simulator.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

BEGINS = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
"""The wall time of a run's first instant, where no day is named: a Monday, before the early shift."""

CLOCK_ERROR_US = 1500
"""What a camera's clock says of its error while a time server steers it."""


class DrivenTime:
    """Lets time pass, as ``device.clock.Driver`` says. For one thread.

    Args:
        cancelled: Asked before each thing that is done; once it says so, waiting ends.
        begins: The wall time of the run's first instant.

    Attributes:
        now_ns: Nanoseconds since the run's first instant.
    """

    def __init__(self, cancelled: Callable[[], bool] = lambda: False, begins: datetime = BEGINS) -> None:
        self.now_ns = 0
        self._begins = begins
        self._cancelled = cancelled
        self._numbers = count()
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []

    def seconds(self) -> float:
        """Return seconds since the run's first instant."""
        return self.now_ns / NS_PER_S

    def utc(self) -> datetime:
        """Return the true wall time."""
        return self._begins + timedelta(microseconds=self.now_ns // NS_PER_US)

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after so many seconds; never at an earlier instant than that."""
        at_ns = self.now_ns + max(0, math.ceil(seconds * NS_PER_S))
        heapq.heappush(self._agenda, (at_ns, next(self._numbers), do))

    def wait_for(self, holds: Callable[[], bool], longest_s: float | None) -> bool:
        """Let time pass until something holds; tell whether it does.

        Raises:
            CancelledError: Somebody asked to stop.
        """
        end_ns = None if longest_s is None else self.now_ns + max(0, math.ceil(longest_s * NS_PER_S))
        while not holds():
            if self._cancelled():
                raise CancelledError("Stopped while time passed.")
            if not self._agenda or (end_ns is not None and self._agenda[0][0] > end_ns):
                self.now_ns = self.now_ns if end_ns is None else max(self.now_ns, end_ns)
                return holds()
            at_ns, _, do = heapq.heappop(self._agenda)
            self.now_ns = max(self.now_ns, at_ns)
            do()
        return True

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass.

        Raises:
            CancelledError: Somebody asked to stop.
        """
        self.wait_for(lambda: False, seconds)


class BootTime:
    """The one clock as one boot of a camera has it: without power nothing that it planned is done.

    Args:
        time: The one clock.

    Attributes:
        powered: Whether there is power.
    """

    def __init__(self, time: DrivenTime) -> None:
        self.powered = True
        self._time = time

    def seconds(self) -> float:
        """Return seconds since the run's first instant."""
        return self._time.seconds()

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after so many seconds, if there is power then."""
        self._time.after(seconds, lambda: do() if self.powered else None)

    def wait_for(self, holds: Callable[[], bool], longest_s: float | None) -> bool:
        """Let time pass until something holds; without power it is over at once."""
        return self._time.wait_for(lambda: holds() or not self.powered, longest_s) and holds()


class CameraClock:
    """The clock of one boot of a camera; see ``device.clock.Clock``.

    Args:
        time: The one clock.
        ahead_ns: What its boot clock shows more than the run has lasted.
    """

    def __init__(self, time: DrivenTime, ahead_ns: int) -> None:
        self._time = time
        self._ahead_ns = ahead_ns

    def boot_ns(self) -> int:
        """Return nanoseconds since this camera's boot."""
        return self._time.now_ns + self._ahead_ns

    def label(self) -> ClockLabel:
        """Return the wall time, as a camera has it whose time server answers."""
        utc_us = (self._time.utc() - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        return ClockLabel(utc_us, synchronised=True, error_us=CLOCK_ERROR_US)
