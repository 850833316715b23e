"""Carries out what officers do on their visits: what is said at the door, and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.errors import StepError
from simulator.pilot.context import VisitFootage
from simulator.pilot.desk import Colleague
from simulator.pilot.script.visit_lines import CONSENTS

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.pilot.context import PilotContext
    from simulator.pilot.script.visit_lines import PilotVisit

REASON: Final = "There was no time to ask: the officer felt at risk"
AT_DOOR_S: Final = (5.0, 60.0)
"""Between these lies the time from the door to what is said there, as the seed draws it."""
RECORDED_S: Final = (4.0, 9.0)
"""Between these lies how long is recorded after the press."""
RING_S, RECEIPT_S = 60.0, 600.0
"""So long may a camera take until it can record, and the fleet until it has it all."""
LATER: Final = ("withdrawn",)
"""What is said once the recording has begun."""


def visit_door(visit: PilotVisit, context: PilotContext) -> None:
    """Be at a visit.

    Raises:
        SimulatorError: Something of it did not come about.
    """
    context.pass_by(context.draw.uniform(*AT_DOOR_S))
    said = CONSENTS[visit.consent]
    for kind in said:
        if kind not in LATER:
            _say(visit, kind, context)
    if visit.recorded:
        _record(visit, context)
    for kind in said:
        if kind in LATER:
            _say(visit, kind, context)
    recorded = ", recorded" if visit.recorded else ""
    context.told(f"visit {visit.name} by officer {visit.officer}: consent {visit.consent}{recorded}")


def say_why(visit: PilotVisit, context: PilotContext) -> None:
    """Give the reason of an override afterwards.

    Raises:
        SimulatorError: The fleet refuses it.
    """
    path = f"/visits/{context.notes.visits[visit.name]}/consent"
    entries = context.desk.get(Colleague.SAFETY_TEAM, path)
    entry = next((each for each in entries if each["kind"] == "overridden"), None)
    if entry is None:
        raise StepError(f"visit {visit.name} has no override whose reason could be given")
    context.desk.post(Colleague.SAFETY_TEAM, f"{path}/{entry['id']}/reason", {"reason": REASON})
    context.told(f"the reason of visit {visit.name} was given")


def _say(visit: PilotVisit, kind: str, context: PilotContext) -> None:
    later = visit.consent == "overridden, reason later"
    reason = REASON if kind == "not asked" or (kind == "overridden" and not later) else ""
    path = f"/visits/{context.notes.visits[visit.name]}/consent"
    context.desk.post(Colleague.SAFETY_TEAM, path, {"kind": kind, "reason": reason})
    context.pass_by(1)


def _record(visit: PilotVisit, context: PilotContext) -> None:
    camera = context.cameras[visit.officer]
    camera.power_on()
    try:
        made = _pressed(visit, camera, context)
        made.held = context.until(lambda: _is_held(made.id, camera, context), RECEIPT_S)
    finally:
        camera.shut_down()


def _pressed(visit: PilotVisit, camera: VirtualCamera, context: PilotContext) -> VisitFootage:
    def ready() -> bool:
        return float(camera.ask("status")["prerecord_s"]) >= camera.spec.window_s - 1

    if not context.until(ready, RING_S):
        raise StepError(f"the ring of {camera.name} was not full after {RING_S:.0f} s")
    answer = camera.ask("press")
    made = context.notes.footage[visit.name] = VisitFootage(str(answer["recording"]))
    context.pass_by(context.draw.uniform(*RECORDED_S))
    camera.ask("stop")
    return made


def _is_held(recording: str, camera: VirtualCamera, context: PilotContext) -> bool:
    listed = context.api.recordings(camera.place.camera)
    return any(each.id == recording and each.state == "held" and each.receipt for each in listed)
