"""One camera's network in virtual time: what of it is there, and how long a request takes.

Rules:

* A cut line is silent: a request fails once the camera gives up on it, a connection to the broker when both
  ends have heard nothing for as long as they wait.
* A slow line takes as long as its rate says. A good one takes some tens of milliseconds, drawn by the seed.
* What the fleet is asked is asked and answered at one instant; the camera learns of it when the time for it
  is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.link.fleet_http import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST_S = 0.010
SPREAD_S = 0.050
GIVES_UP_S = TIMEOUT.connect or 0.0


class DrivenLine:
    """One camera's line.

    Args:
        chance: Evenly distributed numbers in [0, 1).

    Attributes:
        state: ``good``, ``slow`` or ``cut``.
        on_change: Is called after each change.
    """

    def __init__(self, chance: Callable[[], float]) -> None:
        self.state = "good"
        self.on_change: Callable[[], None] = _nothing
        self._chance = chance
        self._bytes_per_s: float | None = None
        self._took_s = 0.0

    @property
    def there(self) -> bool:
        """Whether anything passes."""
        return self.state != "cut"

    def good(self) -> None:
        """Pass everything on."""
        self._set("good", None)

    def slow(self, kbit_s: int) -> None:
        """Pass on no more than ``kbit_s`` thousand bits a second."""
        self._set("slow", kbit_s * 1000 / 8)

    def cut(self) -> None:
        """Pass nothing on."""
        self._set("cut", None)

    def passed(self, size: int) -> None:
        """So many bytes were passed on."""
        self._took_s = SHORTEST_S + SPREAD_S * self._chance()
        if self._bytes_per_s is not None:
            self._took_s += size / self._bytes_per_s

    def given_up(self) -> None:
        """Nothing passed, and the camera waited for as long as it does."""
        self._took_s = GIVES_UP_S

    def took_s(self) -> float:
        """How long the last request took, in seconds."""
        return self._took_s

    def _set(self, state: str, bytes_per_s: float | None) -> None:
        self.state, self._bytes_per_s = state, bytes_per_s
        self.on_change()


def _nothing() -> None:
    """Nobody listens."""
