"""What all pictures through OpenCV have in common: one capture, opened, asked and closed.

OpenCV writes its troubles to standard error; here it is silenced and every trouble is a ``SourceError`` of
one sentence instead.
"""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, cast

# Seconds that OpenCV waits for a picture of a driver, else ten; read when a camera is first used.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "5")

import cv2

from device.sources.base import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from device.settings import VideoSettings

cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def is_device(source: str) -> bool:
    """Whether a source names a camera of this machine: "0", "2", "/dev/video0"."""
    return source.isdecimal() or source.startswith("/dev/")


class OpenCvSource:
    """A capture that is opened, asked and closed; how frames are read is left to the kinds of source.

    Args:
        settings: The source, and what is wanted of it.
    """

    def __init__(self, settings: VideoSettings) -> None:
        self._settings = settings
        self._capture: cv2.VideoCapture | None = None
        self._images: deque[NDArray[np.uint8] | None] = deque([None, None])

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self._get(cv2.CAP_PROP_FRAME_WIDTH))

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self._get(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def fps(self) -> float:
        """Nominal frames per second; 0 where the source states none."""
        return min(max(self._get(cv2.CAP_PROP_FPS), 0.0), self._settings.fps)

    def close(self) -> None:
        """Let go of the capture."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _get(self, what: int) -> float:
        return float(self._capture.get(what)) if self._capture is not None else 0.0

    def _opened(self) -> cv2.VideoCapture:
        if self._capture is None:
            raise SourceError("The picture source was read before it was opened.")
        return self._capture

    def _open(self, source: str | int, backend: int, options: Sequence[int], trouble: str) -> None:
        try:
            capture = cv2.VideoCapture(source, backend, options)
        except cv2.error as error:
            raise SourceError(trouble) from error
        if not capture.isOpened():
            capture.release()
            raise SourceError(trouble)
        self._capture = capture

    def _retrieve(self) -> NDArray[np.uint8]:
        """The picture that was grabbed, only lent: the next but one is written over it.

        While one is read, another thread may still look at the one before (``device.sources.apart``).
        """
        self._images.rotate()
        ok, image = self._opened().retrieve(self._images[0])
        if not ok:
            raise SourceError(f"{self._settings.source} gave a picture that cannot be decoded.")
        taken = cast("NDArray[np.uint8]", image)
        self._images[0] = taken
        return taken
