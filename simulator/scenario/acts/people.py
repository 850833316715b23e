"""Carries out what is done with cameras at the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.cameras.group import HandedOut
from simulator.errors import CameraError, RefusalError, StepError
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.keeping import PURPOSE
from simulator.scenario.steps.people import Assign, Revoke, Unassign

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext

TAKEN_IN_S = 30
"""So long may a camera take to hear who wears it."""


def enrol(name: str, context: ScenarioContext) -> None:
    """Enrol a camera that took no part until now, and switch it on.

    Raises:
        RefusalError: The fleet would not have it.
        SimulatorError: It could not be asked, or the camera did not start.
    """
    context.watch.api.cameras()  # A fleet that is not there refuses nothing.
    try:
        camera = context.group.enrol_later(name)
    except CameraError as error:
        raise RefusalError(str(error)) from error
    context.recorder.happened("enrolment", f"{name} was enrolled as {camera.place.camera}", name)
    camera.power_on()
    camera.wait_up()


@act_with.register(Assign)
def _(step: Assign, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    name, asked = camera.place.camera, context.watch.now()
    assignment = context.hand_out(name)
    if assignment is None:
        raise RefusalError(f"{camera.name} is worn by an officer already")
    made = HandedOut(camera.name, name, assignment, asked, context.watch.now())
    context.recorder.handed_over([made])
    _until_heard(camera, context, assigned=True)


@act_with.register(Unassign)
def _(step: Unassign, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.took_back(camera, context.watch.api.take_back)
    _until_heard(camera, context, assigned=False)


@act_with.register(Revoke)
def _(step: Revoke, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    context.recorder.revoked(camera, lambda name: context.watch.api.revoke(name, PURPOSE))


def _until_heard(camera: VirtualCamera, context: ScenarioContext, *, assigned: bool) -> None:
    """Wait until the camera knows, where it can: one without power or network hears of it later."""
    reached = camera.powered and camera.line.state == "good"

    def heard() -> bool:
        return (camera.ask("status")["assignment"] is not None) is assigned

    if reached and not context.until(heard, TAKEN_IN_S):
        words = "that it is worn" if assigned else "that nobody wears it any more"
        raise StepError(f"{camera.name} did not hear {words} within {TAKEN_IN_S} s")
