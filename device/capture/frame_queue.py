"""The bounded queue between the camera and the encoder.

Rules:

- It holds two seconds of pictures, or as many as fit into its memory; each counts with its own bytes and its
  own time. A few always find room, however large they are.
- A frame that finds it full is dropped and counted; before the next one that finds room goes the statement of
  what was lost (C6). The camera is never made to wait, since it would drop frames without a word.
- Frames wait as the encoder wants them: as I420 they take half the memory of BGR. One that is dropped is not
  prepared first.
- What a burst took is given back to the system once it is worked off: the C library would keep it for good.
"""

from __future__ import annotations

import ctypes
import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from device.encode.packets import Absent, Lost
from device.frames import VideoFrame
from protocol.footage.format.model import GapCause, Track
from protocol.units import MIB, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_NS: Final = 2 * NS_PER_S
"""So long may the encoder be held up without a loss, at sizes of which as much fits into ``MEMORY``."""

MEMORY: Final = 192 * MIB
"""What may wait in bytes, and one frame more: two seconds of 1080p30, half a second of 2160p30."""

FEWEST: Final = 4
"""Frames that always find room."""

NOTHING_YET_NS: Final = 2 * NS_PER_S
"""So long may the first frame take without being missed, as where there is sound (``capture.chunker``)."""

BURST: Final = 32 * MIB
"""So much must have waited for its memory to be worth giving back."""


class FrameQueue:
    """Takes what the camera's feed reads; one thread puts, one gets.

    Args:
        prepare: Makes of a frame what is to wait; runs on the thread that puts.
        give_back: Returns memory that is free to the system; runs on the thread that gets.

    Attributes:
        taken: Frames that came.
        lost: Of these, how many found no room.
    """

    def __init__(
        self,
        prepare: Callable[[VideoFrame], VideoFrame],
        give_back: Callable[[], None] | None = None,
    ) -> None:
        self.taken = 0
        self.lost = 0
        self._prepare = prepare
        self._items: deque[VideoFrame | Lost | Absent | None] = deque()
        self._frames: deque[tuple[int, int]] = deque()  # time and bytes of each that waits
        self._bytes = self._most = 0
        self._give_back = give_back or give_back_to_system
        self._guard = threading.Lock()
        self._ready: queue.SimpleQueue[None] = (
            queue.SimpleQueue()
        )  # as many as items: it wakes without Python
        self._lost_from: int | None = None

    @property
    def oldest_ns(self) -> int | None:
        """When the picture was taken that has waited longest; None while none waits."""
        with self._guard:
            return self._frames[0][0] if self._frames else None

    def take(self, item: VideoFrame) -> None:
        """Queue a frame, or drop it; never waits."""
        self.taken += 1
        if self._is_full(item.boot_ns):
            self.lost += 1
            if self._lost_from is None:
                self._lost_from = item.boot_ns
            return
        frame = self._prepare(item)
        with self._guard:
            if self._lost_from is not None:
                self._items.append(Lost(Track.VIDEO, self._lost_from, item.boot_ns, GapCause.OVERFLOW))
                self._ready.put(None)
                self._lost_from = None
            self._items.append(frame)
            self._frames.append((frame.boot_ns, frame.image.nbytes))
            self._bytes += frame.image.nbytes
            self._most = max(self._most, self._bytes)
        self._ready.put(None)

    def absent(self, since_ns: int, until_ns: int) -> None:
        """Queue the statement that there are no frames; one that nobody came for yet is said anew."""
        self._missing(Absent(Track.VIDEO, since_ns, until_ns, GapCause.NO_CAMERA))

    def _missing(self, said: Absent) -> None:
        with self._guard:
            if self._items and isinstance(self._items[-1], Absent):
                self._items[-1] = said
                return
            self._items.append(said)
        self._ready.put(None)

    def silent(self, since_ns: int, until_ns: int) -> None:
        """Say that nothing has come so far, for a while; later, the chunker sees that itself."""
        if not self.taken and until_ns - since_ns > NOTHING_YET_NS:
            self._missing(Absent(Track.VIDEO, since_ns, until_ns, GapCause.STALLED))

    def end(self) -> None:
        """Say that no more frames come."""
        with self._guard:
            self._items.append(None)
        self._ready.put(None)

    def get(self) -> VideoFrame | Lost | Absent | None:
        """Wait for what is next; ``None`` at the end."""
        burst_over = False
        self._ready.get()
        with self._guard:
            item = self._items.popleft()
            if isinstance(item, VideoFrame):
                _, size = self._frames.popleft()
                self._bytes -= size
                burst_over = not self._frames and self._most >= BURST
                self._most = 0 if burst_over else self._most
        if burst_over:
            self._give_back()
        return item

    def _is_full(self, now_ns: int) -> bool:
        with self._guard:
            if len(self._frames) < FEWEST:
                return False
            oldest_ns, _ = self._frames[0]
            return self._bytes >= MEMORY or now_ns - oldest_ns >= LONGEST_NS


def give_back_to_system() -> None:
    """Have the C library return what is free to the system (malloc_trim(3)); nothing where it cannot."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
