"""Virtual time: what steps act on, where cameras and fleet share one driven clock.

Rules:

* What a step asks of several cameras is asked at one instant, in the order of their names.
* A step that needs a process of its own is refused before anything starts.
* Everything else is as in real time: what each step does, the history, the oracle, the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from simulator.driven.bringup import bring_up
from simulator.driven.on_card import is_on_card
from simulator.driven.people.phone import OfficersPhones
from simulator.driven.time import BEGINS, DrivenTime
from simulator.errors import ScenarioError
from simulator.network.conditions import LineState
from simulator.oracle.bad_day.safety import Glance, GlancedRecording, safety
from simulator.pilot.run import PilotRun
from simulator.scenario.context import LOOK_S as LOOK_AGAIN_S
from simulator.scenario.context import ScenarioContext
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.watch import LOOK_S, RecordingWatch

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from datetime import date

    from protocol.footage.consent import ConsentSaid
    from simulator.bringup import Progress, StackSpec
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.driven.camera import DrivenCamera
    from simulator.driven.fleet import DrivenFleet
    from simulator.fleet.api import FleetApi
    from simulator.oracle.check import Check
    from simulator.report.draft import Draft
    from simulator.scenario.model import Scenario
    from simulator.scenario.steps.lines import ChangeNetwork


class Eyes:
    """Looks for recordings a moment after something changed; see ``RecordingWatch``.

    In virtual time nothing shows up by itself, and so nothing is missed between two looks.
    """

    def __init__(self) -> None:
        self._time: DrivenTime | None = None
        self._watch: RecordingWatch | None = None
        self._planned = self._at_fleet = self._deleted = False

    def open(self, time: DrivenTime, api: FleetApi) -> RecordingWatch:
        """Begin to look."""
        self._time, self._watch = time, RecordingWatch(api, time.seconds)
        return self._watch

    def fleet_changed(self) -> None:
        """Something may have shown up at the fleet."""
        self._at_fleet = True
        self.changed()

    def deleted(self) -> None:
        """The fleet may have deleted something."""
        self._deleted = True
        self.changed()

    def changed(self) -> None:
        """Something may have shown up on a camera."""
        if self._time is not None and not self._planned:
            self._planned = True
            self._time.after(LOOK_S, self._look)

    def _look(self) -> None:
        if self._watch is not None:
            # Asking the fleet is no change to look at again.
            self._watch.look(at_fleet=self._at_fleet)
            if self._deleted:
                self._watch.look_for_gone()
        self._planned = self._at_fleet = self._deleted = False


@dataclass(frozen=True, slots=True)
class VirtualContext(ScenarioContext):
    """Everything that a step may act on.

    Attributes:
        time: The one clock.
        fleet: The fleet.
        phones: The phones of the officers.
        glances: What was seen after each step.
    """

    time: DrivenTime = field(kw_only=True)
    fleet: DrivenFleet = field(kw_only=True)
    phones: OfficersPhones = field(kw_only=True)
    glances: list[Glance] = field(default_factory=list)

    def after_step(self) -> None:
        """Look whether all is well, at the instant at which the step was over: looking takes no time here."""
        cameras = {camera.name: camera for camera in self.group}
        made = self.watch.made
        listed = [each for name in {each.camera for each in made} for each in self.watch.api.recordings(name)]
        held = {each.id for each in listed if each.state == "held" and each.receipt}
        deleted = {each.id for each in listed if each.gone}
        newest = {each.name: each for each in made}
        history = self.recorder.history
        asked = {
            name: history.end_asked(each.camera, self.recorder.since(each.pressed))
            for name, each in newest.items()
        }
        says = {each.name: _state_of(each) for each in self.group}
        seen = tuple(
            GlancedRecording(
                camera=each.camera,
                number=each.number,
                recording=each.recording,
                on_camera=None if cameras[each.name].destroyed else is_on_card(each.folder),
                held=each.recording in held,
                under_way=newest[each.name] is each and not each.ended and not asked[each.name],
                state=says[each.name],
                deleted=each.recording in deleted,
            )
            for each in made
        )
        if self.watch.raised:
            self.watch.look_for_alerts_raised()
        self.glances.append(Glance(self.recorder.step or 0, seen))

    @property
    def looks(self) -> tuple[Check, ...]:
        """What looking after each step came to."""
        return safety(self.glances)

    def with_each(self, cameras: Sequence[VirtualCamera], act: Callable[[VirtualCamera], None]) -> None:
        """Do something with several cameras, all at this instant; return when it is done with all.

        Raises:
            Exception: Whatever was raised with the first of them with which it did not come about.
        """
        errors: list[Exception] = []
        left = len(cameras)

        def one(camera: VirtualCamera) -> None:
            nonlocal left
            try:
                act(camera)
            except Exception as error:  # noqa: BLE001 - it is raised below
                errors.append(error)
            left -= 1

        for camera in cameras:
            self.time.after(0, partial(one, camera))
        self.time.wait_for(lambda: left == 0, None)
        if errors:
            raise errors[0]

    def change_line(self, camera: VirtualCamera, step: ChangeNetwork) -> None:
        """Have a camera's network be as a step says; ``language.virtual`` lets these three come here."""
        line = cast("DrivenCamera", camera).line
        if step.state is LineState.CUT:
            line.cut()
        elif step.state is LineState.SLOW and step.kbit_s is not None:
            line.slow(step.kbit_s)
        else:
            line.good()

    def say_on_phone(self, camera: VirtualCamera, said: ConsentSaid) -> Mapping[str, Any]:
        """Have the officer of a camera say something at a door on their phone; return what was answered.

        Raises:
            SimulatorError: Nobody has the camera, or the fleet did not take it.
        """
        return self.phones.say(camera, said, self.until)

    @property
    def _officer(self) -> str:
        return "Officer"  # the fleet is the run's own

    def utc(self) -> datetime:
        """Return the true wall time."""
        return self.time.utc()

    def pause_until(self, when: float) -> None:
        """Let time pass until an instant of the clock."""
        self.time.pass_by(when - self.time.seconds())

    def until(self, holds: Callable[[], bool], timeout_s: float, *, every_s: float = LOOK_AGAIN_S) -> bool:
        """Let time pass until something holds; return whether it does."""
        end_s = self.time.seconds() + timeout_s
        while not holds():
            if self.time.seconds() >= end_s:
                return False
            self.time.pass_by(min(every_s, end_s - self.time.seconds()))
        return True


