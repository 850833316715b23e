"""How much one camera may send, so that one alone cannot fill the disk (F9).

Rules:
- a camera may send ``footage.camera_gib_per_day`` in a day, whichever process it sends to;
- all that is held of it is at most ``footage.camera_gib``, and what each process had in hand as it last
  looked: it looks once a minute, and after each share that it took;
- what was refused was not held: the camera keeps it, and tries again (C8).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import DailyAllowance
from protocol.units import GIB

_LOOK_S = 60.0
"""For so long what a camera holds is reckoned on from the last look at the table."""


class CameraAllowances:
    """What each camera may send now. Safe to use from several threads."""

    def __init__(
        self,
        day: DailyAllowance,
        *,
        in_all: int,
        held: Callable[[str], int],
        clock: Callable[[], float],
    ) -> None:
        """Begin.

        Args:
            day: what a camera may send in a day.
            in_all: bytes that are held of a camera at most.
            held: how many bytes of a camera are held now.
            clock: seconds that only go forward.
        """
        self._day, self._in_all, self._held, self._clock = day, in_all, held, clock
        self._lock = threading.Lock()
        self._looked: dict[str, tuple[float, int]] = {}

    def take(self, camera: str, size: int) -> None:
        """Take so many bytes of a camera's allowance.

        Raises:
            ProblemError: 429 it has sent what it may for now; 503 that cannot be counted now; 507 all that
                may be held of it is held.
        """
        self._check_quota(camera, size)
        taken = self._day.take(camera, size)
        if taken.wait_s:
            raise self._too_fast(camera, taken.wait_s)
        if taken.is_share:
            with self._lock:
                self._looked.pop(camera, None)

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
            f"{camera} has sent what a camera may in a day, {self._day.each_day // GIB} GiB: "
            "footage.camera_gib_per_day sets this."
        )
        return ProblemError(429, "camera_rate", detail, headers={"Retry-After": str(wait)})
