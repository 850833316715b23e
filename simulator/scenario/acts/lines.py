"""Carries out what a tester does to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.network.conditions import LineState
from simulator.scenario.acts.table import act_with
from simulator.scenario.context import BOTH
from simulator.scenario.steps.lines import ChangeNetwork

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext


@act_with.register(ChangeNetwork)
def _(step: ChangeNetwork, camera: VirtualCamera, context: ScenarioContext) -> None:
    context.recorder.over("network", camera.name)
    context.change_line(camera, step)
    if step.state is not LineState.GOOD:
        said = f"the network of {camera.name}{_part(step)} {step.conditions.words}"
        context.recorder.happened("network", said, camera.name)


def _part(step: ChangeNetwork) -> str:
    line = "" if step.line == BOTH else f" for {step.line}"
    way = {"up": ", from the camera,", "down": ", to the camera,", BOTH: ""}[step.way]
    return line + way
