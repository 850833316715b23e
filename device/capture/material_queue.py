"""What waits for the chunker, between the encoders' threads and its own.

Rules:

- It is bounded: an encoder that finds it full waits, and what waits before it overflows where it is counted.
- The chunker is woken by what may complete a chunk or must be answered: a key picture, a cut, the end, a
  statement about missing footage. All else waits until it looks again by itself, which is soon: waking it for
  each packet was a tenth of what the camera costs beside its encoder.
"""

from __future__ import annotations

import threading
from collections import deque
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from device.encode.packets import Absent, EncodedPacket, Lost
from protocol.footage.format.model import Track

if TYPE_CHECKING:
    from collections.abc import Sequence

Material = EncodedPacket | Lost | Absent

PACKETS: Final = 512


class Boundary(Enum):
    """What is said between packets."""

    CUT = auto()
    END = auto()


class MaterialQueue:
    """Takes material from any thread and gives it to one."""

    def __init__(self) -> None:
        self._items: deque[Material | Boundary] = deque()
        self._urgent = False
        self._abandoned = False
        lock = threading.Lock()
        self._wakes = threading.Condition(lock)
        self._room = threading.Condition(lock)

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items

    @property
    def abandoned(self) -> bool:
        """Whether nobody is to wait any more."""
        return self._abandoned

    def put(self, item: Material | Boundary) -> None:
        """Take an item; waits for room, unless it is abandoned."""
        with self._wakes:
            self._room.wait_for(lambda: len(self._items) < PACKETS or self._abandoned)
            if self._abandoned:
                return
            self._items.append(item)
            if is_urgent(item) or len(self._items) == PACKETS:
                self._urgent = True
                self._wakes.notify()

    def take(self, patience_s: float) -> Sequence[Material | Boundary]:
        """All that waits, in order: at once if something is urgent, else after so long; maybe nothing."""
        with self._wakes:
            self._wakes.wait_for(lambda: self._urgent or self._abandoned, patience_s)
            taken = tuple(self._items)
            self._items.clear()
            self._urgent = False
            self._room.notify_all()
            return taken

    def abandon(self) -> None:
        """Let nobody wait any more, for room or for items; what is put from now on is dropped."""
        with self._wakes:
            self._abandoned = True
            self._wakes.notify_all()
            self._room.notify_all()


def is_urgent(item: Material | Boundary) -> bool:
    """Whether an item may complete a chunk, or somebody waits for what comes of it."""
    return not isinstance(item, EncodedPacket) or (item.track is Track.VIDEO and item.keyframe)
