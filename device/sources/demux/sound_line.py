"""Decoded sound on its way to even blocks: holes kept, overlaps cut, stamps without jitter. Pure.

Rules:

- Samples follow one another as long as their stamps say so within ``TOLERANCE``: containers round stamps to a
  millisecond, and packets come with a jitter of their own. A small difference is worked off slowly.
- A larger difference forwards is a hole: what follows stays at its time, and the block says that samples are
  missing before it. Backwards, what was heard already is cut off.
- Where a pass of a looped file begins, the difference is made up at once: with silence, or by a cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from device.settings import AUDIO_RATE
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BLOCK: Final = AUDIO_RATE // 50
"""Samples: 20 ms."""

TOLERANCE_NS: Final = 15 * NS_PER_MS
"""Less than any packet of sound lasts: one that was lost is a hole, and not jitter."""

_SHARE: Final = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """Samples with their time.

    Attributes:
        samples: float32, one channel, 48 kHz; ``BLOCK`` of them, fewer before a hole or the end.
        begin_ns: Of the first sample, on the boot clock.
        after_hole: Whether samples are missing before it.
    """

    samples: NDArray[np.float32]
    begin_ns: int
    after_hole: bool = False

    @property
    def end_ns(self) -> int:
        """The end of the last sample, on the boot clock."""
        return self.begin_ns + span(len(self.samples))


class SoundLine:
    """Cuts the sound of one source into blocks."""

    def __init__(self) -> None:
        self._rest = np.empty(0, np.float32)
        self._rest_ns = 0
        self._follows: int | None = None
        self._hole = False
        self._new_pass = False

    def new_pass(self) -> None:
        """Say that what comes now begins anew, where the time says."""
        self._new_pass = True

    def push(self, samples: NDArray[np.float32], begin_ns: int) -> Iterator[Heard]:
        """Take samples, float32 of one channel at 48 kHz, and give out the blocks that are full."""
        if not len(samples):
            return
        if self._follows is None:
            self._rest_ns = self._follows = begin_ns
        off, exact = begin_ns - self._follows, self._new_pass
        self._new_pass = False
        if off < 0 and (exact or off < -TOLERANCE_NS):
            samples = samples[count(-off) :]
            self._new_pass = not len(samples)  # then the next ones overlap as well
        elif off > TOLERANCE_NS:
            yield from self.flush()
            self._hole, self._rest_ns, self._follows = True, begin_ns, begin_ns
        elif exact:
            samples = np.concatenate((np.zeros(count(off), np.float32), samples))
        else:
            self._follows += off // _SHARE
            self._rest_ns += off // _SHARE
        self._rest = np.concatenate((self._rest, samples))
        self._follows += span(len(samples))
        while len(self._rest) >= BLOCK:
            yield self._cut(BLOCK)

    def flush(self) -> Iterator[Heard]:
        """Give out what is left, at the end or before a hole."""
        if len(self._rest):
            yield self._cut(len(self._rest))

    def _cut(self, length: int) -> Heard:
        heard = Heard(self._rest[:length], self._rest_ns, self._hole)
        self._rest, self._hole = self._rest[length:], False
        self._rest_ns = heard.end_ns
        return heard


def span(samples: int) -> int:
    """The length of so many samples in ns."""
    return samples * NS_PER_S // AUDIO_RATE


def count(length_ns: int) -> int:
    """The samples of that length."""
    return round(length_ns * AUDIO_RATE / NS_PER_S)
