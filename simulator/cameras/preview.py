"""Small pictures of what a camera sees, for whoever watches the bench.

Rule: while nobody watches it costs nothing, and it never holds the camera up: the camera's own thread only
leaves a reference behind, and a picture that nobody came for is replaced by the next.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.sources.scene import Picture

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
        self._newest: tuple[Picture, int] | None = None
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

    def show(self, picture: Picture, height: int) -> None:
        """Take a picture.

        Args:
            picture: I420, which nobody changes any more.
            height: How many rows its first plane has.
        """
        if self._watched:
            with self._change:
                self._newest = (picture, height)
                self._change.notify()

    def _run(self) -> None:
        try:
            while (taken := self._take()) is not None:
                self._send(small_jpeg(*taken))
                self._stopped.wait(EVERY_S)
        except OSError:
            # The simulator went away, and with it whoever watched.
            return

    def _take(self) -> tuple[Picture, int] | None:
        with self._change:
            self._change.wait_for(lambda: self._newest is not None or self._stopped.is_set())
            taken, self._newest = self._newest, None
            return None if self._stopped.is_set() else taken


def small_jpeg(picture: Picture, height: int) -> bytes:
    """Return an I420 picture as a JPEG that is no wider than ``WIDTH``.

    Each plane is made small before the colours are: a quarter of the work.
    """
    width = picture.shape[1]
    size = (WIDTH, max(2, height * WIDTH // width // 2 * 2))
    half = (size[0] // 2, size[1] // 2)
    luma = cv2.resize(picture[:height], size, interpolation=cv2.INTER_AREA)
    colours = [
        cv2.resize(plane, half, interpolation=cv2.INTER_AREA).reshape(-1)
        for plane in picture[height:].reshape(2, height // 2, width // 2)
    ]
    planes = np.concatenate([luma.reshape(-1), *colours]).reshape(size[1] * 3 // 2, size[0])
    bgr = cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)
    _, jpeg = cv2.imencode(".jpg", bgr, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    return jpeg.tobytes()
