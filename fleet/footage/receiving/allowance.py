"""How much one camera may send, so that one alone cannot fill the disk (F9).

Rules:
- a camera may send ``footage.camera_gib_per_day`` at once, and as much again in every 24 hours, evenly;
- all that is held of it is at most ``footage.camera_gib``;
- what was refused was not held: the camera keeps it, and tries again (C8);
- a start gives no second allowance: what is left is reckoned by what came in the day before, and may be less
  than it was, never more. What came and was not kept is forgotten.

What was sent is counted by this process since it began: of several processes each counts its own.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fleet.core.problems import ProblemError
from protocol.units import GIB

_DAY_S = 86_400.0
_LOOK_S = 60.0
"""For so long what a camera holds is reckoned on from the last look at the table."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may still be sent of an amount that grows evenly. Pure.

    Attributes:
        left: what may be sent at once, at ``at_s``.
        at_s: when that was reckoned.
    """

    left: float
    at_s: float

    def filled(self, now_s: float, *, most: float, each_s: float) -> Allowance:
        """Return it as it is at a time: it grows by ``each_s`` a second, up to ``most``."""
        return Allowance(min(most, self.left + max(0.0, now_s - self.at_s) * each_s), max(now_s, self.at_s))

    def without(self, amount: float) -> Allowance:
        """Return it after so much was taken."""
        return Allowance(self.left - amount, self.at_s)


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that came of a camera: how many, and how many seconds ago the last of them."""

    ago_s: float
    size: int


def left_after(sent: Iterable[Sent], now_s: float, *, most: float, each_s: float) -> Allowance:
    """Return what may still be sent, by what came within the time in which an allowance fills. Pure.

    Nothing was left at the beginning of that time: what came before it is not known. So it is never more than
    was left, and all of it where nothing came.
    """
    came = sorted(sent, key=lambda each: -each.ago_s)
    if not came:
        return Allowance(most, now_s)
    found = Allowance(0, now_s - most / each_s)
    for each in came:
        found = found.filled(now_s - max(0.0, each.ago_s), most=most, each_s=each_s).without(each.size)
        found = Allowance(max(0.0, found.left), found.at_s)
    return found.filled(now_s, most=most, each_s=each_s)


class Allowances:
    """What each camera may send now. Safe to use from several threads."""

    def __init__(
        self,
        *,
        each_day: int,
        in_all: int,
        held: Callable[[str], int],
        sent: Callable[[str], Iterable[Sent]],
        clock: Callable[[], float],
    ) -> None:
        """Begin with what each camera has left.

        Args:
            each_day: bytes that a camera may send in a day.
            in_all: bytes that are held of a camera at most.
            held: how many bytes of a camera are held now.
            sent: what came of a camera in the last 24 hours; asked once for each.
            clock: seconds that only go forward.
        """
        self._each_day = each_day
        self._in_all = in_all
        self._held = held
        self._sent = sent
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, Allowance] = {}
        self._looked: dict[str, tuple[float, int]] = {}

    def take(self, camera: str, size: int) -> None:
        """Take so many bytes of a camera's allowance.

        Raises:
            ProblemError: 429 it has sent what it may for now; 507 all that may be held of it is held.
        """
        self._check_quota(camera, size)
        now, each_s = self._clock(), self._each_day / _DAY_S
        begun = None if camera in self._buckets else self._left(camera, now, each_s)
        with self._lock:
            bucket = self._buckets.get(camera, begun or Allowance(0, now))
            bucket = bucket.filled(now, most=self._each_day, each_s=each_s)
            if bucket.left < size:
                self._buckets[camera] = bucket
                raise self._too_fast(camera, (size - bucket.left) / each_s)
            self._buckets[camera] = bucket.without(size)

    def _left(self, camera: str, now: float, each_s: float) -> Allowance:
        return left_after(self._sent(camera), now, most=self._each_day, each_s=each_s)

    def _check_quota(self, camera: str, size: int) -> None:
        now = self._clock()
        with self._lock:
            at, held = self._looked.get(camera, (-math.inf, 0))
        if now - at >= _LOOK_S:
            at, held = now, self._held(camera)
        if held + size > self._in_all:
            most = f"{self._in_all // GIB} GiB: footage.camera_gib sets this."
            detail = f"All that may be held of {camera} is held, {most}"
            raise ProblemError(507, "camera_quota", detail, headers={"Retry-After": "600"})
        with self._lock:
            self._looked[camera] = (at, held + size)

    def _too_fast(self, camera: str, wait_s: float) -> ProblemError:
        wait = max(1, math.ceil(wait_s))
        detail = (
            f"{camera} has sent what a camera may in a day, {self._each_day // GIB} GiB: "
            "footage.camera_gib_per_day sets this."
        )
        return ProblemError(429, "camera_rate", detail, headers={"Retry-After": str(wait)})
