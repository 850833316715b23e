"""Carries out what officers do on their visits: what is said at the door, and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.errors import StepError
from simulator.pilot.desk import Colleague
from simulator.pilot.script.visit_lines import CONSENTS
from simulator.pilot.stage import MadeFootage

if TYPE_CHECKING:
    from simulator.cameras.camera import VirtualCamera
    from simulator.pilot.script.visit_lines import PilotVisit
    from simulator.pilot.stage import PilotStage

REASON: Final = "There was no time to ask: the officer felt at risk"
AT_DOOR_S: Final = (5.0, 60.0)
"""Between these lies the time from the door to what is said there, as the seed draws it."""
RECORDED_S: Final = (4.0, 9.0)
"""Between these lies how long is recorded after the press."""
RING_S, RECEIPT_S = 60.0, 600.0
"""So long may a camera take until it can record, and the fleet until it has it all."""
LATER: Final = ("withdrawn",)
"""What is said once the recording has begun."""


def visit_door(visit: PilotVisit, stage: PilotStage) -> None:
    """Be at a visit.

    Raises:
        SimulatorError: Something of it did not come about.
    """
    stage.pass_by(stage.draw.uniform(*AT_DOOR_S))
    said = CONSENTS[visit.consent]
    for kind in said:
        if kind not in LATER:
            _say(visit, kind, stage)
    if visit.recorded:
        _record(visit, stage)
    for kind in said:
        if kind in LATER:
            _say(visit, kind, stage)
    recorded = ", recorded" if visit.recorded else ""
    stage.told(f"visit {visit.name} by officer {visit.officer}: consent {visit.consent}{recorded}")


def say_why(visit: PilotVisit, stage: PilotStage) -> None:
    """Give the reason of an override afterwards.

    Raises:
        SimulatorError: The fleet refuses it.
    """
    path = f"/visits/{stage.notes.visits[visit.name]}/consent"
    entries = stage.desk.get(Colleague.SAFETY_TEAM, path)
    entry = next((each for each in entries if each["kind"] == "overridden"), None)
    if entry is None:
        raise StepError(f"visit {visit.name} has no override whose reason could be given")
    stage.desk.post(Colleague.SAFETY_TEAM, f"{path}/{entry['id']}/reason", {"reason": REASON})
    stage.told(f"the reason of visit {visit.name} was given")


def _say(visit: PilotVisit, kind: str, stage: PilotStage) -> None:
    later = visit.consent == "overridden, reason later"
    reason = REASON if kind == "not asked" or (kind == "overridden" and not later) else ""
    path = f"/visits/{stage.notes.visits[visit.name]}/consent"
    stage.desk.post(Colleague.SAFETY_TEAM, path, {"kind": kind, "reason": reason})
    stage.pass_by(1)


def _record(visit: PilotVisit, stage: PilotStage) -> None:
    camera = stage.cameras[visit.officer]
    camera.power_on()
    try:
        made = _pressed(visit, camera, stage)
        made.held = stage.until(lambda: _is_held(made.id, camera, stage), RECEIPT_S)
    finally:
        camera.shut_down()


def _pressed(visit: PilotVisit, camera: VirtualCamera, stage: PilotStage) -> MadeFootage:
    def ready() -> bool:
        return float(camera.ask("status")["prerecord_s"]) >= camera.spec.window_s - 1

    if not stage.until(ready, RING_S):
        raise StepError(f"the ring of {camera.name} was not full after {RING_S:.0f} s")
    answer = camera.ask("press")
    made = stage.notes.footage[visit.name] = MadeFootage(str(answer["recording"]))
    stage.pass_by(stage.draw.uniform(*RECORDED_S))
    camera.ask("stop")
    return made


def _is_held(recording: str, camera: VirtualCamera, stage: PilotStage) -> bool:
    listed = stage.api.recordings(camera.place.camera)
    return any(each.id == recording and each.state == "held" and each.receipt for each in listed)
