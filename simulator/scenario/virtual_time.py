"""A scenario in virtual time: its steps, one thing after the other, on one driven clock.

Rules:

* What a step asks of several cameras is asked at one instant, in the order of their names.
* A step that needs a process of its own is refused before anything starts.
* Everything else is as in real time: the history, the oracle, the report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from simulator.driven.bringup import bring_up
from simulator.driven.time import DrivenTime
from simulator.errors import ScenarioError, StepError
from simulator.oracle.history import OperationKind
from simulator.scenario.context import ScenarioContext
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.watch import LOOK_S, MadeRecording, RecordingWatch

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from contextlib import ExitStack

    from simulator.bringup import Progress, StackSpec
    from simulator.cameras.camera import VirtualCamera
    from simulator.cameras.group import CameraGroup
    from simulator.driven.camera import DrivenCamera
    from simulator.fleet.api import FleetApi
    from simulator.scenario.language.unfold import PlannedStep

CHUNK_S = 1.0
LOOK_AGAIN_S = 0.2


class Eyes:
    """Looks for recordings a moment after something changed; see ``RecordingWatch``.

    In virtual time nothing shows up by itself, and so nothing is missed between two looks.
    """

    def __init__(self) -> None:
        self._time: DrivenTime | None = None
        self._watch: RecordingWatch | None = None
        self._planned = False

    def open(self, time: DrivenTime, api: FleetApi) -> RecordingWatch:
        """Begin to look."""
        self._time, self._watch = time, RecordingWatch(api, time.seconds)
        return self._watch

    def changed(self) -> None:
        """Something may have shown up."""
        if self._time is not None and not self._planned:
            self._planned = True
            self._time.after(LOOK_S, self._look)

    def _look(self) -> None:
        if self._watch is not None:
            self._watch.look()  # which asks the fleet, and that is no change to look at again
        self._planned = False


@dataclass(frozen=True, slots=True)
class VirtualContext(ScenarioContext):
    """Everything that a step may act on.

    Attributes:
        time: The one clock.
    """

    time: DrivenTime = field(kw_only=True)

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


def open_context(
    stack: ExitStack, spec: StackSpec, progress: Progress, stopping: threading.Event
) -> tuple[FleetApi, VirtualContext]:
    """Bring fleet and cameras up in virtual time.

    Raises:
        SimulatorError: Something did not start, or somebody asked to stop.
    """
    if spec.fleet is not None:
        raise ScenarioError(
            "A scenario in virtual time has a fleet of its own, on its own clock: run it without --fleet."
        )
    eyes, time = Eyes(), DrivenTime(stopping.is_set)
    recorder = HistoryRecorder(time.seconds)
    up = bring_up(stack, spec, progress, time, on_change=eyes.changed)
    recorder.handed_over(up.group.hand_overs)
    context = VirtualContext(
        # For steps, oracle and report these cameras are what those with processes are.
        cast("CameraGroup", up.group),
        None,
        eyes.open(time, up.api),
        recorder,
        stopping,
        time=time,
    )
    return up.api, context


def perform(planned: PlannedStep, context: VirtualContext) -> None:
    """Carry out one step, with all that is in it.

    Raises:
        StepError: It did not come about.
        SimulatorError: A camera or the fleet failed.
    """
    step: Any = planned.step
    began_s = context.time.seconds()
    for number, steps in enumerate(planned.parts):
        if step.every_s is not None:
            context.pause_until(began_s + number * step.every_s)
        for each in steps:
            perform(each, context)
    if planned.parts:
        return
    if step.do == "wait":
        context.time.pass_by(step.seconds)
        return
    cameras = context.meant_by(step.cameras)
    errors: list[Exception] = []
    left = len(cameras)

    def act(camera: VirtualCamera) -> None:
        nonlocal left
        try:
            ACTS[step.do](step, cast("DrivenCamera", camera), context)
        except Exception as error:  # noqa: BLE001 - it is raised below
            errors.append(error)
        left -= 1

    for camera in cameras:
        context.time.after(0, partial(act, camera))
    context.time.wait_for(lambda: left == 0, None)
    if errors:
        raise errors[0]


def _wait_ring_full(step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    held_s = 0.0

    def full() -> bool:
        nonlocal held_s
        held_s = float(camera.ask("status")["prerecord_s"])
        return held_s >= camera.spec.window_s - CHUNK_S

    if not context.until(full, step.timeout_s):
        waited = f"after {step.timeout_s:.0f} s"
        raise StepError(f"The ring of {camera.name} held {held_s:.0f} s of {camera.spec.window_s} s {waited}")


def _ask(kind: OperationKind, do: str, camera: DrivenCamera, context: VirtualContext) -> Any:  # noqa: ANN401
    return context.recorder.ask(kind, cast("VirtualCamera", camera), do)


def _press(_step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    pressed = context.watch.now()
    answer = _ask(OperationKind.PRESS, "press", camera, context)
    took_ms = (context.watch.now() - pressed) * 1000
    if answer.number is None:
        raise StepError(f"{camera.name} acknowledged a press without saying for which recording")
    folder = camera.spec.recording(answer.number)
    known = camera.place.camera
    context.watch.add(
        MadeRecording(known, camera.name, answer.number, folder, pressed, took_ms, answer.recording or "")
    )


def _stop(_step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    _ask(OperationKind.STOP, "stop", camera, context)
    context.watch.ended(camera.name)


def _bookmark(_step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    _ask(OperationKind.BOOKMARK, "bookmark", camera, context)


def _private(step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    on = step.state == "on"
    kind = OperationKind.PRIVATE_ON if on else OperationKind.PRIVATE_OFF
    _ask(kind, f"private-{step.state}", camera, context)
    if on:
        context.watch.ended(camera.name)


def _wait_held(step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    def lacking() -> list[int]:
        made = context.watch.made
        return [each.number for each in made if each.name == camera.name and each.ended and each.held is None]

    if not context.until(lambda: not lacking(), step.timeout_s):
        numbers = ", ".join(map(str, lacking()))
        raise StepError(f"{camera.name} has no receipt for recording {numbers} after {step.timeout_s:.0f} s")


def _network(step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    context.recorder.over("network", camera.name)
    if step.state == "cut":
        camera.line.cut()
        context.recorder.happened("network", f"the network of {camera.name} was cut", camera.name)
    elif step.state == "slow":
        camera.line.slow(step.kbit_s)
        said = f"the network of {camera.name} was slowed to {step.kbit_s} kbit/s"
        context.recorder.happened("network", said, camera.name)
    else:
        camera.line.good()


def _kill(_step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    at_s = context.recorder.at_s
    camera.power_off()
    context.watch.ended(camera.name, by_stop=False, lost_s=at_s)
    context.recorder.happened("power", f"the power of {camera.name} was pulled", camera.name, at_s)


def _restart(_step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    camera.power_on()
    context.recorder.over("power", camera.name)


def _expect(step: Any, camera: DrivenCamera, context: VirtualContext) -> None:  # noqa: ANN401
    seen = ""

    def holds() -> bool:
        nonlocal seen
        if step.state in {"uploading", "held"}:
            newest = context.watch.newest(camera.name)
            if newest is None or not newest.ended:
                seen = "without an ended recording"
            else:
                seen = "held" if newest.held is not None else "uploading"
        else:
            seen = str(camera.ask("status")["state"])
        return bool(seen == step.state)

    if not context.until(holds, step.within_s):
        raise StepError(f"{camera.name} was {seen} when it should have been {step.state}")


ACTS: dict[str, Callable[[Any, DrivenCamera, VirtualContext], None]] = {
    "wait_ring_full": _wait_ring_full,
    "press": _press,
    "stop": _stop,
    "bookmark": _bookmark,
    "private": _private,
    "wait_held": _wait_held,
    "network": _network,
    "kill_camera": _kill,
    "restart_camera": _restart,
    "expect": _expect,
}
"""What each step of a camera does; ``language.virtual`` refuses others."""
