"""Pictures on their way into the encoder: scaled to fit and turned into yuv420p, once.

A picture of another shape than the recording's is fitted with black borders, never stretched. One that comes
as yuv420p of the right size is copied and nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import av
import cv2
import numpy as np

from device.frames import PixelFormat

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from device.frames import VideoFrame

_BLACK: Final = (0, 0, 0)
_HALF: Final = 0.5


class Canvas:
    """Prepares pictures of one size.

    Args:
        width: Pixels; even.
        height: Pixels; even.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height

    def draw(self, frame: VideoFrame) -> av.VideoFrame:
        """The frame as the encoder wants it, in a buffer of its own."""
        image = frame.image
        if frame.format is PixelFormat.I420:
            if image.shape == (self._height * 3 // 2, self._width):
                return av.VideoFrame.from_ndarray(image, format="yuv420p")
            image = cast("NDArray[np.uint8]", cv2.cvtColor(image, cv2.COLOR_YUV2BGR_I420))
        i420 = cv2.cvtColor(self._fit(image), cv2.COLOR_BGR2YUV_I420)
        return av.VideoFrame.from_ndarray(cast("NDArray[np.uint8]", i420), format="yuv420p")

    def _fit(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        if (width, height) == (self._width, self._height):
            return image
        scale = min(self._width / width, self._height / height)
        inner = max(round(width * scale), 1), max(round(height * scale), 1)
        way = cv2.INTER_AREA if scale < _HALF else cv2.INTER_LINEAR  # areas are five times the work
        scaled = cast("NDArray[np.uint8]", cv2.resize(image, inner, interpolation=way))
        if inner == (self._width, self._height):
            return scaled
        left, top = (self._width - inner[0]) // 2, (self._height - inner[1]) // 2
        right, bottom = self._width - inner[0] - left, self._height - inner[1] - top
        bordered = cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_CONSTANT, value=_BLACK)
        return cast("NDArray[np.uint8]", bordered)


def plane(picture: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    """A plane of a picture as an array that writes through: 0 is Y, 1 is U, 2 is V."""
    memory = picture.planes[index]
    rows = np.frombuffer(memoryview(memory), np.uint8).reshape(memory.height, memory.line_size)
    return rows[:, : memory.width]


def to_bgr(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """A yuv420p picture as BGR of shape (height, width, 3)."""
    i420 = cast("NDArray[np.uint8]", picture.to_ndarray())
    return cast("NDArray[np.uint8]", cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420))
