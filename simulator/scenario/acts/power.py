"""Carries out what is done to a camera's power, and to the camera as a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.battery.charge import Charge
from protocol.messages.status import LOW_BATTERY_PERCENT
from simulator.oracle.history import OperationAnswer, OperationKind
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.power import ChangeCharge, KillCamera, RestartCamera, Smash

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext


@act_with.register(KillCamera)
def _(step: KillCamera, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    at_s = context.recorder.at_s
    camera.power_off()
    context.watch.ended(camera.name, by_stop=False, lost_s=at_s)
    context.recorder.happened("power", f"the power of {camera.name} was pulled", camera.name, at_s)


@act_with.register(ChangeCharge)
def _(step: ChangeCharge, camera: VirtualCamera, context: ScenarioContext) -> None:
    camera.change_charge(Charge(step.percent, step.state == "charging"))
    context.recorder.over("battery", camera.name)
    if step.percent <= LOW_BATTERY_PERCENT and step.state == "worn":
        said = f"the battery of {camera.name} was at {step.percent} %"
        context.recorder.happened("battery", said, camera.name)


@act_with.register(RestartCamera)
def _(step: RestartCamera, camera: VirtualCamera, context: ScenarioContext) -> None:

    def switched_on() -> OperationAnswer:
        camera.power_on()
        camera.wait_up(step.timeout_s)
        return OperationAnswer(ok=True)

    context.recorder.tried(OperationKind.SWITCH_ON, camera, switched_on)
    context.recorder.over("power", camera.name)


@act_with.register(Smash)
def _(step: Smash, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    at_s = context.recorder.at_s
    camera.smash()
    context.watch.ended(camera.name, by_stop=False, lost_s=at_s)
    context.recorder.happened("destroyed", f"{camera.name} was destroyed", camera.name, at_s)
