"""Announcements from the broker to the database: how many a second, and whether one is lost.

Cameras of a fleet in a process of its own each announce recordings, all at once, as after a time without a
network. Counted is from the first word until the last row is in the database; what the broker acknowledged
and is no row is lost. Each camera says no more than is read of one at once (``fleet.cameras.hearing``).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks._support.bearing.speaking import Speaker, say_all
from benchmarks._support.processor import used_s
from fleet.core.database import SQLITE_NAME
from tests.support.fleet.fleet import running_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.fleet.fleet import RunningFleet

EACH = 190
"""Announcements of a camera: 200 are read of one at once."""
_PATIENCE_S = 120.0
_LOOK_S = 0.01


@dataclass(frozen=True, slots=True)
class Told:
    """One time that all cameras spoke.

    Attributes:
        acknowledged: What the broker acknowledged.
        kept: What of it is in the database.
        broker_s: Seconds until the broker had acknowledged all of it: the limit.
        took_s: Seconds until all of it was in the database.
        cpu_s: Of them, processor time of the fleet.
    """

    acknowledged: int
    kept: int
    broker_s: float
    took_s: float
    cpu_s: float

    @property
    def lost(self) -> int:
        """Messages that the broker acknowledged and the database does not have."""
        return self.acknowledged - self.kept


def measure(root: Path, cameras: int, rounds: int) -> Iterator[Told]:
    """Have so many cameras speak in each round, others than before.

    Args:
        root: The fleet keeps its state in a folder of its own below it.
        cameras: In each round.
        rounds: How many.
    """
    (root / "camera").mkdir(parents=True)
    limit = f"[cameras]\nlimit = {cameras * rounds}\n"
    with running_fleet(root, config=limit) as fleet:
        enrolled = [fleet.enrol(root / "camera") for _ in range(cameras * rounds)]
        for number in range(rounds):
            some = enrolled[number * cameras : (number + 1) * cameras]
            with contextlib.ExitStack() as stack:
                speakers = [Speaker(each.id, fleet.mqtt_port, fleet.context(each)) for each in some]
                for speaker in speakers:
                    stack.callback(speaker.close)
                yield _told(fleet, speakers)


def _told(fleet: RunningFleet, speakers: list[Speaker]) -> Told:
    wanted, before = EACH * len(speakers), _rows(fleet)
    cpu = used_s(fleet.process.pid)
    began = time.perf_counter()
    broker_s = say_all(speakers, EACH)
    kept, last, still = 0, 0, time.perf_counter()
    while kept < wanted and time.perf_counter() - still < _PATIENCE_S:
        time.sleep(_LOOK_S)
        kept = _rows(fleet) - before
        if kept != last:
            last, still = kept, time.perf_counter()
    took = time.perf_counter() - began
    said = sum(each.acknowledged for each in speakers)
    return Told(said, kept, broker_s, took, used_s(fleet.process.pid) - cpu)


def _rows(fleet: RunningFleet) -> int:
    address = f"file:{fleet.state / SQLITE_NAME}?mode=ro"
    with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM recordings").fetchone()[0])
