"""Follows one track of a capture, and says what is wrong with it, when that began and when it was over. Pure.

Rules:

- Of each track at most one condition is told at a time, but for the rate: a black picture is frozen as well.
- Times are those of capture. A condition begins with the first look that shows it and is over with the first
  that does not: half a second for pictures, a second for sound.
- What does not come at all is a gap, and no condition: it ends what there was.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import numpy as np

from device.conditions.hysteresis import Begun, Hysteresis, Over, Patience
from device.conditions.luma import bright_limit, grid_of, peek_of, picture_of
from device.conditions.picture import BRIGHT, LOOKS_TOGETHER, PictureLook, look_at
from device.conditions.rate import Rate
from device.conditions.sound import look_at_sound
from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import ConditionKind, ConditionSpan
from protocol.units import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from device.conditions.luma import Grid
    from device.frames import SoundBlock, VideoFrame

LOOK_NS: Final = 500 * NS_PER_MS
"""A picture is looked at twice a second; the others are peeked at."""

_SURE: Final = Patience(hold_ns=5 * NS_PER_S, clear_ns=1500 * NS_PER_MS)
_PICTURES: Final[Mapping[ConditionKind, Patience]] = {
    ConditionKind.BLACK: _SURE,
    ConditionKind.COVERED: Patience(hold_ns=7 * NS_PER_S, clear_ns=1500 * NS_PER_MS),
    ConditionKind.FROZEN: Patience(hold_ns=7500 * NS_PER_MS, clear_ns=1500 * NS_PER_MS),
    ConditionKind.NOISE: _SURE,
}
_SOUNDS: Final[Mapping[ConditionKind, Patience]] = {
    ConditionKind.DEAD: Patience(hold_ns=5 * NS_PER_S, clear_ns=2 * NS_PER_S),
    ConditionKind.SILENT: Patience(hold_ns=6 * NS_PER_S, clear_ns=2 * NS_PER_S),
    ConditionKind.CLIPPED: Patience(hold_ns=5 * NS_PER_S, clear_ns=3 * NS_PER_S, forgiving=True),
    ConditionKind.HUM: Patience(hold_ns=6 * NS_PER_S, clear_ns=2 * NS_PER_S),
}
"""How long each must be so, in the order in which one hides those after it."""


class Conditions:
    """The conditions of one track: each look goes through all, and the first that holds hides the rest."""

    def __init__(self, track: Track, patience: Mapping[ConditionKind, Patience]) -> None:
        self._track = track
        self._followed = {kind: Hysteresis(each) for kind, each in patience.items()}

    def active(self, kind: ConditionKind) -> bool:
        """Whether a condition has begun and is not over."""
        return self._followed[kind].active

    def look(
        self, start_ns: int, end_ns: int, seen: Mapping[ConditionKind, bool | None]
    ) -> list[ConditionSpan]:
        """Take what a look shows; return what has begun or is over."""
        found, hidden = [], False
        for kind, follow in self._followed.items():
            is_seen = seen[kind]
            change = follow.look(start_ns, end_ns, False if hidden else is_seen)
            hidden = hidden or bool(is_seen) or follow.active
            if change is not None:
                found.append(span_of(self._track, kind, change))
        return sorted(found, key=lambda span: span.end_ns is None)  # what is over, before what begins

    def finish(self) -> list[ConditionSpan]:
        """Nothing more comes: what lasted is over."""
        found = ((kind, follow.finish()) for kind, follow in self._followed.items())
        return [span_of(self._track, kind, over) for kind, over in found if over is not None]


def span_of(track: Track, kind: ConditionKind, change: Begun | Over) -> ConditionSpan:
    """Return a change as the ledger tells it."""
    return ConditionSpan(track, kind, change.start_ns, change.end_ns if isinstance(change, Over) else None)


class PictureWatch:
    """Looks at pictures as they are captured, before anything is drawn on them.

    Args:
        fps: Pictures a second that the source states; None where that is not known.
    """

    def __init__(self, fps: float | None) -> None:
        self._conditions = Conditions(Track.VIDEO, _PICTURES)
        self._rate = Rate(Track.VIDEO, fps)
        self._stillness = _Stillness()
        self._grid: Grid | None = None
        self._smooth: deque[Grid] = deque(maxlen=LOOKS_TOGETHER - 1)
        self._next_ns: int | None = None
        self._bright = False

    def take(self, frame: VideoFrame) -> list[ConditionSpan]:
        """Look at the next picture; return what has begun or is over."""
        at_ns, peek = frame.boot_ns, peek_of(frame)
        limit = bright_limit(frame, BRIGHT)
        few = len(peek) // _FEW_OF_A_PEEK
        self._bright = self._bright or len(peek.translate(None, _UP_TO[limit])) > few
        self._stillness.peek(peek)
        changes = self._rate.take(at_ns, 1)
        if self._next_ns is not None and at_ns < self._next_ns:
            return changes
        self._next_ns = at_ns + LOOK_NS
        grid = grid_of(frame)
        look, still = self._look(grid), self._stillness.look(grid, frame)
        bright, self._bright = self._bright, False
        seen: dict[ConditionKind, bool | None] = {
            ConditionKind.BLACK: look.black and not bright,
            ConditionKind.COVERED: look.covered,
            ConditionKind.FROZEN: still,
            ConditionKind.NOISE: look.noise,
        }
        return [*changes, *self._conditions.look(at_ns, at_ns, seen)]

    def absent(self) -> list[ConditionSpan]:
        """No pictures come; return what is over."""
        self._grid = None
        self._smooth.clear()
        self._next_ns, self._bright, self._stillness = None, False, _Stillness()
        return [*self._conditions.finish(), *self._rate.finish()]

    def _look(self, grid: Grid) -> PictureLook:
        before, self._grid = self._grid, grid
        if before is not None and before.shape != grid.shape:
            before = None  # a picture of another size
            self._smooth.clear()
        was_black = self._conditions.active(ConditionKind.BLACK)
        look = look_at(grid, before, self._smooth, was_black=was_black)
        if look.sharp:
            self._smooth.clear()
        else:
            self._smooth.append(grid)
        return look


_FEW_OF_A_PEEK: Final = 50
_UP_TO: Final = tuple(bytes(range(limit + 1)) for limit in range(256))


class _Stillness:
    """Tells whether nothing at all has changed: at some points of every picture, and everywhere at looks.

    A sensor has noise, so that no two of its pictures are the same; a frozen one gives the same again.
    """

    def __init__(self) -> None:
        self._peek: bytes | None = None
        self._moved = False
        self._grid: Grid | None = None
        self._whole: NDArray[np.uint8] | None = None

    def peek(self, peek: bytes) -> None:
        self._moved = self._moved or (self._peek is not None and peek != self._peek)
        self._peek = peek

    def look(self, grid: Grid, frame: VideoFrame) -> bool:
        """Whether all that came since the look before is the same."""
        moved, self._moved = self._moved, False
        before, self._grid = self._grid, grid
        if moved or before is None or not np.array_equal(before, grid):
            self._whole = None
            return False
        picture = picture_of(frame)
        same = self._whole is None or _same(self._whole, picture)
        if self._whole is None or not same:
            self._whole = picture.copy()  # the source may use its memory again
        return same


def _same(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two pictures are the same, eight bytes at a time where that is possible."""
    whole = one.flags.c_contiguous and other.flags.c_contiguous and one.shape == other.shape
    if whole and one.nbytes % 8 == 0:
        return np.array_equal(one.reshape(-1).view(np.uint64), other.reshape(-1).view(np.uint64))
    return np.array_equal(one, other)


