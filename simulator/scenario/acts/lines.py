"""Carries out what a tester does to the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.network.conditions import LineConditions, LineState
from simulator.network.line import Traffic, Way
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.lines import ChangeNetwork

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext

BOTH = "both"


@act_with.register(ChangeNetwork)
def _(step: ChangeNetwork, camera: VirtualCamera, context: ScenarioContext) -> None:
    context.recorder.over("network", camera.name)
    names = step.state is not LineState.NO_DNS
    if names is not camera.spoilt.names:
        camera.resolve_names(on=names)
    traffic = tuple(Traffic) if step.line == BOTH else (Traffic(step.line),)
    ways = tuple(Way) if step.way == BOTH else (Way(step.way),)
    if step.line == step.way == BOTH or not names:
        # What was done to one kind of connection or one way is over with it.
        traffic, ways = tuple(Traffic), tuple(Way)
    camera.line.change(step.conditions if names else LineConditions(), traffic, ways)
    if step.state is not LineState.GOOD:
        said = f"the network of {camera.name}{_part(step)} {step.conditions.words}"
        context.recorder.happened("network", said, camera.name)


def _part(step: ChangeNetwork) -> str:
    line = "" if step.line == BOTH else f" for {step.line}"
    way = {"up": ", from the camera,", "down": ", to the camera,", BOTH: ""}[step.way]
    return line + way
