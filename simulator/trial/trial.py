"""Films one input with the real camera, from the opening of its sensors to the export.

Rules:

* The camera is the device's own, with the device's own sources, in a process of its own, enrolled with a
  fleet that is started for it. Only buttons are pressed for it.
* It is pressed once it films, and the pre-record reaches back to its first picture.
* Whatever happens, what is known is in the result: a trial that did not come to its end says why.
* Who stops it before its end gets the recording closed and verified, and nothing uploaded is waited for.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import read_ledger
from protocol.units import NS_PER_S
from simulator.bringup import StackSpec, bring_up
from simulator.errors import FleetServiceError, SimulatorError
from simulator.fleet.service import ANY_PORTS
from simulator.oracle.history import History
from simulator.oracle.places import places
from simulator.oracle.world import World
from simulator.report.draft import recording_records
from simulator.scenario.camera_copies import camera_copy
from simulator.scenario.collect import Kept, collect
from simulator.scenario.watch import MadeRecording, RecordingWatch, timings_of
from simulator.trial.faults import FaultLog
from simulator.trial.plan import NAME
from simulator.trial.result import SignedEvent, TrialRecording, TrialResult

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from simulator.bringup import Progress
    from simulator.cameras.camera import VirtualCamera
    from simulator.fleet.site import Site
    from simulator.report.report import RecordingRecord
    from simulator.trial.plan import TrialPlan

STOPPED: Final = "It was stopped before its end."
LOOK_S: Final = 0.25
FOOTAGE_WITHIN_S: Final = 30.0
HELD_WITHIN_S: Final = 120.0
LEDGER: Final = "ledger.cbor"


@dataclass(slots=True)
class Trial:
    """One input on its way.

    Attributes:
        plan: What to film.
        keep: A folder for everything that it leaves behind.
        stopping: Set to end it early.
        progress: Shows how far it is.
        recordings: What is known of the recording so far.
    """

    plan: TrialPlan
    keep: Path
    stopping: threading.Event
    progress: Progress
    recordings: tuple[TrialRecording, ...] = ()
    _faults: FaultLog = field(default_factory=FaultLog)
    _begun: float = field(default_factory=time.monotonic)
    _started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    _up: float = 0.0

    def perform(self) -> TrialResult:
        """Do it; what goes wrong is in the result."""
        trouble = None
        try:
            with ExitStack() as stack:
                site, group = bring_up(stack, self._stack_spec(), self.progress, self.stopping)
                self._up = time.monotonic()
                [camera] = group
                watch = stack.enter_context(RecordingWatch(site.api))
                self._record(camera, watch)
                self._finish(camera, watch, site)
        except SimulatorError as error:
            trouble = str(error)
        if self.stopping.is_set():
            trouble = STOPPED
        return self.result(trouble)

    def result(self, trouble: str | None) -> TrialResult:
        """What is known by now.

        Args:
            trouble: Why it did not come to its end; None where it did.
        """
        plan = self.plan
        return TrialResult(
            source=plan.shown,
            seconds=plan.seconds,
            width=plan.width,
            height=plan.height,
            fps=plan.fps,
            faults=self._faults.faults,
            recordings=self.recordings,
            trouble=trouble,
            started_utc=self._started,
            took_s=time.monotonic() - self._begun,
        )

    def _stack_spec(self) -> StackSpec:
        plan = self.plan
        return StackSpec(
            names=(NAME,),
            folder=self.keep,
            scene=plan.scene,
            window_s=plan.window_s,
            seed=0,
            prefill=False,
            fleet=None,
            ports=ANY_PORTS,
            sources=plan.sources,
        )

    def _record(self, camera: VirtualCamera, watch: RecordingWatch) -> None:
        """Press once it films, and stop when it has filmed for as long as it should."""
        self.progress.doing("Waiting for the first footage")
        self._until(camera, lambda status: status["prerecord_s"] > 0, FOOTAGE_WITHIN_S)
        if self.stopping.is_set():
            return
        pressed = watch.now()
        answer = camera.ask("press")
        number, took_ms = int(answer["number"]), (watch.now() - pressed) * 1000
        made = MadeRecording(
            camera.place.camera,
            camera.name,
            number,
            camera.spec.recording(number),
            pressed,
            took_ms,
            str(answer.get("recording") or ""),
        )
        watch.add(made)
        before_s = float(answer.get("prerecord_s") or 0.0)
        self.progress.doing("Filming", of=self.plan.seconds)
        done = 0

        def filmed(status: dict[str, Any]) -> bool:
            nonlocal done
            filmed_s = before_s + float(status["recording_s"])
            for _ in range(done, min(int(filmed_s), self.plan.seconds)):
                self.progress.done()
                done += 1
            return filmed_s >= self.plan.seconds

        self._until(camera, filmed, self.plan.seconds + FOOTAGE_WITHIN_S)
        camera.ask("stop")
        made.stopped, made.ended = watch.now(), True

    def _finish(self, camera: VirtualCamera, watch: RecordingWatch, site: Site) -> None:
        """Wait for the fleet's receipt, verify and export."""
        authority, name = site.api.authority, camera.place.camera
        copies = tuple(camera_copy(name, folder, authority) for folder in camera.spec.recordings())
        self.recordings = _recorded_of(World(cameras=copies), watch)
        if self.stopping.is_set() or not watch.made:
            return
        self.progress.doing("Waiting for the fleet's receipt")
        self._until(camera, lambda _: watch.made[0].held is not None, HELD_WITHIN_S)
        if self.stopping.is_set():
            return
        self.progress.doing("Verifying and exporting")
        exports = self.keep / "exports"
        exports.mkdir(parents=True, exist_ok=True)
        world = collect([Kept(name, camera.spec.recordings())], site.api, exports)
        if world.fleet is None:
            raise FleetServiceError(f"{world.trouble}.")
        troubles = {copy.number: copy.trouble for copy in world.fleet}
        self.recordings = tuple(
            replace(each, trouble=troubles.get(each.made.number, "")) for each in _recorded_of(world, watch)
        )

    def _until(
        self, camera: VirtualCamera, holds: Callable[[dict[str, Any]], bool], timeout_s: float
    ) -> None:
        """Look at the camera until something holds, the time is over, or somebody asks to stop."""
        end = time.monotonic() + timeout_s
        while not holds(self._status(camera)):
            if time.monotonic() >= end or self.stopping.wait(LOOK_S):
                return

    def _status(self, camera: VirtualCamera) -> dict[str, Any]:
        status = camera.ask("status")
        self._faults.take(status["faults"], time.monotonic() - self._up)
        return status


def _recorded_of(world: World, watch: RecordingWatch) -> tuple[TrialRecording, ...]:
    """Each recording that is there, with what the camera signed."""
    return tuple(map(_recorded, recording_records(places(History(), world), timings_of(watch.made))))


def _recorded(made: RecordingRecord) -> TrialRecording:
    """Add what the camera signed; a ledger that cannot be read is in the verdict already."""
    try:
        ledger = read_ledger((Path(made.folder or "") / LEDGER).read_bytes())
    except (OSError, FormatError):
        return TrialRecording(made)
    press_ns = ledger.open.press_ns
    return TrialRecording(
        made,
        tuple(
            SignedEvent(
                str(event.kind), made.prerecord_s + (event.at_ns - press_ns) / NS_PER_S, dict(event.detail)
            )
            for event in ledger.events
        ),
    )