def _state_of(camera: VirtualCamera) -> str | None:
    """What a camera says of itself; None from one without power."""
    return str(camera.ask("status")["state"]) if camera.powered else None


def open_context(
    stack: ExitStack,
    spec: StackSpec,
    progress: Progress,
    stopping: threading.Event,
    begins: date | None = None,
) -> tuple[FleetApi, VirtualContext]:
    """Bring fleet and cameras up in virtual time.

    Args:
        stack: What ends it all again.
        spec: What to bring up.
        progress: Shows how far it is.
        stopping: Set to end every wait at once.
        begins: The day of the first instant; None for the usual one.

    Raises:
        SimulatorError: Something did not start, or somebody asked to stop.
    """
    if spec.fleet is not None:
        raise ScenarioError(
            "A scenario in virtual time has a fleet of its own, on its own clock: run it without --fleet."
        )
    first = BEGINS if begins is None else datetime.combine(begins, BEGINS.timetz())
    eyes, time = Eyes(), DrivenTime(stopping.is_set, first)
    recorder = HistoryRecorder(time.seconds, time.utc())
    up = bring_up(
        stack,
        spec,
        progress,
        time,
        on_change=eyes.changed,
        on_fleet=eyes.fleet_changed,
        on_deleted=eyes.deleted,
    )
    recorder.handed_over(up.group.hand_overs)
    context = VirtualContext(
        # For steps, oracle and report these cameras are what those with processes are.
        cast("CameraGroup", up.group),
        None,
        eyes.open(time, up.api),
        recorder,
        stopping,
        time=time,
        fleet=up.fleet,
        phones=OfficersPhones(up.fleet.url, up.fleet.ask_dashboard, up.fleet.sign_in, up.api, time),
    )
    return up.api, context


def play_pilot(
    context: ScenarioContext,
    scenario: Scenario,
    draft: Draft,
    progress: Progress,
    between: Callable[[], None],
) -> None:
    """Play a scenario's pilot and judge it; what came of it is in the draft.

    Args:
        context: What was brought up in virtual time.
        scenario: The scenario.
        draft: The report in the making.
        progress: Shows how far it is.
        between: Called once everything was played, before it is looked at.

    Raises:
        CancelledError: Somebody asked to stop.
    """
    up = cast("VirtualContext", context)
    if scenario.pilot is None:
        raise ScenarioError("internal error: there is no pilot to play")
    run = PilotRun(scenario.pilot, up.fleet, up.watch.api, tuple(up.group), up.time, draft, progress)
    run.play(between)
