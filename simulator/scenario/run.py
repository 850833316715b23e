"""Runs a scenario from beginning to end: fleet, cameras, steps, then a look at everything that was recorded.

Rules:

* Whatever happens in a step, what was recorded is looked at and reported; a step that did not come about is a
  check that did not hold.
* Nothing that was started outlives the run.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from device.config import check_config
from simulator.cameras.group import CameraGroup
from simulator.cameras.loop import loop_of
from simulator.cameras.spec import plan_cameras
from simulator.cameras.usage import processor_s
from simulator.errors import SimulatorError
from simulator.fleet.site import open_site
from simulator.scenario.checks import check_run
from simulator.scenario.collect import collect
from simulator.scenario.result import Check, RunResult
from simulator.scenario.stage import Stage
from simulator.scenario.steps import IN_WORDS, perform
from simulator.scenario.watch import Watch
from simulator.sources.choose import choose_scene

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping
    from pathlib import Path

    from simulator.fleet.site import OtherFleet, Site
    from simulator.scenario.model import Scenario
    from simulator.scenario.result import RecordingResult


class Progress(Protocol):
    """Is told how far a run is."""

    def doing(self, words: str, *, of: int = 0) -> None:
        """Say what begins now, and of how many parts it has, if that is known."""
        ...

    def done(self) -> None:
        """Say that one part of it is done."""
        ...


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
        progress: Is told how far the run is.
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
        wanted = self.scenario.cameras
        scene = choose_scene(
            wanted.source, self.environment, width=wanted.width, height=wanted.height, fps=wanted.fps
        )
        specs = plan_cameras(
            wanted.names, self.keep / "cameras", scene, window_s=wanted.window_s, seed=self.seed
        )
        with ExitStack() as stack:
            # One processor encodes while the other starts the fleet.
            aside = stack.enter_context(ThreadPoolExecutor(1, "encode"))
            settings = check_config(specs[0].config()).capture("")
            loop = aside.submit(loop_of, scene.open(), settings) if wanted.prefill else None
            self.progress.doing("Starting the fleet")
            site = open_site(
                stack, self.fleet, self.keep, cameras=wanted.count, cancelled=self.stopping.is_set
            )
            group = stack.enter_context(CameraGroup(specs, site.api, site.addresses, self.stopping))
            self.progress.doing("Enrolling the cameras", of=wanted.count)
            group.enrol(lambda _: self.progress.done())
            self.progress.doing("Encoding footage ahead")
            ahead = None if loop is None else loop.result()
            self.progress.doing("Switching the cameras on", of=wanted.count)
            group.power_on(ahead, lambda _: self.progress.done())
            watch = stack.enter_context(Watch(site.api))
            stage = Stage(group, site.service, watch, wanted.window_s, self.stopping)
            on = time.monotonic()
            used_s = processor_s(group.pids)
            failed = self._steps(stage)
            cores = (processor_s(group.pids) - used_s) / (time.monotonic() - on)
            recordings = self._collect(group, watch, site)
        ids = {camera.name: camera.place.camera for camera in group}
        checks = check_run(self.scenario.promises, ids, recordings, window_s=wanted.window_s)
        return RunResult(
            scenario=self.scenario.name,
            title=self.scenario.title,
            seed=self.seed,
            recordings=recordings,
            checks=(*failed, *checks),
            faults=tuple(dict.fromkeys(stage.faults)),
            started_utc=started.isoformat(timespec="seconds"),
            took_s=time.monotonic() - begun,
            camera_cores=cores,
        )

    def _steps(self, stage: Stage) -> tuple[Check, ...]:
        """Carry the steps out until one does not come about; return that as a check."""
        for number, step in enumerate(self.scenario.steps, 1):
            if self.stopping.is_set():
                return (Check("steps", False, f"the run was stopped before step {number} ({step.do})"),)
            self.progress.doing(f"{number}/{len(self.scenario.steps)} {IN_WORDS[step.do]}")
            try:
                perform(step, stage)
            except SimulatorError as error:
                sentence = str(error).rstrip(".")
                return (Check("steps", False, f"step {number} ({step.do}) did not come about: {sentence}"),)
        return (Check("steps", True, f"all {len(self.scenario.steps)} steps came about"),)

    def _collect(self, group: CameraGroup, watch: Watch, site: Site) -> tuple[RecordingResult, ...]:
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
