"""Whether it makes sense to talk to the fleet at this moment, judged by how the last attempts went.

Rules:

- A lost connection opens the breaker for a pause that grows; so does a certificate that is not accepted,
  for a long one.
- While it is open nothing is sent. When the pause is over, one attempt goes ahead of all others.
- An answer, whatever it says, closes the breaker. A hint that the network is back ends the pause.
- Attempts that were under way together and fail together count once.
- Pauses grow twofold from the first to the longest one, each drawn evenly between half and all of its
  length, so that a depot full of cameras does not come back in one instant (AWS "Exponential Backoff And
  Jitter", equal jitter). One success brings the pause back to the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from device.link.errors import LinkError, NotTrustedError

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_PAUSE_S = 1.0
SLOW_FACTOR = 5.0
"""Certificates do not mend themselves within seconds: their pauses are this many times longer."""


class CircuitBreaker:
    """Closed, open until a time, or half-open: one attempt is let through.

    For one thread; times are seconds on the caller's clock.
    """

    def __init__(self, longest_s: float, chance: Callable[[], float]) -> None:
        first = min(FIRST_PAUSE_S, longest_s)
        self._soon = Backoff(first, longest_s, chance)
        self._slow = Backoff(first * SLOW_FACTOR, longest_s * SLOW_FACTOR, chance)
        self._open_until = 0.0
        self.trouble: str | None = None

    @property
    def tripped(self) -> bool:
        """Whether the last attempt failed, so that one attempt at a time is enough."""
        return self.trouble is not None

    def open_for(self, now: float) -> float:
        """Seconds until the next attempt may be made; 0 when it may be made now."""
        return max(0.0, self._open_until - now)

    def failed(self, error: LinkError, now: float) -> None:
        """An attempt did not get through."""
        self.trouble = str(error)
        if now < self._open_until:
            return
        backoff = self._slow if isinstance(error, NotTrustedError) else self._soon
        self._open_until = now + backoff.failed()

    def answered(self) -> None:
        """The fleet answered."""
        self.trouble = None
        self._soon.succeeded()
        self._slow.succeeded()
        self._open_until = 0.0

    def hint(self) -> None:
        """The network may be back: let one attempt through at once."""
        self._open_until = 0.0


@dataclass(slots=True)
class Backoff:
    """The pause before the next attempt, in seconds, growing with each failure in a row.

    Attributes:
        first_s: longest pause after one failure.
        longest_s: longest pause after many.
        chance: evenly distributed number in [0, 1), ``random.random`` on a camera.
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