class SoundWatch:
    """Listens to sound as it is captured, a second at a time."""

    def __init__(self) -> None:
        self._conditions = Conditions(Track.AUDIO, _SOUNDS)
        self._rate = Rate(Track.AUDIO, None)
        self._blocks: list[NDArray[np.float32]] = []
        self._samples = 0
        self._start_ns = 0
        self._of = (0, 0)

    def take(self, block: SoundBlock) -> list[ConditionSpan]:
        """Take the next block; return what has begun or is over."""
        changes = self._rate.take(block.boot_ns, len(block.samples), block.rate)
        if (block.rate, block.samples.shape[1]) != self._of:
            self._of, self._blocks, self._samples = (block.rate, block.samples.shape[1]), [], 0
        if not self._blocks:
            self._start_ns = block.boot_ns
        self._blocks.append(block.samples)
        self._samples += len(block.samples)
        if self._samples < block.rate or not self._samples:
            return changes
        end_ns = block.boot_ns + len(block.samples) * NS_PER_S // block.rate
        samples = np.concatenate(self._blocks)
        self._blocks, self._samples = [], 0
        return [*changes, *self._listen(samples, block.rate, end_ns)]

    def absent(self) -> list[ConditionSpan]:
        """No sound comes; return what is over."""
        self._blocks, self._samples = [], 0
        return [*self._conditions.finish(), *self._rate.finish()]

    def _listen(self, samples: NDArray[np.float32], rate: int, end_ns: int) -> list[ConditionSpan]:
        mono = samples[:, 0] if samples.shape[1] == 1 else samples.mean(axis=1, dtype=np.float32)
        quiet = (ConditionKind.SILENT, ConditionKind.DEAD)
        look = look_at_sound(mono, rate, was_silent=any(self._conditions.active(kind) for kind in quiet))
        seen: dict[ConditionKind, bool | None] = {
            ConditionKind.DEAD: look.dead,
            ConditionKind.SILENT: look.silent,
            ConditionKind.CLIPPED: look.clipped,
            ConditionKind.HUM: look.hum,
        }
        return self._conditions.look(self._start_ns, end_ns, seen)
