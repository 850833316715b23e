"""How long it takes to have a recording opened by the vault's newest key: ``python -m benchmarks.rewrap``.

A fleet with recordings that an earlier key opens: each gets a key of its own once (its ledger is read, its
keys are opened, their table goes to the store and is read back), and after the next rotation has that wrapped
anew. Both write to the database and to the audit log, durably.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from benchmarks._support.figures import Figures
from benchmarks._support.machine import this_machine
from benchmarks._support.ratio import Ratio
from fleet.core.actor import OPERATOR
from fleet.footage.recordings.models import Recording
from fleet.rewrapping.rewrapping import Rewrapping
from fleet.vault.rotating import VaultRotation
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.fleet_footage import Link
from tests.support.media.recordings import record

RECORDINGS = 12
QUICK_RECORDINGS = 3
PRERECORD, LIVE = 180, 120


def run(folder: Path, *, quick: bool = False) -> Figures:
    """Measure.

    Args:
        folder: The fleet is made in it.
        quick: Use fewer recordings.
    """
    count = QUICK_RECORDINGS if quick else RECORDINGS
    with tempfile.TemporaryDirectory(dir=folder) as made:
        with deleting_fleet(Path(made)) as fleet:
            _fill(fleet, count)
            VaultRotation(fleet.services).rotate(None, OPERATOR)
            clock = fleet.clock
        took = {}
        for what in ("a key of its own", "that wrapped anew"):
            with deleting_fleet(Path(made), clock=clock) as fleet:
                took[what] = _rewrap(fleet)
                VaultRotation(fleet.services).rotate(None, OPERATOR)
    first, again = took.values()
    title = f"Rewrapping {count} recordings of {PRERECORD + LIVE} s"
    figures = Figures(title, this_machine(folder))
    for what, seconds in took.items():
        middle = statistics.median(seconds)
        figures.rows.append({"what": what, "median ms": middle * 1000, "an hour": round(3600 / middle)})
    figures.ratios.append(Ratio("own / anew", tuple(first), tuple(again)))
    return figures


def _fill(fleet: DeletingFleet, count: int) -> None:
    identity = fleet.fleet.identity("one")
    for number in range(1, count + 1):
        take = record(identity, seed=number, prerecord=PRERECORD, live=LIVE)
        link = Link(fleet.fleet, take, named=True)
        link.everything()
        link.complete()
        fleet.verify()


def _rewrap(fleet: DeletingFleet) -> list[float]:
    rewrapping = Rewrapping(fleet.services, fleet.services.footage, fleet.services.vault)
    with fleet.services.readers() as session:
        rows = session.scalars(select(Recording.id).order_by(Recording.id)).all()
    seconds = []
    for row in rows:
        began = time.perf_counter()
        rewrapping.rewrap(row)
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    run(Path(tempfile.gettempdir())).show()
