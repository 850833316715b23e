"""A scene: endless pictures and sound that depend on nothing but their position.

Rules:

* Picture ``k`` and sample ``n`` are always the same for the same scene. Footage encoded ahead and footage
  encoded live therefore join without a seam, and a seed decides where in the scene each camera begins.
* A scene knows no clock. ``simulator.sources.live`` hands its pictures out at the right moment.
* Pictures are planar I420 (BT.601, limited range) as one ``(height * 3 / 2, width)`` array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Picture: TypeAlias = NDArray[np.uint8]
Sound: TypeAlias = NDArray[np.float32]


class Scene(Protocol):
    """Endless pictures and sound.

    Attributes:
        width: Picture width in pixels, even.
        height: Picture height in pixels, even.
        fps: Pictures a second.
        picture_loop: After how many pictures the pictures repeat; a whole number of seconds.
        sound_loop: After how many samples the sound repeats; a whole number of seconds.
    """

    @property
    def width(self) -> int: ...  # noqa: D102 - described above
    @property
    def height(self) -> int: ...  # noqa: D102 - described above
    @property
    def fps(self) -> int: ...  # noqa: D102 - described above
    @property
    def picture_loop(self) -> int: ...  # noqa: D102 - described above
    @property
    def sound_loop(self) -> int: ...  # noqa: D102 - described above

    def pictures(self, first: int) -> Iterator[Picture]:
        """Yield picture ``first``, ``first + 1`` and so on without end."""
        ...

    def sound(self, first: int, count: int) -> Sound:
        """Return ``count`` mono samples from sample ``first`` on, at 48 kHz, between -1 and 1."""
        ...


def looped(track: Sound, first: int, count: int) -> Sound:
    """Return ``count`` samples of an endlessly repeated track from sample ``first`` on."""
    begin = first % len(track)
    if begin + count <= len(track):
        return track[begin : begin + count].copy()
    return np.take(track, np.arange(begin, begin + count), mode="wrap")
