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
from simulator.scenario.model import (
    Bookmark,
    CameraStep,
    Expect,
    KillCamera,
    Network,
    Press,
    RestartCamera,
    StartFleet,
    Stop,
    StopFleet,
    Wait,
    WaitHeld,
    WaitRingFull,
)
from simulator.scenario.watch import Made

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import Stage
    from simulator.scenario.model import Step

CHUNK_S = 1.0
IN_WORDS = {
    "wait_ring_full": "Waiting for full rings",
    "press": "Pressing",
    "stop": "Stopping",
    "bookmark": "Bookmarking",
    "wait": "Recording on",
    "wait_held": "Waiting for the fleet's receipts",
    "network": "Changing the network",
    "kill_camera": "Pulling the power",
    "restart_camera": "Switching on again",
    "stop_fleet": "Stopping the fleet",
    "start_fleet": "Starting the fleet",
    "expect": "Looking",
}


def perform(step: Step, stage: Stage) -> None:
    """Carry out one step.

    Raises:
        StepError: It did not come about.
        SimulatorError: A camera or the fleet failed.
    """
    if not isinstance(step, CameraStep):
        _alone(step, stage)
        return
    cameras = [camera for camera in stage.group if not step.cameras or camera.name in step.cameras]
    with ThreadPoolExecutor(len(cameras), step.__class__.__name__) as pool:
        list(pool.map(lambda camera: _each(step, camera, stage), cameras))


@singledispatch
def _alone(step: Step, stage: Stage) -> None:
    """Carry out a step that concerns no camera in particular."""
    raise NotImplementedError(f"internal error: no way to carry out {step!r} on {stage!r}")


@_alone.register(Wait)
def _(step: Wait, stage: Stage) -> None:
    stage.stopping.wait(step.seconds)


@_alone.register(StopFleet)
def _(step: StopFleet, stage: Stage) -> None:
    service = stage.own_fleet()
    if step.how == "kill":
        service.kill()
        stage.faults.append("the fleet and its broker were killed")
    else:
        service.stop()
        stage.faults.append("the fleet was stopped")


@_alone.register(StartFleet)
def _(step: StartFleet, stage: Stage) -> None:
    del step
    stage.own_fleet().start(cancelled=stage.stopping.is_set)


@singledispatch
def _each(step: CameraStep, camera: VirtualCamera, stage: Stage) -> None:
    """Carry out a step with one camera."""
    raise NotImplementedError(f"internal error: no way to carry out {step!r} with {camera.name} on {stage!r}")


@_each.register(WaitRingFull)
def _(step: WaitRingFull, camera: VirtualCamera, stage: Stage) -> None:
    held_s = 0.0

    def full() -> bool:
        nonlocal held_s
        held_s = float(camera.ask("status")["prerecord_s"])
        return held_s >= stage.window_s - CHUNK_S

    if not stage.until(full, step.timeout_s):
        waited = f"after {step.timeout_s:.0f} s"
        raise StepError(f"The ring of {camera.name} held {held_s:.0f} s of {stage.window_s} s {waited}")


@_each.register(Press)
def _(step: Press, camera: VirtualCamera, stage: Stage) -> None:
    del step
    pressed = stage.watch.now()
    answer = camera.ask("press")
    took_ms = (stage.watch.now() - pressed) * 1000
    number = int(answer["number"])
    folder = camera.spec.recording(number)
    stage.watch.add(Made(camera.place.camera, camera.name, number, folder, pressed, took_ms))


@_each.register(Stop)
def _(step: Stop, camera: VirtualCamera, stage: Stage) -> None:
    del step
    camera.ask("stop")
    newest = stage.watch.newest(camera.name)
    if newest is not None:
        newest.stopped, newest.ended = stage.watch.now(), True


@_each.register(Bookmark)
def _(step: Bookmark, camera: VirtualCamera, stage: Stage) -> None:
    del step, stage
    camera.ask("bookmark")


@_each.register(WaitHeld)
def _(step: WaitHeld, camera: VirtualCamera, stage: Stage) -> None:
    lacking = stage.watch.wait_for(lambda made: made.held is not None, camera.name, step.timeout_s)
    if lacking:
        numbers = ", ".join(str(made.number) for made in lacking)
        raise StepError(f"{camera.name} has no receipt for recording {numbers} after {step.timeout_s:.0f} s")


@_each.register(Network)
def _(step: Network, camera: VirtualCamera, stage: Stage) -> None:
    if step.state == "cut":
        camera.line.cut()
        stage.faults.append(f"the network of {camera.name} was cut")
    elif step.kbit_s is not None:
        camera.line.slow(step.kbit_s)
        stage.faults.append(f"the network of {camera.name} was slowed to {step.kbit_s} kbit/s")
    else:
        camera.line.good()


@_each.register(KillCamera)
def _(step: KillCamera, camera: VirtualCamera, stage: Stage) -> None:
    del step
    camera.power_off()
    newest = stage.watch.newest(camera.name)
    if newest is not None:
        newest.ended = True
    stage.faults.append(f"the power of {camera.name} was pulled")


@_each.register(RestartCamera)
def _(step: RestartCamera, camera: VirtualCamera, stage: Stage) -> None:
    del stage
    camera.power_on()
    camera.wait_up(step.timeout_s)


@_each.register(Expect)
def _(step: Expect, camera: VirtualCamera, stage: Stage) -> None:
    seen = ""

    def holds() -> bool:
        nonlocal seen
        seen = LOOKS.get(step.state, _state)(camera, stage)
        return seen == step.state

    if not stage.until(holds, step.within_s):
        raise StepError(f"{camera.name} was {seen} when it should have been {step.state}")


def _state(camera: VirtualCamera, stage: Stage) -> str:
    del stage
    return str(camera.ask("status")["state"])


def _upload(camera: VirtualCamera, stage: Stage) -> str:
    newest = stage.watch.newest(camera.name)
    if newest is None or not newest.ended:
        return "without an ended recording"
    return "held" if newest.held is not None else "uploading"


LOOKS = {"uploading": _upload, "held": _upload}
