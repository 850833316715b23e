"""The camera's two clocks: boot time for order and length, UTC as a label with a stated quality.

Rules:

- Order and duration come from ``CLOCK_BOOTTIME`` alone: it never steps and it counts suspended time (C10).
- Wall time is a label. It says whether the kernel holds it for synchronised, and by how much it may be off.
- Where the kernel cannot be asked, the label says "not synchronised": nothing is guessed.
- Nothing else in ``device`` reads a clock; what needs one is handed a ``Clock``.
"""

from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING, Final, Protocol

from protocol.footage.format.model import ClockLabel
from protocol.units import NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Callable


_STA_UNSYNC: Final = 0x0040
_TIME_ERROR: Final = 5


class Clock(Protocol):
    """What gives the time: the system's clock on a camera, a virtual one in a test."""

    def boot_ns(self) -> int:
        """Nanoseconds since boot, suspended time included; never goes back."""
        ...

    def label(self) -> ClockLabel:
        """UTC now, with its quality."""
        ...


class Driver(Protocol):
    """Lets time pass for all that share it, where no thread waits for the system's clock. For one thread.

    Where a day has to pass in minutes, or twice in the same way, one driver owns time: it goes from one
    deadline to the next, and does what is due there, one thing after the other.
    """

    def seconds(self) -> float:
        """Seconds since the driver began; never goes back, and stands still while something is done."""
        ...

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Have something done after so many seconds, behind what is due at the same instant already."""
        ...

    def wait_for(self, holds: Callable[[], bool], longest_s: float | None) -> bool:
        """Let time pass until something holds; tell whether it does.

        Args:
            holds: Asked after each thing that is done.
            longest_s: How long at most; None for as long as anything is still to be done.
        """
        ...


class _Timeval(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_usec", ctypes.c_long))


class _Timex(ctypes.Structure):
    """``struct timex`` of adjtimex(2); the eleven trailing integers are the kernel's reserve."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("constant", ctypes.c_long),
        ("precision", ctypes.c_long),
        ("tolerance", ctypes.c_long),
        ("time", _Timeval),
        ("tick", ctypes.c_long),
        ("ppsfreq", ctypes.c_long),
        ("jitter", ctypes.c_long),
        ("shift", ctypes.c_int),
        ("stabil", ctypes.c_long),
        ("jitcnt", ctypes.c_long),
        ("calcnt", ctypes.c_long),
        ("errcnt", ctypes.c_long),
        ("stbcnt", ctypes.c_long),
        ("tai", ctypes.c_int),
        ("reserved", ctypes.c_int * 11),
    )


def quality(state: int, status: int, esterror_us: int, maxerror_us: int) -> tuple[bool, int | None]:
    """Judge what adjtimex(2) returned.

    Args:
        state: The return value: -1 for a failed call, 5 (``TIME_ERROR``) for an unsynchronised clock.
        status: ``timex.status``; the bit ``STA_UNSYNC`` means that nothing steers the clock.
        esterror_us: The estimated error. Daemons that set none leave 0 here.
        maxerror_us: The bound on the error, used where no estimate is given.

    Returns:
        Whether the clock is synchronised and its error in microseconds, ``None`` where unknown.
    """
    if state < 0 or state == _TIME_ERROR or status & _STA_UNSYNC:
        return False, None
    return True, esterror_us if esterror_us > 0 else max(maxerror_us, 0)


def _load_adjtimex() -> Callable[[ctypes.c_void_p], int] | None:
    """Find adjtimex(2) in the C library; ``None`` on systems that have none."""
    try:
        function = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_void_p,)
    function.restype = ctypes.c_int

    def adjtimex(buffer: ctypes.c_void_p) -> int:
        return int(function(buffer))

    return adjtimex


class SystemClock:
    """The clocks of the running Linux system."""

    def __init__(self) -> None:
        self._adjtimex = _load_adjtimex()

    def boot_ns(self) -> int:
        """Nanoseconds of ``CLOCK_BOOTTIME``."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def label(self) -> ClockLabel:
        """UTC in microseconds, and what the kernel says of its quality."""
        synchronised, error_us = self._quality()
        return ClockLabel(utc_us=time.time_ns() // NS_PER_US, synchronised=synchronised, error_us=error_us)

    def _quality(self) -> tuple[bool, int | None]:
        if self._adjtimex is None:
            return False, None
        answer = _Timex(modes=0)
        state = self._adjtimex(ctypes.c_void_p(ctypes.addressof(answer)))
        return quality(state, answer.status, answer.esterror, answer.maxerror)


def label_at(clock: Clock, boot_ns: int) -> ClockLabel:
    """The UTC label of an instant on the boot clock, by the present offset between the two clocks."""
    now, label = clock.boot_ns(), clock.label()
    return ClockLabel(
        utc_us=label.utc_us - (now - boot_ns) // NS_PER_US,
        synchronised=label.synchronised,
        error_us=label.error_us,
    )
