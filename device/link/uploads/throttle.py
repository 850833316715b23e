"""How fast footage goes out: a bandwidth cap, and what was sent over the last seconds.

The cap is an average: after a pause a burst of up to one second's worth may go at once, never more. Time
comes in from outside.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BURST_S = 1.0
RATE_OVER_S = 5.0
"""The rate is an average over this long."""


class StoppedError(Exception):
    """The link is stopping: the step is abandoned where it stands."""


class Throttle:
    """Lets bytes through at the configured rate, counts them, and abandons them when the link stops.

    Thread-safe; shared by all threads that send, so that the cap is on their sum.
    """

    def __init__(self, bytes_per_s: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._bucket = Bucket(bytes_per_s, clock)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._meter = Meter(clock)

    def __call__(self, count: int, /) -> None:
        """Wait until ``count`` bytes may go.

        Raises:
            StoppedError: the link is stopping.
        """
        with self._lock:
            wait = self._bucket.take(count)
        if self._stopped.wait(wait) if wait > 0 else self._stopped.is_set():
            raise StoppedError
        self._meter.add(count)

    def stop(self) -> None:
        """Abandon whatever is being sent."""
        self._stopped.set()

    @property
    def bytes_per_s(self) -> int:
        """What is being sent, on average over the last seconds."""
        return self._meter.rate()


class Bucket:
    """A token bucket that says how long to wait before the next bytes may go.

    It never refuses: what is taken beyond its content is a debt, and the wait that is returned pays it
    off. The caller does the waiting. Not thread-safe; ``Throttle`` holds its own lock around it.
    """

    def __init__(self, bytes_per_s: int | None, clock: Callable[[], float]) -> None:
        if bytes_per_s is not None and bytes_per_s <= 0:
            raise ValueError("A bandwidth cap must be more than 0 bytes per second; leave it out for no cap.")
        self._rate = bytes_per_s
        self._clock = clock
        self._tokens = float(bytes_per_s or 0) * BURST_S
        self._at = clock()

    def take(self, count: int) -> float:
        """Account for ``count`` bytes about to be sent; return the seconds to wait before sending them."""
        if self._rate is None:
            return 0.0
        now = self._clock()
        self._tokens = min(self._rate * BURST_S, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= count
        return max(0.0, -self._tokens / self._rate)


class Meter:
    """Bytes per second over the last few seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sent: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count bytes that were just handed to the network."""
        with self._lock:
            self._sent.append((self._clock(), count))
            self._drop_old()

    def rate(self) -> int:
        """The average over the last ``RATE_OVER_S`` seconds, in bytes per second."""
        with self._lock:
            self._drop_old()
            return round(sum(count for _, count in self._sent) / RATE_OVER_S)

    def _drop_old(self) -> None:
        oldest = self._clock() - RATE_OVER_S
        while self._sent and self._sent[0][0] < oldest:
            self._sent.popleft()
