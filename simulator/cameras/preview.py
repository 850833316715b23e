"""Small pictures of what a camera sees, for whoever watches the bench.

Rule: while nobody watches it costs nothing, and it never holds the camera up: the camera's own thread only
leaves a reference behind, and a picture that nobody came for is replaced by the next.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

EVERY_S = 0.4
WIDTH = 320
QUALITY = 62


class Preview:
    """Makes small JPEGs of a camera's pictures in a thread of its own, while somebody watches.

    Args:
        send: Takes a JPEG; ends the thread by raising ``OSError``.
    """

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._watched = False
        self._newest: NDArray[np.uint8] | None = None
        self._change = threading.Condition()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="preview", daemon=True)

    def start(self) -> None:
        """Begin; no picture is made before somebody watches."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        with self._change:
            self._stopped.set()
            self._change.notify()
        self._thread.join()

    def watch(self, *, on: bool) -> None:
        """Begin or end making pictures."""
        with self._change:
            self._watched = on
            self._newest = None

    @property
    def watched(self) -> bool:
        """Whether somebody watches."""
        return self._watched

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Take a picture in BGR, which nobody changes any more."""
        if self._watched:
            with self._change:
                self._newest = picture
                self._change.notify()

    def _run(self) -> None:
        try:
            while (taken := self._take()) is not None:
                self._send(small_jpeg(taken))
                self._stopped.wait(EVERY_S)
        except OSError:
            # The simulator went away, and with it whoever watched.
            return

    def _take(self) -> NDArray[np.uint8] | None:
        with self._change:
            self._change.wait_for(lambda: self._newest is not None or self._stopped.is_set())
            taken, self._newest = self._newest, None
            return None if self._stopped.is_set() else taken


def small_jpeg(picture: NDArray[np.uint8]) -> bytes:
    """Return a BGR picture as a JPEG that is no wider than ``WIDTH``."""
    height, width = picture.shape[:2]
    size = (min(WIDTH, width), max(1, height * min(WIDTH, width) // width))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    return jpeg.tobytes()
