"""Room on the card: when to warn, and the reserve that lets a press succeed on a full card.

Rules:

- An alert is said once when the card passes a mark, and may be said again only after it fell 2 % below it.
- The reserve is real room, allocated before it is needed; a commit that finds the card full releases it and
  tries once more. It is taken back when there is room to spare.
- Nothing is ever deleted to make room (C8).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

    from device.storage.filesystem import Filesystem, Space

_AGAIN_PERCENT = 2.0

LOOK_NS = 5 * NS_PER_S
"""How often to look at the room."""


@dataclass(slots=True)
class SpaceAlerts:
    """Decides when low room is worth saying. Pure.

    Attributes:
        marks: Percentages used at which to warn.
    """

    marks: tuple[int, ...]
    _said: set[int] = field(default_factory=set)

    def look(self, used_percent: float) -> int | None:
        """The highest mark that was passed since it was last said, else None."""
        self._said = {mark for mark in self._said if used_percent > mark - _AGAIN_PERCENT}
        passed = {mark for mark in self.marks if used_percent >= mark}
        new = passed - self._said
        self._said |= passed
        return max(new, default=None)

    @property
    def sentence(self) -> str | None:
        """What to tell people now; None while there is room."""
        if not self._said:
            return None
        return f"The card is more than {max(self._said)} % full: dock the camera so that it can upload."


class SpaceWatch:
    """Looks at the room on the card every few seconds, and keeps the reserve. Not thread-safe.

    Attributes:
        seen: The room when it was looked at last, None before.
    """

    def __init__(
        self, filesystem: Filesystem, folder: Path, reserve: Reserve, marks: tuple[int, ...]
    ) -> None:
        self.seen: Space | None = None
        self._filesystem = filesystem
        self._folder = folder
        self._reserve = reserve
        self._alerts = SpaceAlerts(marks)
        self._next_ns: int | None = None

    @property
    def sentence(self) -> str | None:
        """What to tell people now; None while there is room."""
        return self._alerts.sentence

    def look(self, now_ns: int) -> int | None:
        """Look if it is time to, and return the mark that the card has just passed, if it has.

        A card that does not say how full it is passes none: whoever writes on it hears what is wrong.
        """
        if self._next_ns is not None and now_ns < self._next_ns:
            return None
        self._next_ns = now_ns + LOOK_NS
        try:
            self.seen = space = self._filesystem.space(self._folder)
            self._reserve.fill()
        except OSError:
            return None
        return self._alerts.look(space.used_percent)


class Reserve:
    """A file that holds room for the moment when there is none. Not thread-safe."""

    def __init__(self, filesystem: Filesystem, path: Path, size: int) -> None:
        self._filesystem = filesystem
        self._path = path
        self._size = size

    def fill(self) -> bool:
        """Allocate the reserve unless it is there; tell whether it is. The last room is never taken.

        Raises:
            OSError: The card does not say what is there.
        """
        if self._filesystem.exists(self._path):
            return True
        if self._filesystem.space(self._path.parent).free < 2 * self._size:
            return False
        try:
            file = self._filesystem.create(self._path)
        except OSError:
            return False
        try:
            file.allocate(self._size)
        except OSError:
            self.release()
            return False
        finally:
            with contextlib.suppress(OSError):  # the room is allocated, or it is not
                file.close()
        return True

    def release(self) -> bool:
        """Give the room back to the card; tell whether there was any."""
        if not self._filesystem.exists(self._path):
            return False
        with contextlib.suppress(OSError):  # then there is no room to give, and the caller's error stands
            self._filesystem.unlink(self._path)
        return not self._filesystem.exists(self._path)
