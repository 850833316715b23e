"""Which cameras say more than is read of them: for the log and for an alert (F9)."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fleet.cameras.rules import is_lately

log = logging.getLogger(__name__)

LASTS = timedelta(minutes=10)
"""For so long after the last message that was left out, a camera counts as flooding."""


@dataclass(frozen=True, slots=True)
class Flood:
    """What was left out of a camera's messages.

    Attributes:
        camera: whose.
        since: when the first of them came.
        last: when the last of them came.
        count: how many.
    """

    camera: str
    since: datetime
    last: datetime
    count: int


class FloodBook:
    """Counts what was left out, in this process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._floods: dict[str, Flood] = {}
        self._guard = threading.Lock()

    def note(self, camera: str, at: datetime) -> None:
        """Note that a message of a camera was left out; the first, second, fourth, eighth … are logged."""
        with self._guard:
            before = self._floods.get(camera)
            if before is None or not is_lately(before.last, now=at, within=LASTS):
                before = Flood(camera, at, at, 0)
            found = replace(before, last=at, count=before.count + 1)
            self._floods[camera] = found
        if found.count & (found.count - 1) == 0:
            log.warning("%s says more than is read: %d of its messages were left out.", camera, found.count)

    def now(self, at: datetime) -> tuple[Flood, ...]:
        """Return the cameras that flood, in the order of their names."""
        with self._guard:
            floods = sorted(self._floods.values(), key=lambda each: each.camera)
        return tuple(each for each in floods if is_lately(each.last, now=at, within=LASTS))
