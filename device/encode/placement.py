"""Where sound lies on the boot clock: holes found, drift corrected, nothing accumulated. Pure.

A sound card counts samples by its own crystal, which runs some parts in a million beside the boot clock; and
a block is stamped when it is heard of, which may be late but never early. So:

- The card's true position is that of the block that came least late within the last second (a minimum
  filter).
- A difference of more than 2 ms is worked off by stretching or shrinking blocks by up to 0.5 %, which nobody
  hears; after four hours it is as small as after a minute. Stretching is the only change made to samples.
- Blocks that come more than 15 ms late are held back. If a later one is in time, it was only lateness and
  nothing is missing. If they stay late for 200 ms, samples are missing: a hole, stated with its exact limits,
  and the held blocks go where they belong. A source that knows of a hole says so and is believed at once.
- The first 200 ms are held likewise, so that a late first block does not put everything after it late.

Positions count samples of 48 kHz since boot. Nothing is ever dropped.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from device.settings import AUDIO_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOLE: Final = AUDIO_RATE * 15 // 1000
CONFIRM: Final = AUDIO_RATE // 5

_WINDOW: Final = AUDIO_RATE
_CORRECT_FROM: Final = AUDIO_RATE * 2 // 1000
_CORRECT_TO: Final = AUDIO_RATE // 4000
_MOST_CHANGE: Final = 0.005


@dataclass(frozen=True, slots=True)
class Placed:
    """Samples with their place.

    Attributes:
        position: Of the first sample.
        samples: float32, one channel.
        hole: Samples missing before the first; 0 where they follow the ones before.
    """

    position: int
    samples: NDArray[np.float32]
    hole: int = 0


class Placement:
    """Puts blocks of one sound source on the boot clock, in the order in which they come."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._heard = 0
        self._ahead: deque[tuple[int, int]] = deque()
        self._held: deque[tuple[NDArray[np.float32], int, int]] = deque()
        self._held_samples = 0
        self._correcting = False

    def push(self, samples: NDArray[np.float32], stamp: int, *, after_hole: bool = False) -> list[Placed]:
        """Take a block.

        Args:
            samples: float32, one channel, 48 kHz.
            stamp: The position of its first sample by its time stamp.
            after_hole: Whether the source knows that samples are missing before it.
        """
        if after_hole:
            before = self.flush()
            self._hold(samples, stamp)
            return [*before, *self._settle(least=0)]
        self._hold(samples, stamp)
        if self._next is not None and self._lateness() <= HOLE:
            return self._release(0)
        if self._held_samples < CONFIRM:
            return []
        return self._settle()

    def flush(self) -> list[Placed]:
        """Give out what is held back, at the end or before a known hole."""
        return self._settle() if self._held else []

    def _hold(self, samples: NDArray[np.float32], stamp: int) -> None:
        """Keep a block, with its stamp and with where by that stamp the first held block begins."""
        self._held.append((samples, stamp, stamp - self._held_samples))
        self._held_samples += len(samples)

    def _begin(self) -> int:
        """Where the held blocks begin, by the one among them that came least late."""
        return min(begin for _, _, begin in self._held)

    def _lateness(self) -> int:
        """How late the held blocks are, beyond the correction that is under way."""
        return self._begin() - (self._next or 0)

    def _settle(self, least: int = HOLE) -> list[Placed]:
        """Believe the held blocks' stamps; a hole is one of more than ``least`` samples."""
        begin = self._begin()
        if self._next is None:
            self._next = begin
            return self._release(0)
        hole = max(begin - self._next, 0)
        if hole <= least:
            return self._release(0)
        self._next += hole
        self._ahead.clear()
        self._correcting = False
        return self._release(hole)

    def _release(self, hole: int) -> list[Placed]:
        placed = []
        while self._held:
            samples, stamp, _ = self._held.popleft()
            placed.append(self._place(samples, stamp, hole))
            hole = 0
        self._held_samples = 0
        return placed

    def _place(self, samples: NDArray[np.float32], stamp: int, hole: int) -> Placed:
        position = self._next or 0
        self._observe(stamp)
        fitted = _resampled(samples, self._correction(len(samples)))
        self._heard += len(samples)
        self._next = position + len(fitted)
        return Placed(position, fitted, hole)

    def _observe(self, stamp: int) -> None:
        """Keep the stamp's distance from the source's own count; the queue's head is the window's minimum."""
        distance = stamp - self._heard
        while self._ahead and self._ahead[-1][1] >= distance:
            self._ahead.pop()
        self._ahead.append((self._heard, distance))
        while self._ahead[0][0] < self._heard - _WINDOW:
            self._ahead.popleft()

    def _correction(self, length: int) -> int:
        """How many samples to add to (or take from) a block of that length."""
        error = self._ahead[0][1] - ((self._next or 0) - self._heard)
        if abs(error) > _CORRECT_FROM:
            self._correcting = True
        elif abs(error) < _CORRECT_TO:
            self._correcting = False
        if not self._correcting:
            return 0
        most = max(round(length * _MOST_CHANGE), 1)
        return max(min(error, most), -most)


def _resampled(samples: NDArray[np.float32], change: int) -> NDArray[np.float32]:
    """Make a block longer or shorter by a few samples, by linear interpolation between its own."""
    if not change or len(samples) <= abs(change) + 1:
        return samples
    places = np.linspace(0, len(samples) - 1, len(samples) + change)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
