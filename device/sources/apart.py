"""A picture source whose calls may hang, on a thread of its own: whoever reads it never hangs with it.

A camera's driver waits for a picture for as long as it likes, and a call into it cannot be interrupted.

Rules:

- Opening, reading and closing happen on one thread, as the driver wants it. The next picture is read once the
  one before was taken: whoever takes one may look at it until then, and a source needs memory for two. Who is
  slow loses pictures in the driver, as with every slow reader.
- Whoever reads waits a tenth of a second at most. After ``SILENT_S`` without a picture the source is given
  up. A thread that hangs is left behind, and lets go of the camera if its call ever returns.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from device.sources.base import Pause, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.frames import VideoFrame
    from device.sources.base import VideoSource

SILENT_S: Final = 8.0
"""Longer than OpenCV waits for a driver (``device.sources.opencv``): its own word comes first."""

_OPEN_S: Final = 2.0
_READ_S: Final = 0.1
_CLOSE_S: Final = 2.0


class Apart:
    """A source on a thread of its own.

    Args:
        make: Makes the source.
        name: What it is, for sentences.
        monotonic: Seconds that go forward.

    Attributes:
        width: Pixels, known once open.
        height: Pixels, known once open.
        fps: As the source states it once open; 0 before.
    """

    def __init__(
        self, make: Callable[[], VideoSource], name: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.width, self.height, self.fps = 0, 0, 0.0
        self._make = make
        self._name = name
        self._monotonic = monotonic
        self._change = threading.Condition()
        self._items: deque[VideoFrame | Pause | SourceError | None] = deque()
        self._opened = self._closing = False
        self._since_s = 0.0
        self._thread: threading.Thread | None = None

    @property
    def hangs(self) -> bool:
        """Whether it was closed, and a call into the driver has still not returned."""
        return self._closing and self._thread is not None and self._thread.is_alive()

    def open(self) -> None:
        """Begin to open it, and wait for that a little.

        Raises:
            SourceError: It is missing, in use, or not a picture source.
        """
        self._since_s = self._monotonic()
        self._thread = threading.Thread(target=self._run, name="capture-camera", daemon=True)
        self._thread.start()
        with self._change:
            self._change.wait_for(lambda: self._opened or self._items, _OPEN_S)
            if not self._opened and self._items:
                self._raise(self._items[0])

    def read(self) -> VideoFrame | Pause | None:
        """The next picture, or a pause.

        Raises:
            SourceError: It failed, or hangs.
        """
        with self._change:
            if self._thread is None:
                raise SourceError("The picture source was read before it was opened.")
            if self._change.wait_for(lambda: self._items, _READ_S):
                self._since_s = self._monotonic()
                item = self._items.popleft()
                self._change.notify_all()
                self._raise(item)
                return None if isinstance(item, SourceError) else item
        silent = self._monotonic() - self._since_s
        if silent > SILENT_S:
            raise SourceError(
                f"The camera {self._name} has given no picture for {silent:.0f} s: "
                "unplug it and plug it in again."
            )
        return Pause()

    def close(self) -> None:
        """Let go of it; one that hangs does so when it can."""
        with self._change:
            self._closing = True
            self._items.clear()
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def _run(self) -> None:
        source = self._make()
        try:
            source.open()
            with self._change:
                self.width, self.height, self.fps = source.width, source.height, source.fps
                self._opened = True
                self._change.notify_all()
            while self._wait_for_room() and self._pass_on(source.read()):
                pass
        except SourceError as error:
            self._pass_on(error)
        finally:
            source.close()

    def _wait_for_room(self) -> bool:
        """Wait until what was read has been taken; whether to read on."""
        with self._change:
            self._change.wait_for(lambda: not self._items or self._closing)
            return not self._closing

    def _pass_on(self, item: VideoFrame | Pause | SourceError | None) -> bool:
        """Hand over what was read; whether more may come."""
        with self._change:
            if not self._closing:
                self._items.append(item)
                self._change.notify_all()
        return item is not None

    def _raise(self, item: VideoFrame | Pause | SourceError | None) -> None:
        if isinstance(item, SourceError):
            raise item
