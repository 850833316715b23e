"""Runs a scenario from beginning to end: fleet, cameras, steps, then a look at everything that was recorded.

Rules:

* Whatever happens in a step, what was recorded is looked at and reported; a step that did not come about is a
  check that did not hold.
* Nothing that was started outlives the run.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.bringup import StackSpec, bring_up
from simulator.cameras.usage import processor_s
from simulator.errors import SimulatorError
from simulator.fleet.service import ANY_PORTS
from simulator.scenario.checks import check_run
from simulator.scenario.collect import collect
from simulator.scenario.context import ScenarioContext
from simulator.scenario.result import Check, RunResult
from simulator.scenario.steps import IN_WORDS, perform
from simulator.scenario.watch import RecordingWatch
from simulator.sources.choose import choose_scene

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.site import OtherFleet, Site
    from simulator.scenario.model import Scenario
    from simulator.scenario.result import RecordingResult


@dataclass(frozen=True, slots=True)
class Run:
    """What to run, and where.

    Attributes:
        scenario: What to run.
        seed: Decides where in the scene each camera begins.
        keep: An empty folder for everything that the run leaves behind.
        fleet: A fleet that is there already; None to start one.
        environment: The process's environment, for ``LAPEL_MEDIA``.
        stopping: Set to end every wait at once.
        progress: Shows how far the run is.
    """

    scenario: Scenario
    seed: int
    keep: Path
    fleet: OtherFleet | None
    environment: Mapping[str, str]
    stopping: threading.Event
    progress: Progress

    def perform(self) -> RunResult:
        """Run it.

        Raises:
            SimulatorError: The fleet or the cameras did not start, so that there is nothing to report.
        """
        started, begun = datetime.now(UTC), time.monotonic()
        with ExitStack() as stack:
            site, group = bring_up(stack, self._stack_spec(), self.progress, self.stopping)
            watch = stack.enter_context(RecordingWatch(site.api))
            context = ScenarioContext(
                group, site.service, watch, self.scenario.cameras.window_s, self.stopping
            )
            came_about, cores = self._steps(context)
            recordings = self._collect(group, watch, site)
        ids = {camera.name: camera.place.camera for camera in group}
        checks = check_run(self.scenario.promises, ids, recordings, window_s=self.scenario.cameras.window_s)
        return RunResult(
            scenario=self.scenario.name,
            title=self.scenario.title,
            seed=self.seed,
            recordings=recordings,
            checks=(came_about, *checks),
            faults=tuple(dict.fromkeys(context.faults)),
            started_utc=started.isoformat(timespec="seconds"),
            took_s=time.monotonic() - begun,
            camera_cores=cores,
        )

    def _stack_spec(self) -> StackSpec:
        wanted = self.scenario.cameras
        scene = choose_scene(
            wanted.source, self.environment, width=wanted.width, height=wanted.height, fps=wanted.fps
        )
        return StackSpec(
            wanted.names,
            self.keep,
            scene,
            wanted.window_s,
            self.seed,
            wanted.prefill,
            self.fleet,
            ports=ANY_PORTS,
        )

    def _steps(self, context: ScenarioContext) -> tuple[Check, float | None]:
        """Carry the steps out; say whether all came about, and how many cores the cameras used."""
        begun, before = time.monotonic(), context.group.pids
        used_s = processor_s(before)
        came_about = self._step_by_step(context)
        if context.group.pids != before:
            # A camera that lost its power took its account along.
            return came_about, None
        return came_about, (processor_s(before) - used_s) / (time.monotonic() - begun)

    def _step_by_step(self, context: ScenarioContext) -> Check:
        """Carry the steps out until one does not come about."""
        for number, step in enumerate(self.scenario.steps, 1):
            if self.stopping.is_set():
                return Check("steps", False, f"the run was stopped before step {number} ({step.do})")
            self.progress.doing(f"{number}/{len(self.scenario.steps)} {IN_WORDS[step.do]}")
            try:
                perform(step, context)
            except SimulatorError as error:
                sentence = str(error).rstrip(".")
                return Check("steps", False, f"step {number} ({step.do}) did not come about: {sentence}")
        return Check("steps", True, f"all {len(self.scenario.steps)} steps came about")

    def _collect(self, group: CameraGroup, watch: RecordingWatch, site: Site) -> tuple[RecordingResult, ...]:
        if site.service is not None and not site.service.running:
            site.service.start(cancelled=self.stopping.is_set)
        exports = self.keep / "exports"
        exports.mkdir(parents=True, exist_ok=True)
        self.progress.doing("Verifying and exporting", of=self.scenario.cameras.count)
        recordings: list[RecordingResult] = []
        for camera in group:
            recordings += collect(camera, watch.made, site.api, site.api.authority, exports)
            self.progress.done()
        return tuple(recordings)
