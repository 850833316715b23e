"""Carries out steps: one after the other, side by side, again and again, with their cameras together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from simulator.errors import SimulatorError, StepError
from simulator.scenario.acts import (
    buttons,
    consent,
    keeping,
    lines,
    people,
    power,
    sensors,
    site,
    strangers,
    waiting,
)
from simulator.scenario.acts.refusal import refused_as_expected
from simulator.scenario.acts.table import act_alone, act_with
from simulator.scenario.steps.base import CameraStep, RefusableStep
from simulator.scenario.steps.order import Parallel, Repeat
from simulator.scenario.steps.people import Enrol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.language.unfold import PlannedStep
    from simulator.scenario.steps.base import ScenarioStep

ENTERED = (buttons, consent, keeping, lines, people, power, sensors, site, strangers, waiting)
"""The modules that carry steps out; they are in the table once they are imported."""

IN_WORDS = {
    "wait_ring_full": "Waiting for full rings",
    "press": "Pressing",
    "stop": "Stopping",
    "bookmark": "Bookmarking",
    "private": "Turning private on or off",
    "consent": "Saying what was said at the door",
    "dock": "Docking",
    "undock": "Undocking",
    "wait": "Recording on",
    "wait_held": "Waiting for the fleet's receipts",
    "network": "Changing the network",
    "cover": "Covering the lens",
    "uncover": "Uncovering the lens",
    "stall": "Stalling the lens or the microphone",
    "unstall": "Having the lens or the microphone go on",
    "mute": "Muting the microphone",
    "unmute": "Unmuting the microphone",
    "card": "Changing the card",
    "damage_card": "Damaging what the card holds",
    "clock": "Changing the clock",
    "battery": "Setting the charge",
    "kill_camera": "Pulling the power",
    "restart_camera": "Switching on again",
    "smash": "Destroying",
    "enrol": "Enrolling",
    "assign": "Handing out",
    "unassign": "Taking back",
    "revoke": "Revoking",
    "hold": "Placing holds",
    "release": "Ending holds",
    "judge": "Saying what was recorded",
    "forge": "Forging messages",
    "replay": "Sending messages again",
    "stop_fleet": "Stopping the fleet",
    "start_fleet": "Starting the fleet",
    "stop_broker": "Stopping the broker",
    "start_broker": "Starting the broker",
    "expect": "Looking",
    "repeat": "Repeating",
    "parallel": "Doing several things side by side",
    "random": "Doing what was drawn",
}


def perform(planned: PlannedStep, context: ScenarioContext) -> None:
    """Carry out one step, with all that is in it.

    Raises:
        StepError: It did not come about.
        SimulatorError: A camera or the fleet failed.
    """
    step = planned.step
    if isinstance(step, Parallel):
        _side_by_side(planned, context)
    elif planned.parts:
        began = context.watch.now()
        for number, part in enumerate(planned.parts):
            if isinstance(step, Repeat) and step.every_s is not None:
                context.pause_until(began + number * step.every_s)
            through(part, context)
    elif isinstance(step, CameraStep):
        _with_each(step, context)
    else:
        act_alone(step, context)


def through(steps: Sequence[PlannedStep], context: ScenarioContext) -> None:
    """Carry out the steps inside another, until one does not come about or somebody asks to stop.

    Raises:
        StepError: One did not come about; it says which.
    """
    began = context.watch.now()
    for planned in steps:
        wait_for_turn(planned.step, began, context)
        if context.is_over:
            return
        try:
            perform(planned, context)
        except SimulatorError as error:
            inner = str(error).rstrip(".")
            if inner.startswith("step "):
                raise
            raise StepError(f"step {planned.number} ({planned.step.do}): {inner}") from error


def wait_for_turn(step: ScenarioStep, began: float, context: ScenarioContext) -> None:
    """Wait for the moment at which a step begins.

    Args:
        step: Which.
        began: When its list of steps began, by the clock of ``context.watch``.
        context: What ends the waiting.
    """
    if step.at_s is not None:
        context.pause_until(began + step.at_s)


def _side_by_side(planned: PlannedStep, context: ScenarioContext) -> None:
    """Carry out several lists of steps; when one fails, the others are not gone on with."""

    def branch(steps: Sequence[PlannedStep]) -> None:
        try:
            through(steps, context)
        except SimulatorError:
            context.failed.set()
            raise

    with ThreadPoolExecutor(len(planned.parts), f"step {planned.number}") as pool:
        list(pool.map(branch, planned.parts))


def _with_each(step: CameraStep, context: ScenarioContext) -> None:
    if isinstance(step, Enrol):
        # One after the other: which one a fleet refuses that has room for some of them is then no luck.
        for name in step.cameras or context.group.later:
            _expecting(step, name, context, partial(people.enrol, name, context))
        return
    context.with_each(context.meant_by(step.cameras), lambda camera: _one(step, camera, context))


def _one(step: CameraStep, camera: VirtualCamera, context: ScenarioContext) -> None:
    _expecting(step, camera.name, context, partial(act_with, step, camera, context))


def _expecting(step: CameraStep, name: str, context: ScenarioContext, act: Callable[[], None]) -> None:
    if isinstance(step, RefusableStep) and step.refused:
        refused_as_expected(step, name, context, act)
    else:
        act()
