"""The bounded queue between the camera and the encoder.

A frame that finds it full is dropped and counted; before the next one that finds room goes the statement of
what was lost (C6). The camera is never made to wait, since it would drop frames without a word.
"""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Final

from device.encode.packets import Absent, Lost
from protocol.footage.format.model import GapCause, Track
from protocol.units import MIB

if TYPE_CHECKING:
    from device.frames import VideoFrame
    from device.settings import VideoSettings

_MEMORY: Final = 64 * MIB
_FEWEST: Final = 4
_BYTES_PER_PIXEL: Final = 3


def depth_for(settings: VideoSettings) -> int:
    """Frames that may wait: those of a second, or as many as fit into 64 MiB."""
    frame = settings.width * settings.height * _BYTES_PER_PIXEL
    return max(min(round(settings.fps), _MEMORY // frame), _FEWEST)


class FrameQueue:
    """Takes what the camera's feed reads; one thread puts, one gets.

    Args:
        depth: Frames that may wait.

    Attributes:
        taken: Frames that came.
        lost: Of these, how many found no room.
    """

    def __init__(self, depth: int) -> None:
        self.taken = 0
        self.lost = 0
        self._depth = depth
        self._queue: queue.Queue[VideoFrame | Lost | Absent | None] = queue.Queue()
        self._lost_from: int | None = None

    def take(self, item: VideoFrame) -> None:
        """Queue a frame, or drop it; never waits."""
        self.taken += 1
        if self._queue.qsize() >= self._depth:
            self.lost += 1
            if self._lost_from is None:
                self._lost_from = item.boot_ns
            return
        if self._lost_from is not None:
            self._queue.put(Lost(Track.VIDEO, self._lost_from, item.boot_ns, GapCause.OVERFLOW))
            self._lost_from = None
        self._queue.put(item)

    def absent(self, since_ns: int, until_ns: int) -> None:
        """Queue the statement that there are no frames; without room it waits for the next such statement."""
        if self._queue.qsize() < self._depth:
            self._queue.put(Absent(Track.VIDEO, since_ns, until_ns, GapCause.NO_CAMERA))

    def end(self) -> None:
        """Say that no more frames come."""
        self._queue.put(None)

    def get(self) -> VideoFrame | Lost | Absent | None:
        """Wait for what is next; ``None`` at the end."""
        return self._queue.get()
