"""Carries out the steps of a scenario, one function for each.

Rules:

* The cameras of one step act at the same time; a step ends when all of them have.
* What does not come about is a ``StepError`` that says what was seen instead.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import singledispatch
from typing import TYPE_CHECKING

from simulator.errors import StepError
from simulator.oracle.history import OperationKind
from simulator.scenario.model import (
    Bookmark,
    CameraStep,
    ChangeNetwork,
    Expect,
    KillCamera,
    Press,
    Private,
    RestartCamera,
    StartFleet,
    StopFleet,
    StopRecording,
    Wait,
    WaitHeld,
    WaitRingFull,
)
from simulator.scenario.watch import MadeRecording

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.model import Step

CHUNK_S = 1.0
IN_WORDS = {
    "wait_ring_full": "Waiting for full rings",
    "press": "Pressing",
    "stop": "Stopping",
    "bookmark": "Bookmarking",
    "private": "Turning private on or off",
    "wait": "Recording on",
    "wait_held": "Waiting for the fleet's receipts",
    "network": "Changing the network",
    "kill_camera": "Pulling the power",
    "restart_camera": "Switching on again",
    "stop_fleet": "Stopping the fleet",
    "start_fleet": "Starting the fleet",
    "expect": "Looking",
}


def perform(step: Step, context: ScenarioContext) -> None:
    """Carry out one step.

    Raises:
        StepError: It did not come about.
        SimulatorError: A camera or the fleet failed.
    """
    if not isinstance(step, CameraStep):
        _alone(step, context)
        return
    cameras = [camera for camera in context.group if not step.cameras or camera.name in step.cameras]
    with ThreadPoolExecutor(len(cameras), step.__class__.__name__) as pool:
        list(pool.map(lambda camera: _each(step, camera, context), cameras))


@singledispatch
def _alone(step: Step, context: ScenarioContext) -> None:
    """Carry out a step that concerns no camera in particular."""
    raise NotImplementedError(f"internal error: no way to carry out {step!r} on {context!r}")


@_alone.register(Wait)
def _(step: Wait, context: ScenarioContext) -> None:
    context.stopping.wait(step.seconds)


@_alone.register(StopFleet)
def _(step: StopFleet, context: ScenarioContext) -> None:
    service = context.own_fleet()
    if step.how == "kill":
        service.kill()
        context.recorder.happened("fleet", "the fleet and its broker were killed")
    else:
        service.stop()
        context.recorder.happened("fleet", "the fleet was stopped")


@_alone.register(StartFleet)
def _(step: StartFleet, context: ScenarioContext) -> None:
    del step
    context.own_fleet().start(cancelled=context.stopping.is_set)
    context.recorder.over("fleet")


@singledispatch
def _each(step: CameraStep, camera: VirtualCamera, context: ScenarioContext) -> None:
    """Carry out a step with one camera."""
    raise NotImplementedError(
        f"internal error: no way to carry out {step!r} with {camera.name} on {context!r}"
    )


@_each.register(WaitRingFull)
def _(step: WaitRingFull, camera: VirtualCamera, context: ScenarioContext) -> None:
    held_s = 0.0

    def full() -> bool:
        nonlocal held_s
        held_s = float(camera.ask("status")["prerecord_s"])
        return held_s >= context.window_s - CHUNK_S

    if not context.until(full, step.timeout_s):
        waited = f"after {step.timeout_s:.0f} s"
        raise StepError(f"The ring of {camera.name} held {held_s:.0f} s of {context.window_s} s {waited}")


@_each.register(Press)
def _(step: Press, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    pressed = context.watch.now()
    answer = context.recorder.ask(OperationKind.PRESS, camera, "press")
    took_ms = (context.watch.now() - pressed) * 1000
    if answer.number is None:
        raise StepError(f"{camera.name} acknowledged a press without saying for which recording")
    folder = camera.spec.recording(answer.number)
    made = MadeRecording(
        camera.place.camera, camera.name, answer.number, folder, pressed, took_ms, answer.recording or ""
    )
    context.watch.add(made)


@_each.register(StopRecording)
def _(step: StopRecording, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.STOP, camera, "stop")
    newest = context.watch.newest(camera.name)
    if newest is not None:
        newest.stopped, newest.ended = context.watch.now(), True


@_each.register(Bookmark)
def _(step: Bookmark, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.BOOKMARK, camera, "bookmark")


@_each.register(Private)
def _(step: Private, camera: VirtualCamera, context: ScenarioContext) -> None:
    on = step.state == "on"
    kind = OperationKind.PRIVATE_ON if on else OperationKind.PRIVATE_OFF
    context.recorder.ask(kind, camera, f"private-{step.state}")
    newest = context.watch.newest(camera.name)
    if on and newest is not None and not newest.ended:
        # It ends a recording that is under way, as a stop does.
        newest.stopped, newest.ended = context.watch.now(), True


@_each.register(WaitHeld)
def _(step: WaitHeld, camera: VirtualCamera, context: ScenarioContext) -> None:
    lacking = context.watch.wait_for(lambda made: made.held is not None, camera.name, step.timeout_s)
    if lacking:
        numbers = ", ".join(str(made.number) for made in lacking)
        raise StepError(f"{camera.name} has no receipt for recording {numbers} after {step.timeout_s:.0f} s")


@_each.register(ChangeNetwork)
def _(step: ChangeNetwork, camera: VirtualCamera, context: ScenarioContext) -> None:
    context.recorder.over("network", camera.name)
    if step.state == "cut":
        camera.line.cut()
        context.recorder.happened("network", f"the network of {camera.name} was cut", camera.name)
    elif step.kbit_s is not None:
        camera.line.slow(step.kbit_s)
        said = f"the network of {camera.name} was slowed to {step.kbit_s} kbit/s"
        context.recorder.happened("network", said, camera.name)
    else:
        camera.line.good()


@_each.register(KillCamera)
def _(step: KillCamera, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    camera.power_off()
    newest = context.watch.newest(camera.name)
    if newest is not None:
        newest.ended = True
    context.recorder.happened("power", f"the power of {camera.name} was pulled", camera.name)


@_each.register(RestartCamera)
def _(step: RestartCamera, camera: VirtualCamera, context: ScenarioContext) -> None:
    camera.power_on()
    camera.wait_up(step.timeout_s)
    context.recorder.over("power", camera.name)


@_each.register(Expect)
def _(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> None:
    seen = ""

    def holds() -> bool:
        nonlocal seen
        seen = LOOKS.get(step.state, _state)(camera, context)
        return seen == step.state

    if not context.until(holds, step.within_s):
        raise StepError(f"{camera.name} was {seen} when it should have been {step.state}")


def _state(camera: VirtualCamera, context: ScenarioContext) -> str:
    del context
    return str(camera.ask("status")["state"])


def _upload(camera: VirtualCamera, context: ScenarioContext) -> str:
    newest = context.watch.newest(camera.name)
    if newest is None or not newest.ended:
        return "without an ended recording"
    return "held" if newest.held is not None else "uploading"


LOOKS = {"uploading": _upload, "held": _upload}
