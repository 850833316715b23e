"""Lets time pass, and looks whether what must be so by then is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.errors import FleetServiceError, StepError
from simulator.scenario.acts.table import act_alone, act_with
from simulator.scenario.steps.waiting import Expect, Wait, WaitHeld, WaitRingFull

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext

CHUNK_S = 1.0


@act_alone.register(Wait)
def _(step: Wait, context: ScenarioContext) -> None:
    context.pause(step.seconds)


@act_with.register(WaitRingFull)
def _(step: WaitRingFull, camera: VirtualCamera, context: ScenarioContext) -> None:
    window_s, held_s = camera.spec.window_s, 0.0

    def full() -> bool:
        nonlocal held_s
        held_s = float(camera.ask("status")["prerecord_s"])
        return held_s >= window_s - CHUNK_S

    if not context.until(full, step.timeout_s):
        waited = f"after {step.timeout_s:.0f} s"
        raise StepError(f"The ring of {camera.name} held {held_s:.0f} s of {window_s} s {waited}")


@act_with.register(WaitHeld)
def _(step: WaitHeld, camera: VirtualCamera, context: ScenarioContext) -> None:
    if not context.until(lambda: not context.watch.lacking(camera.name), step.timeout_s):
        numbers = ", ".join(str(made.number) for made in context.watch.lacking(camera.name))
        raise StepError(f"{camera.name} has no receipt for recording {numbers} after {step.timeout_s:.0f} s")


@act_with.register(Expect)
def _(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> None:
    seen = ""

    def holds() -> bool:
        nonlocal seen
        seen = LOOKS.get(step.state, _state)(step, camera, context)
        return seen == step.state

    if not context.until(holds, step.within_s):
        raise StepError(f"{camera.name} was {seen} when it should have been {step.state}")


def _state(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> str:
    del step, context
    return str(camera.ask("status")["state"])


def _upload(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> str:
    del step
    newest = context.watch.newest(camera.name)
    if newest is None or not newest.ended:
        return "without an ended recording"
    return "held" if newest.held is not None else "uploading"


def _presence(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> str:
    del step
    try:
        known = context.watch.api.cameras().get(camera.place.camera)
    except FleetServiceError:
        return "out of sight, since the fleet did not answer,"
    if known is None:
        return "unknown to the fleet"
    return "online" if known.get("online") else "offline"


def _at_fleet(step: Expect, camera: VirtualCamera, context: ScenarioContext) -> str:
    own = [each for each in context.watch.made if each.name == camera.name]
    made = next((each for each in reversed(own) if step.recording in (None, each.number)), None)
    if made is None:
        return "without such a recording"
    try:
        listed = context.watch.api.recordings(made.camera)
    except FleetServiceError:
        return "at a fleet that did not answer,"
    state = next((each.state for each in listed if each.id == made.recording), "unknown there")
    words = {"held": "kept", "deleted": "deleted"}
    return words.get(state, f"with recording {made.number} {state}")


LOOKS = {
    "uploading": _upload,
    "held": _upload,
    "online": _presence,
    "offline": _presence,
    "kept": _at_fleet,
    "deleted": _at_fleet,
}
