"""How much one account may import, and all together, so that nobody fills the disk by it (F9).

What was sent is counted by this process since it began: a start forgets it, and of several processes each
counts its own. What is held is asked of the tables, once a minute.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import Allowance
from protocol.units import GIB

_DAY_S = 86_400.0
_LOOK_S = 60.0
_MOST_KNOWN = 10_000


class ImportAllowance:
    """What may be imported now. Safe to use from several threads."""

    def __init__(
        self, *, each_day: int, in_all: int, held: Callable[[], int], clock: Callable[[], float]
    ) -> None:
        """Begin with everybody's whole allowance.

        Args:
            each_day: bytes that one account may send in a day.
            in_all: bytes that are held at most.
            held: how many bytes are held now.
            clock: seconds that only go forward.
        """
        self._each_day, self._in_all, self._held, self._clock = each_day, in_all, held, clock
        self._lock = threading.Lock()
        self._left: dict[str, Allowance] = {}
        self._looked, self._known = -math.inf, 0

    def take(self, by: Actor, size: int) -> None:
        """Take so many bytes of an account's allowance.

        Raises:
            ProblemError: 429 it has sent what it may for now; 507 all that may be held of imports is held.
        """
        moment, each_s = self._clock(), self._each_day / _DAY_S
        with self._lock:
            if moment - self._looked >= _LOOK_S:
                self._looked, self._known = moment, self._held()
            if self._known + size > self._in_all:
                most = f"{self._in_all // GIB} GiB: imports.gib sets this."
                detail = f"All that may be held of imports is held, {most}"
                raise ProblemError(507, "imports_quota", detail, headers={"Retry-After": "600"})
            if len(self._left) > _MOST_KNOWN:
                self._left.clear()
            who = f"{by.kind} {by.id}"
            bucket = self._left.get(who, Allowance(self._each_day, moment))
            bucket = bucket.filled(moment, most=self._each_day, each_s=each_s)
            if bucket.left < size:
                wait = max(1, math.ceil((size - bucket.left) / each_s))
                detail = (
                    f"You have sent what one account may import in a day, {self._each_day // GIB} GiB: "
                    "imports.gib_per_day sets this."
                )
                raise ProblemError(429, "imports_rate", detail, headers={"Retry-After": str(wait)})
            self._left[who] = bucket.without(size)
            self._known += size
