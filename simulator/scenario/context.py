"""Everything that a step may act on, and what the steps did with it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.cameras.group import CameraGroup
    from simulator.fleet.service import FleetService
    from simulator.scenario.recorder import HistoryRecorder
    from simulator.scenario.watch import RecordingWatch


@dataclass(frozen=True, slots=True)
class ScenarioContext:
    """A running fleet with running cameras.

    Attributes:
        group: The cameras.
        service: The fleet, when the simulator started it.
        watch: What looks out for recordings.
        window_s: How much pre-record the cameras keep, in seconds.
        stopping: Set to end every wait at once.
        recorder: Writes the history.
    """

    group: CameraGroup
    service: FleetService | None
    watch: RecordingWatch
    window_s: int
    recorder: HistoryRecorder
    stopping: threading.Event = field(default_factory=threading.Event)

    def own_fleet(self) -> FleetService:
        """Return the fleet that the simulator started.

        Raises:
            ScenarioError: It started none.
        """
        if self.service is None:
            raise ScenarioError(
                "This scenario stops the fleet, which needs one that the simulator starts itself; "
                "run it without --fleet."
            )
        return self.service

    def until(self, holds: Callable[[], bool], timeout_s: float, *, every_s: float = 0.2) -> bool:
        """Wait until something holds; return whether it does."""
        end = self.watch.now() + timeout_s
        while not holds():
            if self.watch.now() >= end or self.stopping.wait(every_s):
                return False
        return True
