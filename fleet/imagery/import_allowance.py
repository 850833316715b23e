"""How much one account may import, and all together, so that nobody fills the disk by it (F9).

What an account may send in a day is counted by all processes together. What is held is asked of the tables,
once a minute and after each share of a day; what is under way meanwhile is counted by this process alone, so
that it is looked at once more, in the tables, before a file is kept (``receiving``).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import DailyAllowance
from protocol.units import GIB

_LOOK_S = 60.0


class ImportAllowance:
    """What may be imported now. Safe to use from several threads."""

    def __init__(
        self, day: DailyAllowance, *, in_all: int, held: Callable[[], int], clock: Callable[[], float]
    ) -> None:
        """Begin.

        Args:
            day: what an account may send in a day.
            in_all: bytes that are held at most.
            held: how many bytes are held now.
            clock: seconds that only go forward.
        """
        self._day, self._in_all, self._held, self._clock = day, in_all, held, clock
        self._lock = threading.Lock()
        self._looked, self._known = -math.inf, 0

    def take(self, by: Actor, size: int) -> None:
        """Take so many bytes of an account's allowance.

        Raises:
            ProblemError: 429 it has sent what it may for now; 503 that cannot be counted now; 507 all that
                may be held of imports is held.
        """
        with self._lock:
            moment = self._clock()
            if moment - self._looked >= _LOOK_S:
                self._looked, self._known = moment, self._held()
            self.check(self._known, size)
        taken = self._day.take(f"{by.kind} {by.id}", size)
        if taken.wait_s:
            wait = max(1, math.ceil(taken.wait_s))
            detail = (
                f"You have sent what one account may import in a day, {self._day.each_day // GIB} GiB: "
                "imports.gib_per_day sets this."
            )
            raise ProblemError(429, "imports_rate", detail, headers={"Retry-After": str(wait)})
        with self._lock:
            self._known += size
            if taken.is_share:
                self._looked = -math.inf

    def check(self, held: int, size: int) -> None:
        """Refuse so many bytes more, where so many are held.

        Raises:
            ProblemError: 507 all that may be held of imports is held.
        """
        if held + size > self._in_all:
            most = f"{self._in_all // GIB} GiB: imports.gib sets this."
            detail = f"All that may be held of imports is held, {most}"
            raise ProblemError(507, "imports_quota", detail, headers={"Retry-After": "600"})
