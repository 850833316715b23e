"""How fast and how often: a bandwidth cap, and the pauses between attempts. Pure: time and chance come in.

Rules:

- The cap is an average: after a pause a burst of up to one second's worth may go at once, never more.
- Pauses grow twofold from the first to the longest one, each drawn evenly between half and all of its
  length, so that a house full of cameras does not come back in one instant (AWS "Exponential Backoff And
  Jitter", equal jitter).
- One success brings the pause back to the start.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

BURST_S = 1.0


class Bucket:
    """A token bucket that says how long to wait before the next bytes may go.

    It never refuses: what is taken beyond its content is a debt, and the wait that is returned pays it
    off. The caller does the waiting. Not thread-safe; the uploader holds its own lock around it.
    """

    def __init__(self, bytes_per_s: int | None, clock: Callable[[], float]) -> None:
        if bytes_per_s is not None and bytes_per_s <= 0:
            raise ValueError("A bandwidth cap must be more than 0 bytes per second; leave it out for no cap.")
        self._rate = bytes_per_s
        self._clock = clock
        self._tokens = float(bytes_per_s or 0) * BURST_S
        self._at = clock()

    def take(self, count: int) -> float:
        """Account for `count` bytes about to be sent; return the seconds to wait before sending them."""
        if self._rate is None:
            return 0.0
        now = self._clock()
        self._tokens = min(self._rate * BURST_S, self._tokens + (now - self._at) * self._rate)
        self._at = now
        self._tokens -= count
        return max(0.0, -self._tokens / self._rate)


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt, in seconds, growing with each failure in a row.

    Attributes:
        first_s: longest pause after one failure.
        longest_s: longest pause after many.
        chance: evenly distributed number in [0, 1), `random.random` on a camera.
    """

    first_s: float
    longest_s: float
    chance: Callable[[], float]
    failures: int = field(default=0, init=False)

    def failed(self) -> float:
        """Count a failure and return the pause that follows it, in seconds."""
        ceiling = min(self.longest_s, self.first_s * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return ceiling * (0.5 + self.chance() / 2)

    def succeeded(self) -> None:
        """Begin again from the shortest pause."""
        self.failures = 0
