"""Carries out what is done about requests, and notes after each step what their clock shows."""

from __future__ import annotations

from datetime import date, timedelta
from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final

from simulator.errors import FleetRefusalError, StepError
from simulator.pilot.desk import Colleague
from simulator.pilot.oracle.seen import SeenClock
from simulator.pilot.script.request_steps import (
    Clarified,
    CloseRequest,
    EraseFootage,
    LinkFootage,
    NoteWrong,
    PilotStep,
    ReleaseFootage,
    RestrictFootage,
    SearchFor,
    SendLetter,
    Shown,
    WatchFootage,
)

if TYPE_CHECKING:
    from simulator.pilot.agenda import TakeStep
    from simulator.pilot.script.model import PilotRequest
    from simulator.pilot.stage import PilotStage

MADE_S: Final = 1800.0
"""So long may the fleet take to make a release that was approved."""
NOT_TOLD: Final = frozenset({"name", "due", "steps", "received", "signed", "named", "asks"})
"""What of a request in the script is not what the fleet is told under that name."""


def take_request(request: PilotRequest, stage: PilotStage) -> None:
    """Write a request down.

    Raises:
        SimulatorError: The fleet refuses it.
    """
    days = {name: getattr(request, name) for name in ("received", "signed", "named")}
    body = {
        **request.model_dump(exclude=set(NOT_TOLD)),
        "name": request.asks,
        **{name: None if day is None else day.isoformat() for name, day in days.items()},
    }
    told = stage.desk.post(Colleague.DPO, "/requests", body)
    stage.notes.requests[request.name] = str(told["id"])
    _note_clock(request, 0, told, stage)
    stage.told(f"request {request.name} ({request.kind}) was written down as {told['reference']}")


def take_step(what: TakeStep, stage: PilotStage) -> None:
    """Do a step about a request.

    Raises:
        SimulatorError: It did not come about, or what has to be refused was not.
    """
    case = stage.notes.requests.get(what.request.name)
    if case is None:
        raise StepError(f"request {what.request.name} was not written down")
    name = f"request {what.request.name}: {what.step.do} {getattr(what.step, 'letter', '')}".rstrip()
    try:
        _do(what.step, case, stage)
    except FleetRefusalError as error:
        if not what.step.refused:
            raise
        says = what.step.says or ""
        if says.casefold() not in str(error).casefold():
            raise StepError(f'it was refused, and does not say "{says}": {error}') from error
        stage.told(f"{name}: refused, as it has to be")
    else:
        if what.step.refused:
            raise StepError("the fleet did not refuse it")
        stage.told(name)
    _note_clock(what.request, what.done, stage.desk.get(Colleague.DPO, f"/requests/{case}"), stage)


def _note_clock(request: PilotRequest, done: int, told: Any, stage: PilotStage) -> None:  # noqa: ANN401 - JSON
    due = None if told["due"] is None else date.fromisoformat(told["due"])
    stage.notes.clocks.setdefault(request.name, []).append(SeenClock(done, told["clock"], due))


@singledispatch
def _do(step: PilotStep, case: str, stage: PilotStage) -> None:
    raise NotImplementedError(f"internal error: no way to do {step!r} about {case} on {stage!r}")


@_do.register(SendLetter)
def _(step: SendLetter, case: str, stage: PilotStage) -> None:
    decided = {name: getattr(step, name) or "" for name in ("outcome", "exemption", "basis", "condition")}
    body = {"letter": step.letter, "words": step.words, "method": step.method, **decided}
    stage.desk.post(Colleague.DPO, f"/requests/{case}/letters", body)


@_do.register(Shown)
def _(step: Shown, case: str, stage: PilotStage) -> None:
    came = {"on": step.on.isoformat(), "how": step.how}
    stage.desk.post(Colleague.DPO, f"/requests/{case}/waits/{step.what}/met", came)


@_do.register(Clarified)
def _(step: Clarified, case: str, stage: PilotStage) -> None:
    stage.desk.post(Colleague.DPO, f"/requests/{case}/clarified", {"on": step.on.isoformat()})


@_do.register(SearchFor)
def _(step: SearchFor, case: str, stage: PilotStage) -> None:
    body = {"where": step.where, "how": step.how, "enough": step.enough}
    stage.desk.post(Colleague.DPO, f"/requests/{case}/searches", body)


@_do.register(LinkFootage)
def _(step: LinkFootage, case: str, stage: PilotStage) -> None:
    for visit in step.visits:
        body = {"recording": stage.recording_of(visit)}
        stage.desk.post(Colleague.DPO, f"/requests/{case}/recordings", body)


@_do.register(NoteWrong)
def _(step: NoteWrong, case: str, stage: PilotStage) -> None:
    for visit in step.visits:
        path = f"/requests/{case}/recordings/{stage.recording_of(visit)}/note"
        stage.desk.post(Colleague.DPO, path, {"text": step.words})


@_do.register(RestrictFootage)
def _(step: RestrictFootage, case: str, stage: PilotStage) -> None:
    del step
    stage.desk.post(Colleague.DPO, f"/requests/{case}/restrict")


@_do.register(WatchFootage)
def _(step: WatchFootage, case: str, stage: PilotStage) -> None:
    del case
    for visit in step.visits:
        path = f"/recordings/{stage.recording_of(visit)}/viewings"
        opened = stage.desk.post(Colleague.MANAGER, path, {"purpose": "A request is looked into"})
        stage.desk.delete(Colleague.MANAGER, f"/viewings/{opened['viewing']}")


@_do.register(EraseFootage)
def _(step: EraseFootage, case: str, stage: PilotStage) -> None:
    for visit in step.visits:
        path = f"/requests/{case}/recordings/{stage.recording_of(visit)}/erase"
        stage.desk.post(Colleague.DPO, path)


@_do.register(ReleaseFootage)
def _(step: ReleaseFootage, case: str, stage: PilotStage) -> None:
    drafted = stage.desk.post(
        Colleague.MANAGER,
        "/releases",
        {
            "recipient": step.recipient,
            "organisation": step.organisation,
            "purpose": step.purpose,
            "basis": step.basis,
            "condition": step.condition,
            "withheld": step.withheld,
            "method": "medium",
            "expires": (step.on + timedelta(days=step.days)).isoformat(),
            "footage": [{"recording": stage.recording_of(each)} for each in step.visits],
            "request": case,
            "initials": "CM",
        },
    )
    path = f"/releases/{drafted['id']}"
    stage.desk.post(Colleague.DPO, f"{path}/approve")

    def made() -> bool:
        return bool(stage.desk.get(Colleague.MANAGER, path)["state"] == "made")

    if not stage.until(made, MADE_S):
        trouble = stage.desk.get(Colleague.MANAGER, path)["trouble"]
        raise StepError(f"the release was not made within {MADE_S:.0f} s: {trouble or 'it says nothing'}")
    stage.desk.post(Colleague.MANAGER, f"{path}/package")
    stage.desk.post(
        Colleague.MANAGER, f"{path}/receipt", {"on": step.on.isoformat(), "receipt": step.receipt}
    )


@_do.register(CloseRequest)
def _(step: CloseRequest, case: str, stage: PilotStage) -> None:
    body = {"unanswered": step.unanswered, "why": step.why}
    stage.desk.post(Colleague.DPO, f"/requests/{case}/close", body)
