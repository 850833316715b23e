"""Everything that a step may act on, and what the steps did with it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from simulator.errors import ScenarioError
from simulator.network.conditions import LineConditions, LineState
from simulator.network.line import Traffic, Way

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protocol.footage.consent import ConsentSaid
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.guest import FleetGuest
    from simulator.fleet.service import FleetService
    from simulator.oracle.check import Check
    from simulator.scenario.recorder import HistoryRecorder
    from simulator.scenario.steps.lines import ChangeNetwork
    from simulator.scenario.watch import RecordingWatch

LOOK_S = 0.2
BOTH = "both"


@dataclass(frozen=True, slots=True)
class ScenarioContext:
    """A running fleet with running cameras, in real time.

    What a step is does not depend on the clock: how cameras act together, how a line is changed and how time
    passes does. ``virtual_time`` has the same on a driven clock.

    Attributes:
        group: The cameras.
        service: The fleet, when the simulator started it.
        watch: What looks out for recordings.
        stopping: Set to end every wait at once.
        recorder: Writes the history.
        failed: Set once one of several things that go on side by side did not come about.
        guest: Takes away at the end what is done at a fleet that is somebody else's; None where it may stay.
    """

    group: CameraGroup
    service: FleetService | None
    watch: RecordingWatch
    recorder: HistoryRecorder
    stopping: threading.Event = field(default_factory=threading.Event)
    failed: threading.Event = field(default_factory=threading.Event)
    guest: FleetGuest | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to begin."""
        return self.stopping.is_set() or self.failed.is_set()

    def meant_by(self, names: Sequence[str]) -> tuple[VirtualCamera, ...]:
        """Return the cameras that a step names; all that were not destroyed where it names none."""
        if names:
            return tuple(camera for camera in self.group if camera.name in names)
        return tuple(camera for camera in self.group if not camera.destroyed)

    def with_each(self, cameras: Sequence[VirtualCamera], act: Callable[[VirtualCamera], None]) -> None:
        """Do something with several cameras at once; return when it is done with all.

        Raises:
            SimulatorError: It did not come about with one of them; the first in their order.
        """
        if cameras:
            with ThreadPoolExecutor(len(cameras), "step") as pool:
                list(pool.map(act, cameras))

    def change_line(self, camera: VirtualCamera, step: ChangeNetwork) -> None:
        """Have a camera's network be as a step says."""
        names = step.state is not LineState.NO_DNS
        if names is not camera.spoilt.names:
            camera.resolve_names(on=names)
        traffic = tuple(Traffic) if step.line == BOTH else (Traffic(step.line),)
        ways = tuple(Way) if step.way == BOTH else (Way(step.way),)
        if step.line == step.way == BOTH or not names:
            # What was done to one kind of connection or one way is over with it.
            traffic, ways = tuple(Traffic), tuple(Way)
        camera.line.change(step.conditions if names else LineConditions(), traffic, ways)

    def after_step(self) -> None:
        """Look whether all is well after a step; in real time the next step would be late by it."""

    @property
    def looks(self) -> tuple[Check, ...]:
        """What looking after each step came to."""
        return ()

    def utc(self) -> datetime:
        """Return the true wall time."""
        return datetime.now(UTC)

    def placing(self, recording: str, owner: str, reason: str) -> None:
        """Note that a hold is about to be placed, so that it does not outlast the run at somebody's fleet."""
        if self.guest is not None:
            self.guest.held.append((recording, owner, reason))

    def hand_out(self, camera: str) -> str | None:
        """Hand a camera to an officer, who is nobody that was at somebody else's fleet before.

        Returns:
            The assignment that this made; None where the camera is worn.
        """
        api = self.watch.api
        if self.guest is None:
            return api.hand_out(camera, (f"{self._officer} {number}" for number in count(1)))
        return None if camera in api.assignments().values() else self.guest.hand_out(api, camera)

    @property
    def _officer(self) -> str:
        # In a fleet that is somebody else's an "Officer 1" may be a person.
        return "Officer" if self.service is not None else "Simulator officer"

    def pause(self, seconds: float) -> None:
        """Let time pass, unless everything is over before."""
        self.pause_until(self.watch.now() + seconds)

    def pause_until(self, when: float) -> None:
        """Let time pass until an instant of the watch's clock, unless everything is over before."""
        while not self.is_over and (left_s := when - self.watch.now()) > 0:
            self.stopping.wait(min(left_s, LOOK_S))

    def say_on_phone(self, camera: VirtualCamera, said: ConsentSaid) -> Mapping[str, Any]:
        """Have the officer of a camera say something at a door on their phone; return what was answered.

        Raises:
            ScenarioError: This is real time, where nobody signs in as an officer.
        """
        raise ScenarioError(f"nobody signs in as the officer of {camera.name} here to say {said.kind}")

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

    def until(self, holds: Callable[[], bool], timeout_s: float, *, every_s: float = LOOK_S) -> bool:
        """Wait until something holds; return whether it does."""
        end = self.watch.now() + timeout_s
        while not holds():
            if self.watch.now() >= end or self.failed.is_set() or self.stopping.wait(every_s):
                return False
        return True
