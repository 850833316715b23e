"""Pictures on their way into the encoder: scaled to fit and turned into yuv420p, once.

Rules:

- A picture of another shape than the recording's is fitted with black borders, never stretched; its shape is
  what its pixels make of it, which need not be square.
- A picture that is yuv420p of the right size already is not converted.
- It is copied only where somebody else may use it again (``VideoFrame.owned``), or where its memory cannot be
  used as it lies.
- What it is converted or copied into is memory that was a picture before (``PictureMemory``).

    canvas = Canvas(1920, 1080)
    encoder.encode(for_encoder(canvas.own(frame)), frame.boot_ns)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import av
import cv2
import numpy as np

from device.encode.picture_memory import PictureMemory
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
        self._memory = PictureMemory((height * 3 // 2, width))

    def fit(self, frame: VideoFrame) -> VideoFrame:
        """The frame as I420 of the canvas's size: itself where it is that, else a new one, which is owned."""
        image = frame.image
        if frame.format is PixelFormat.I420:
            if image.shape == (self._height * 3 // 2, self._width) and frame.pixel_aspect == 1:
                return frame
            image = cast("NDArray[np.uint8]", cv2.cvtColor(image, cv2.COLOR_YUV2BGR_I420))
        scaled = self._scaled(image, frame.pixel_aspect)
        i420 = self._memory.take()
        cv2.cvtColor(scaled, cv2.COLOR_BGR2YUV_I420, i420)
        return VideoFrame(i420, frame.boot_ns, PixelFormat.I420, owned=True)

    def own(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """The frame as I420 of the canvas's size, in memory that may be written."""
        fitted = self.fit(frame)
        lies_well = fitted.image.flags.c_contiguous and fitted.image.flags.writeable
        if fitted.owned and lies_well:
            return fitted.image
        copy = self._memory.take()
        np.copyto(copy, fitted.image)
        return copy

    def _scaled(self, image: NDArray[np.uint8], aspect: float) -> NDArray[np.uint8]:
        height, width = image.shape[:2]
        if (width, height, aspect) == (self._width, self._height, 1):
            return image
        inner = self._inner(width * aspect, height)
        small = max(inner[0] / width, inner[1] / height) < _HALF
        way = cv2.INTER_AREA if small else cv2.INTER_LINEAR  # areas are five times the work
        scaled = cast("NDArray[np.uint8]", cv2.resize(image, inner, interpolation=way))
        if inner == (self._width, self._height):
            return scaled
        left, top = (self._width - inner[0]) // 2, (self._height - inner[1]) // 2
        right, bottom = self._width - inner[0] - left, self._height - inner[1] - top
        bordered = cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_CONSTANT, value=_BLACK)
        return cast("NDArray[np.uint8]", bordered)

    def _inner(self, width: float, height: float) -> tuple[int, int]:
        """The largest size of that shape that fits."""
        scale = min(self._width / width, self._height / height)
        inner = max(round(width * scale), 1), max(round(height * scale), 1)
        return min(inner[0], self._width), min(inner[1], self._height)


def planes(i420: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Y, U and V of a contiguous I420 image, as arrays that write through."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    flat, luma, chroma = i420.reshape(-1), height * width, height * width // 4
    half = (height // 2, width // 2)
    return (
        i420[:height],
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma : luma + 2 * chroma].reshape(half),
    )


def for_encoder(i420: NDArray[np.uint8]) -> av.VideoFrame:
    """A contiguous I420 image as FFmpeg takes it, without a copy: nobody may write to it any more.

    PyAV counts the rows in sixes, so an image whose height is no multiple of four would lose its last two:
    that is copied.
    """
    whole = i420.shape[0] % _ROWS_AT_ONCE == 0
    make = av.VideoFrame.from_numpy_buffer if whole else av.VideoFrame.from_ndarray
    return make(i420, format="yuv420p")


def to_bgr(i420: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An I420 image as BGR of shape (height, width, 3)."""
    return cast("NDArray[np.uint8]", cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420))
