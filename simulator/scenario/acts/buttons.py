"""Carries out what an officer does with a camera."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import StepError
from simulator.oracle.history import OperationKind
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.buttons import Bookmark, Dock, Press, Private, StopRecording, Undock
from simulator.scenario.watch import MadeRecording

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext


@act_with.register(Press)
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


@act_with.register(StopRecording)
def _(step: StopRecording, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.STOP, camera, "stop")
    context.watch.ended(camera.name)


@act_with.register(Bookmark)
def _(step: Bookmark, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.BOOKMARK, camera, "bookmark")


@act_with.register(Private)
def _(step: Private, camera: VirtualCamera, context: ScenarioContext) -> None:
    on = step.state == "on"
    kind = OperationKind.PRIVATE_ON if on else OperationKind.PRIVATE_OFF
    context.recorder.ask(kind, camera, f"private-{step.state}")
    if on:
        # It ends a recording that is under way, as a stop does.
        context.watch.ended(camera.name)


@act_with.register(Dock)
def _(step: Dock, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.DOCK, camera, "dock")
    context.watch.ended(camera.name)


@act_with.register(Undock)
def _(step: Undock, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.ask(OperationKind.UNDOCK, camera, "undock")
