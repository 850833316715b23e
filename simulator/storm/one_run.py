"""Runs one shift, in this process and in virtual time, and leaves nothing behind."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protocol.units import MIB
from simulator.room import FLEET_MIB
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Run
from simulator.storm.judge import SeedVerdict, verdict_of
from simulator.storm.shift import as_scenario

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from simulator.storm.shift import DrawnShift

IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of a random name is made in it
ROOM: Final = (FLEET_MIB + 512) * MIB
"""So much has to be free in memory: a fleet takes nothing below its part; a shift leaves some ten MiB."""


def run_shift(shift: DrawnShift, stopping: threading.Event) -> SeedVerdict:
    """Run a shift and say what it came to.

    Args:
        shift: The shift.
        stopping: Set to end it.

    Raises:
        ScenarioError: It is no scenario, which would be an error of the storm's own.
    """
    text = as_scenario(shift)
    loaded = LoadedScenario(parse_scenario(text, origin=f"of seed {shift.seed}"), text)
    draft = draft_of(loaded, shift.seed, None, kept=False)
    with _quiet(), tempfile.TemporaryDirectory(prefix="lapel-storm-", dir=_where()) as folder:
        keep = Path(folder) / "keep"
        keep.mkdir()
        Run(loaded, shift.seed, keep, None, {}, stopping, _Silent(), draft).perform()
    return verdict_of(draft.report())


def _where() -> Path | None:
    """A folder in memory, where there is room in one: no disk is worn out, and none is waited for."""
    try:
        free = shutil.disk_usage(IN_MEMORY).free
    except OSError:
        return None
    return IN_MEMORY if free >= ROOM else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself what cameras and fleet log: a storm is full of faults, and of what they say of them."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


class _Silent:
    """Shows nothing of a run's own progress."""

    def doing(self, words: str, *, of: int = 0) -> None:
        """A part begins."""

    def done(self) -> None:
        """One of its parts is done."""

    def failed(self) -> None:
        """It failed."""
