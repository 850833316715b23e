"""The camera's side of its uploads, one step at a time: the real plan, backlog and steps, without threads.

``device.link.uploads.uploader`` adds threads to the same parts and nothing else, so whatever order its
threads could bring about is an order of these steps.
"""

from __future__ import annotations

from collections.abc import Callable

from device.link.circuit_breaker import CircuitBreaker
from device.link.uploads.backlog import Backlog, Job
from device.link.uploads.contents import Contents
from device.link.uploads.steps import Steps
from device.shelf import Shelf
from device.storage.filesystem import Filesystem
from tests.support.camera.memory_fleet import Fault, MemoryFleet, Network, connect
from tests.support.media.recordings import TestIdentity

LONGEST_PAUSE_S = 60.0
AT_ONCE = 3


class Far:
    """The fleet and the network: they outlive the camera's restarts."""

    def __init__(self, identity: TestIdentity) -> None:
        self.fleet = MemoryFleet(identity)
        self.network = Network(self.fleet)
        self.client = connect(self.network)


class Uploads:
    """What one run of the camera knows of its uploads."""

    def __init__(self, far: Far, shelf: Shelf, disk: Filesystem, seconds: Callable[[], float]) -> None:
        contents = Contents(disk)
        self.backlog = Backlog(contents, CircuitBreaker(LONGEST_PAUSE_S, lambda: 0.5), AT_ONCE)
        self._steps = Steps(far.client, shelf, contents, lambda _: None, lambda _: None)
        self._far = far
        self._shelf = shelf
        self._seconds = seconds
        self._waited = 0.0
        self._under_way: list[Job] = []

    def step(self, pick: int = 0, fault: Fault | None = None) -> bool:
        """Plan, then carry out one of the steps that are under way, or wait; False when nothing is left."""
        jobs, wait = self.backlog.next_jobs(self._shelf.recordings(), self._now)
        self._under_way += jobs
        if self._under_way:
            self._carry_out(self._under_way.pop(pick % len(self._under_way)), fault or Fault())
            return True
        self._waited += wait or 0.0
        return wait is not None

    @property
    def _now(self) -> float:
        return self._seconds() + self._waited

    def _carry_out(self, job: Job, fault: Fault) -> None:
        step, recording = job
        self._far.network.next = fault
        try:
            lesson = self._steps.carry_out(step, recording)
        except Exception as error:  # noqa: BLE001 - as the uploader's threads: the backlog judges every error
            self.backlog.failed(step, error, self._now)
        else:
            self.backlog.succeeded(step, lesson, self._now)
        self._far.network.next = Fault()
