"""Carries out what is said at a door of being recorded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.cameras.control import accepted
from simulator.oracle.door.follows import CLOSES
from simulator.oracle.history import OperationKind
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.consent import SayConsent
from simulator.scenario.watch import MadeRecording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from protocol.footage.consent import ConsentSaid
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext


@act_with.register(SayConsent)
def _(step: SayConsent, camera: VirtualCamera, context: ScenarioContext) -> None:
    heard: dict[str, Any] = {}
    asked = context.watch.now()
    hear = partial(context.say_on_phone if step.on == "phone" else _to_camera, camera, step.said)
    answer, followed = context.recorder.said_at_door(camera, step.said, heard, hear)
    took_ms = (context.watch.now() - asked) * 1000
    if step.said.kind in CLOSES and answer.state == "private":
        context.watch.ended(camera.name)
    if OperationKind.PRESS in followed and answer.number is not None and answer.recording:
        folder = camera.spec.recording(answer.number)
        made = MadeRecording(
            camera.place.camera, camera.name, answer.number, folder, asked, took_ms, answer.recording
        )
        context.watch.add(made)
    accepted(camera.name, heard)


def _to_camera(camera: VirtualCamera, said: ConsentSaid) -> Mapping[str, Any]:
    return camera.hear("consent", kind=str(said.kind), why=said.why, wording=said.wording)
