"""Pictures on their way into the encoder: scaled to fit and turned into yuv420p, once.

Rules:

- A picture of another shape than the recording's is fitted with black borders, never stretched.
- A picture that is yuv420p of the right size already is not converted.
- It is copied only where somebody else may use it again (``VideoFrame.owned``), or where PyAV cannot take its
  memory as it lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import av
import cv2
import numpy as np

from device.frames import PixelFormat, VideoFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLACK: Final = (0, 0, 0)
_HALF: Final = 0.5
_ROWS_AT_ONCE: Final = 6


class Canvas:
    """Prepares pictures of one size.

    Args:
        width: Pixels; even.
        height: Pixels; even.
    """

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height

    def fit(self, frame: VideoFrame) -> VideoFrame:
        """The frame as I420 of the canvas's size: itself where it is that, else a new one, which is owned."""
        image = frame.image
        if frame.format is PixelFormat.I420:
            if image.shape == (self._height * 3 // 2, self._width):
                return frame
            image = cast("NDArray[np.uint8]", cv2.cvtColor(image, cv2.COLOR_YUV2BGR_I420))
        i420 = cast("NDArray[np.uint8]", cv2.cvtColor(self._scaled(image), cv2.COLOR_BGR2YUV_I420))
        return VideoFrame(i420, frame.boot_ns, PixelFormat.I420, owned=True)

    def draw(self, frame: VideoFrame) -> av.VideoFrame:
        """The frame as the encoder wants it, in memory that nobody else uses."""
        fitted = self.fit(frame)
        if fitted.owned and _lies_as_needed(fitted.image):
            return av.VideoFrame.from_numpy_buffer(fitted.image, format="yuv420p")
        return av.VideoFrame.from_ndarray(fitted.image, format="yuv420p")

    def _scaled(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
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


def _lies_as_needed(i420: NDArray[np.uint8]) -> bool:
    """Whether PyAV can use an image's memory without copying it.

    It takes half of a row's length for that of the chroma, so the rows must follow one another. It counts the
    rows in sixes, so a height that is no multiple of four would lose its last two. And the overlay is drawn
    into it.
    """
    rows = i420.shape[0]
    return bool(i420.flags.c_contiguous and i420.flags.writeable and rows % _ROWS_AT_ONCE == 0)


def plane(picture: av.VideoFrame, index: int) -> NDArray[np.uint8]:
    """A plane of a picture as an array that writes through: 0 is Y, 1 is U, 2 is V."""
    memory = picture.planes[index]
    rows = np.frombuffer(memoryview(memory), np.uint8).reshape(memory.height, memory.line_size)
    return rows[:, : memory.width]


def to_bgr(picture: av.VideoFrame) -> NDArray[np.uint8]:
    """A yuv420p picture as BGR of shape (height, width, 3)."""
    i420 = cast("NDArray[np.uint8]", picture.to_ndarray())
    return cast("NDArray[np.uint8]", cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420))
