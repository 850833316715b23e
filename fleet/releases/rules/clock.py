"""A player's clock, and that of the recording: a very long hole is shown shorter than it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlayerClock:
    """How the two go together.

    Attributes:
        steps: from which nanosecond on, as the player shows it, how many nanoseconds are left out before
            it; in order, the first from 0 on.
    """

    steps: tuple[tuple[int, int], ...] = ((0, 0),)

    def recorded(self, shown_ns: int) -> int:
        """Return the time of the recording at which a player shows this time."""
        return shown_ns + max((each for each in self.steps if each[0] <= shown_ns), default=(0, 0))[1]

    def shown(self, recorded_ns: int) -> int:
        """Return what a player shows at a time of the recording; of what is left out, where it goes on."""
        found = recorded_ns
        for place, (start, cut) in enumerate(self.steps):
            if start + cut > recorded_ns:
                return min(found, start) if place else found
            found = recorded_ns - cut
        return found
