"""A card held to a speed, with pauses in which it does nothing at all, on any clock.

``Pace`` is pure: it says until when the card is busy with so many bytes. ``SlowFilesystem`` waits for that on
the clock that it is given: the system's, or a ``SteppedClock`` that a test moves on, step by step, once
everybody has done what there was to do by then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from protocol.footage.format.model import ClockLabel
from tests.support.media.recordings import SECOND_NS, label_at
from tests.support.storage.disks import WatchedFilesystem

PATIENCE_S = 60


@dataclass
class Pace:
    """A bucket that fills with room for ``bytes_per_s`` bytes a second, up to a second's, but not in a pause.

    Attributes:
        bytes_per_s: How fast the card is.
        pauses: When it does nothing: beginning and length in ns, in order.
    """

    bytes_per_s: int
    pauses: list[tuple[int, int]] = field(default_factory=list)
    _free_ns: int = 0

    def done_ns(self, now_ns: int, size: int) -> int:
        """When the card is done with an operation that begins now, and that takes ``size`` bytes."""
        begins = max(now_ns - SECOND_NS, self._free_ns)
        self._free_ns = begins + size * SECOND_NS // self.bytes_per_s
        done = max(now_ns, self._free_ns)
        for start, length in self.pauses:
            if start <= done < start + length:
                done = self._free_ns = start + length
        return done


class WaitingClock(Protocol):
    """A clock on which one can wait."""

    def boot_ns(self) -> int: ...

    def label(self) -> ClockLabel: ...

    def wait_until(self, at_ns: int) -> None: ...


class SteppedClock:
    """A clock that stands still until it is told how late it is; it knows who waits on it."""

    def __init__(self, now_ns: int = 500 * SECOND_NS) -> None:
        self.now_ns = now_ns
        self.changed = threading.Condition()
        self._wakes_ns: list[int] = []
        self._waits = True

    def boot_ns(self) -> int:
        return self.now_ns

    def label(self) -> ClockLabel:
        return label_at(self.now_ns)

    def wait_until(self, at_ns: int) -> None:
        """Wait until it is that late."""
        with self.changed:
            if at_ns <= self.now_ns or not self._waits:
                return
            self._wakes_ns.append(at_ns)
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self.now_ns >= at_ns or not self._waits, PATIENCE_S)
            self._wakes_ns.remove(at_ns)

    def step(self, length_ns: int, settled: Callable[[], bool]) -> None:
        """Move on, then wait until all has been done that could be: somebody waits, or nothing is left."""
        with self.changed:
            self.now_ns += length_ns
            self.changed.notify_all()
            assert self.changed.wait_for(lambda: self._somebody_waits() or settled(), PATIENCE_S)

    def release(self) -> None:
        """Let nobody wait any more."""
        with self.changed:
            self._waits = False
            self.changed.notify_all()

    def _somebody_waits(self) -> bool:
        return self._waits and bool(self._wakes_ns) and min(self._wakes_ns) > self.now_ns


@dataclass
class SlowFilesystem(WatchedFilesystem):
    """The real disk, no faster than its pace."""

    clock: WaitingClock = field(default_factory=SteppedClock)
    pace: Pace | None = None
    reaches_disk: bool = False

    def watch(self, name: str, path: Path, size: int = 0, file: int | None = None) -> int | None:
        allowed = super().watch(name, path, size, file)
        pace = self.pace
        if pace is not None and name != "close":
            self.clock.wait_until(pace.done_ns(self.clock.boot_ns(), size))
        return allowed
