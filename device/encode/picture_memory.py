"""Memory of pictures, used again once nobody has it any more.

Rules:

- Whoever is given an image has it for as long as anything refers to it: a variable, a view of it, or FFmpeg
  while it reads (``av.VideoFrame.from_numpy_buffer``), a hardware encoder included. Nobody says that he is
  done.
- A few images are kept, as many as are under way on a calm day. What a burst takes beyond them is memory like
  any other, and goes back.

Without it each picture of 1080p30 takes 3 MB from the system and returns them: the kernel clears every page.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KEPT: Final = 4
"""One that is being converted, one that waits, one that is being encoded, and one to spare."""


class PictureMemory:
    """Hands out images of one shape; thread-safe.

    Args:
        shape: Of the images, as ``VideoFrame.image`` has it.
        kept: How many are kept.
    """

    def __init__(self, shape: tuple[int, ...], kept: int = KEPT) -> None:
        self._shape = shape
        self._most = kept
        self._kept: list[NDArray[np.uint8]] = []
        self._guard = threading.Lock()

    def take(self) -> NDArray[np.uint8]:
        """An image that nobody else has, with whatever was in it before."""
        with self._guard:
            for index in range(len(self._kept)):
                if _references(self._kept, index) == _UNUSED:
                    return self._kept[index]
            image = np.empty(self._shape, np.uint8)
            if len(self._kept) < self._most:
                self._kept.append(image)
            return image


def _references(kept: Sequence[Any], index: int) -> int:
    """How many references there are to an item; those of the list and of the call count as Python likes."""
    return sys.getrefcount(kept[index])


_UNUSED: Final = _references([object()], 0)
