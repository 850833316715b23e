"""The admissions of the service's three listeners, and what is said of those whom they turned away."""

from __future__ import annotations

import asyncio
import collections
import logging
import resource
from dataclasses import dataclass

from fleet.connections.admission import Admission, Why
from fleet.connections.limits import connection_limits
from fleet.connections.streams import LiveStreams, stream_limits

log = logging.getLogger(__name__)

SAY_EVERY_S = 60.0
MOST_FILES = 65_536

_Ended = tuple[collections.Counter[tuple[str, Why]], int]


@dataclass(frozen=True, slots=True)
class Admissions:
    """One for each listener.

    Attributes:
        dashboard: of people and programs.
        cameras: of what cameras upload.
        broker: of what cameras say.
        streams: the live streams of open pages, over the dashboard's connections.
    """

    dashboard: Admission
    cameras: Admission
    broker: Admission
    streams: LiveStreams

    @classmethod
    def of(cls, files: int) -> Admissions:
        """Make them for a process that may have so many files open."""
        limits = connection_limits(files)
        return cls(
            Admission("dashboard", limits),
            Admission("cameras", limits),
            Admission("broker", limits),
            LiveStreams(stream_limits(limits.in_all)),
        )

    def ended(self) -> collections.Counter[tuple[str, Why]]:
        """Return how many connections were ended, by listener and why, since the process began."""
        return collections.Counter(
            {
                (admission.name, why): count
                for admission in (self.dashboard, self.cameras, self.broker)
                for why, count in admission.ended.items()
            }
        )

    async def keep_saying(self, *, every_s: float = SAY_EVERY_S) -> None:
        """Log once a minute, and at the end, how many were ended meanwhile; nothing where none were."""
        before, streams = self.ended(), self.streams.ended
        try:
            while True:
                await asyncio.sleep(every_s)
                before, streams = self._say(before, streams)
        finally:
            self._say(before, streams)

    def _say(self, before: collections.Counter[tuple[str, Why]], streams: int) -> _Ended:
        now = self.ended()
        for (name, why), count in sorted((now - before).items()):
            log.warning("Connections to the %s listener that %s: %d.", name, why, count)
        if self.streams.ended > streams:
            log.warning("Live pages that were ended for others: %d.", self.streams.ended - streams)
        return now, self.streams.ended


def open_files() -> int:
    """Return how many files this process may have open."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def raise_open_files() -> None:
    """Let this process, and the broker after it, open as many files as it may, up to ``MOST_FILES``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
