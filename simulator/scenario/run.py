"""Runs a scenario from beginning to end: fleet, cameras, steps, then a look at everything that was recorded.

Rules:

* Whatever happens, there is a report, and it says how far the run came.
* A step that did not come about ends the steps, and what was recorded is judged all the same.
* A run that was interrupted, at whatever moment, has not passed.
* Nothing that was started outlives the run.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.bringup import StackSpec, bring_up
from simulator.cameras.real.joining import join_real
from simulator.errors import CancelledError, ScenarioError, SimulatorError
from simulator.fleet.guest import guest_at
from simulator.fleet.service import ANY_PORTS
from simulator.fleet.site import Site
from simulator.oracle.check import Check, Result
from simulator.oracle.judge import Case, judge
from simulator.oracle.places import places
from simulator.oracle.retention.last_day import RunTimes
from simulator.report.draft import recording_records
from simulator.report.outcome import RunOutcome
from simulator.report.words import left_behind
from simulator.room import room_of
from simulator.scenario.axis import events_of, faults_of
from simulator.scenario.collect import collect, kept_by
from simulator.scenario.context import ScenarioContext
from simulator.scenario.language.unfold import unfold
from simulator.scenario.one_by_one import carry_out
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.usage import measure, used_between
from simulator.scenario.watch import RecordingWatch, timings_of
from simulator.sources.choose import choose_scene

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from simulator.bringup import Progress
    from simulator.fleet.guest import FleetGuest
    from simulator.fleet.site import OtherFleet
    from simulator.oracle.world import World
    from simulator.report.draft import Draft
    from simulator.scenario.load import LoadedScenario
    from simulator.scenario.model import Scenario

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Left:
    """What the steps left, between the last of them and the judging.

    Attributes:
        context: The cameras, the fleet, the history.
        site: The fleet.
        exports: Where exported recordings go.
        before: The last number that each camera had used before the run; it counts nothing up to there.
    """

    context: ScenarioContext
    site: Site
    exports: Path
    before: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """What to run, and where.

    Attributes:
        loaded: What to run.
        seed: Decides where in the scene each camera begins.
        keep: An empty folder for everything that the run leaves behind.
        fleet: A fleet that is there already; None to start one.
        environment: The process's environment, for ``LAPEL_MEDIA``.
        stopping: Set to end every wait at once.
        progress: Shows how far the run is.
        draft: What is known of the run so far.
        ssh_config: A configuration of ssh for real cameras; None for the person's own.
        between: Called between the last step and the judging; for the simulator's own tests.
    """

    loaded: LoadedScenario
    seed: int
    keep: Path
    fleet: OtherFleet | None
    environment: Mapping[str, str]
    stopping: threading.Event
    progress: Progress
    draft: Draft
    between: Callable[[Left], None] = lambda _: None
    ssh_config: Path | None = None

    def perform(self) -> None:
        """Run it; what came of it is in the draft. Raises nothing but what ends the program."""
        draft, guest = self.draft, guest_at(self.fleet)
        room = room_of(self.keep, self.loaded.scenario.fleet_settings, self.fleet)
        try:
            room.check()
            with ExitStack() as stack, room.watched():
                self._run(stack, guest)
        except (CancelledError, KeyboardInterrupt) as error:
            draft.end(RunOutcome.INTERRUPTED, str(error) or "Stopped at once.")
        except ScenarioError as error:
            draft.end(RunOutcome.UNUSABLE, str(error))
        except SimulatorError as error:
            draft.end(RunOutcome.ERROR, str(error))
        except Exception as error:
            log.exception("The run ended in an error of the simulator's own.")
            draft.end(RunOutcome.ERROR, f"internal error: {type(error).__name__}: {error}")
        room.take_back(draft)
        if guest is not None and guest.left:
            draft.end(RunOutcome.ERROR, left_behind(guest.left))
            draft.left = guest.left
        if self.stopping.is_set():
            draft.end(RunOutcome.INTERRUPTED, "Stopped before everything was judged.")

    def _run(self, stack: ExitStack, guest: FleetGuest | None) -> None:
        draft, virtual = self.draft, self.loaded.scenario.run.time == "virtual"
        spec = self._stack_spec(guest)
        site, context = self._in_virtual_time(stack, spec) if virtual else self._in_real_time(stack, spec)
        group, recorder, watch = context.group, context.recorder, context.watch
        draft.cameras = {camera.name: camera.place.camera for camera in group}
        if self.loaded.scenario.pilot is not None:
            self._play(Left(context, site, self.keep / "exports"))
            return
        made = {camera.place.camera: int(camera.ask("status")["made"]) for camera in group}
        before = measure(group, site.service)
        try:
            scenario = self.loaded.scenario
            steps = unfold(scenario.steps, scenario.cameras.names, self.seed)
            came_about = carry_out(steps, context, self.progress, draft.steps)
        finally:
            if not virtual:  # where cameras and fleet are in one process, nobody knows which used what
                draft.use, draft.camera_cores = used_between(before, measure(group, site.service))
            draft.events, draft.faults = events_of(recorder, watch), faults_of(recorder)
        left = Left(context, site, self.keep / "exports", made)
        self.between(left)
        draft.checks = came_about, *context.looks
        self._judge(left)

    def _in_real_time(self, stack: ExitStack, spec: StackSpec) -> tuple[Site, ScenarioContext]:
        recorder = HistoryRecorder()
        site, group = bring_up(stack, spec, self.progress, self.stopping)
        recorder.handed_over(group.hand_overs)
        wants_alerts = self.loaded.scenario.promises.asks_for_alerts
        drivers = self.loaded.scenario.cameras.addresses(self.ssh_config)
        far = join_real(
            group, drivers, self.keep / "cameras", spec.scene, site.api.cameras() if drivers else {}
        )
        watch = stack.enter_context(RecordingWatch(site.api, far=far, raised=wants_alerts))
        return site, ScenarioContext(group, site.service, watch, recorder, self.stopping, guest=spec.guest)

    def _in_virtual_time(self, stack: ExitStack, spec: StackSpec) -> tuple[Site, ScenarioContext]:
        try:
            from simulator.scenario import virtual_time  # noqa: PLC0415 - it loads the whole fleet
        except ModuleNotFoundError as error:
            raise ScenarioError(
                f"Virtual time runs the fleet's own code, and {error.name} is missing: "
                "install lapel[simulator,fleet]."
            ) from error

        begins = self.loaded.scenario.run.begins
        api, context = virtual_time.open_context(stack, spec, self.progress, self.stopping, begins)
        context.watch.raised = self.loaded.scenario.promises.asks_for_alerts
        return Site(api, None), context

    def _play(self, left: Left) -> None:
        """Play a pilot in place of steps; it has a judge of its own."""
        from simulator.scenario.virtual_time import play_pilot  # noqa: PLC0415 - as in _in_virtual_time

        play_pilot(left.context, self.loaded.scenario, self.draft, self.progress, lambda: self.between(left))

    def _judge(self, left: Left) -> None:
        draft = self.draft
        so_far = draft.checks
        try:
            self._have_the_fleet_up(left.site)
        except CancelledError:
            raise
        except SimulatorError as error:
            said = f"the fleet that was stopped does not start again: {str(error).rstrip('.')}"
            draft.checks = *so_far, Check("fleet", Result.BROKEN, said, promise="the fleet answers")
            raise
        receipts = receipts_of(left)
        case = case_of(self.loaded.scenario, left, self._world(left), receipts)
        found = places(case.history, case.world)
        draft.recordings = recording_records(found, case.timings)
        draft.events = events_of(left.context.recorder, left.context.watch)
        draft.checks = *so_far, *judge(case)
        if case.world.fleet is None:
            draft.end(RunOutcome.ERROR, f"{case.world.trouble}.")

    def _world(self, left: Left) -> World:
        left.exports.mkdir(parents=True, exist_ok=True)
        history = left.context.recorder.history
        self.progress.doing("Verifying and exporting", of=self.loaded.scenario.cameras.count)
        with ExitStack() as desks:
            world = collect(
                [kept_by(camera, desks, left.before, history.held_once) for camera in left.context.group],
                left.site.api,
                left.exports,
                cancelled=self.stopping.is_set,
                done=self.progress.done,
                said=history.said_at_door,
                visits=history.visits,
            )
        return replace(
            world,
            deleting=frozenset(each.place.camera for each in left.context.group if not each.spec.keeps),
            destroyed=frozenset(each.place.camera for each in left.context.group if each.destroyed),
            damaged=frozenset(each.recording for each in left.context.watch.made if each.damaged),
        )

    def _have_the_fleet_up(self, site: Site) -> None:
        """Start the fleet for the judging, where the steps left it stopped."""
        if site.service is not None and not site.service.running:
            site.service.start(cancelled=self.stopping.is_set)

    def _stack_spec(self, guest: FleetGuest | None) -> StackSpec:
        wanted = self.loaded.scenario.cameras
        scene = choose_scene(
            wanted.source, self.environment, width=wanted.width, height=wanted.height, fps=wanted.fps
        )
        return StackSpec(
            wanted.virtual_names,
            self.keep,
            scene,
            wanted.window_s,
            self.seed,
            wanted.prefill,
            self.fleet,
            ports=ANY_PORTS,
            later=wanted.later_names,
            settings=wanted.settings_of,
            fleet_settings=self.loaded.scenario.fleet_settings,
            deletes=self.loaded.scenario.fleet.deletes,
            guest=guest,
            cameras=None if self.fleet is None else self.fleet.reuse,
        )


def receipts_of(left: Left) -> frozenset[str]:
    """Return the recordings of which a camera was seen to have a receipt by now.

    It is asked for before anybody looks at what is there: cameras of a run that ended early go on, and a
    receipt that comes while it is looked is missing from what was seen, and from nowhere else.
    """
    watch = left.context.watch
    return frozenset(
        each.recording
        for each in watch.made
        if each.held is not None and each.recording and each.name not in watch.far
    )


def case_of(scenario: Scenario, left: Left, world: World, receipts: frozenset[str] | None = None) -> Case:
    """Put together what there is to judge.

    Args:
        scenario: What was run.
        left: What the steps left.
        world: What was found of it.
        receipts: What a camera had a receipt for before it was looked; None for what it has now.
    """
    watch, recorder = left.context.watch, left.context.recorder
    made = watch.made
    return Case(
        promises=scenario.promises,
        cameras={camera.name: camera.place.camera for camera in left.context.group},
        windows={camera.place.camera: camera.spec.window_s for camera in left.context.group},
        history=recorder.history,
        world=world,
        timings=timings_of(made),
        receipts=receipts_of(left) if receipts is None else receipts,
        lost={each.recording: each.lost_s for each in made if each.lost_s is not None},
        alerts=dict(watch.alerts),
        refusals=sum(each.kind == "refusal" for each in recorder.events),
        before=left.before,
        run=RunTimes(recorder.began_utc, recorder.at_s),
        gone={each.recording: recorder.since(each.gone) for each in made if each.gone is not None},
        arrived={each.recording: recorder.since(each.held) for each in made if each.held is not None},
        odd_clocks=frozenset(
            each.camera
            for each in made
            if each.name in {it.name for it in recorder.events if it.kind == "clock"}
        ),
    )
