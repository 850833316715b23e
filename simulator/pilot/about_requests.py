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
    NoteShown,
    NoteWrong,
    PilotStep,
    ReleaseFootage,
    RestrictFootage,
    SearchFor,
    SendLetter,
    WatchFootage,
)

if TYPE_CHECKING:
    from simulator.pilot.agenda import TakeStep
    from simulator.pilot.context import PilotContext
    from simulator.pilot.script.model import PilotRequest

MADE_S: Final = 1800.0
"""So long may the fleet take to make a release that was approved."""
NOT_TOLD: Final = frozenset({"name", "due", "steps", "received", "signed", "named", "asks"})
"""What of a request in the script is not what the fleet is told under that name."""


def take_request(request: PilotRequest, context: PilotContext) -> None:
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
    told = context.desk.post(Colleague.DPO, "/requests", body)
    context.notes.requests[request.name] = str(told["id"])
    _note_clock(request, 0, told, context)
    context.told(f"request {request.name} ({request.kind}) was written down as {told['reference']}")


def take_step(what: TakeStep, context: PilotContext) -> None:
    """Do a step about a request.

    Raises:
        SimulatorError: It did not come about, or what has to be refused was not.
    """
    case = context.notes.requests.get(what.request.name)
    if case is None:
        raise StepError(f"request {what.request.name} was not written down")
    name = f"request {what.request.name}: {what.step.do} {getattr(what.step, 'letter', '')}".rstrip()
    try:
        _do(what.step, case, context)
    except FleetRefusalError as error:
        if not what.step.refused:
            raise
        says = what.step.says or ""
        if says.casefold() not in str(error).casefold():
            raise StepError(f'it was refused, and does not say "{says}": {error}') from error
        context.told(f"{name}: refused, as it has to be")
    else:
        if what.step.refused:
            raise StepError("the fleet did not refuse it")
        context.told(name)
    _note_clock(what.request, what.done, context.desk.get(Colleague.DPO, f"/requests/{case}"), context)


def _note_clock(request: PilotRequest, done: int, told: Any, context: PilotContext) -> None:  # noqa: ANN401 - JSON
    due = None if told["due"] is None else date.fromisoformat(told["due"])
    context.notes.clocks.setdefault(request.name, []).append(SeenClock(done, told["clock"], due))


@singledispatch
def _do(step: PilotStep, case: str, context: PilotContext) -> None:
    raise NotImplementedError(f"internal error: no way to do {step!r} about {case} on {context!r}")


@_do.register(SendLetter)
def _(step: SendLetter, case: str, context: PilotContext) -> None:
    decided = {name: getattr(step, name) or "" for name in ("outcome", "exemption", "basis", "condition")}
    body = {"letter": step.letter, "words": step.words, "method": step.method, **decided}
    context.desk.post(Colleague.DPO, f"/requests/{case}/letters", body)


@_do.register(NoteShown)
def _(step: NoteShown, case: str, context: PilotContext) -> None:
    came = {"on": step.on.isoformat(), "how": step.how}
    context.desk.post(Colleague.DPO, f"/requests/{case}/waits/{step.what}/met", came)


@_do.register(Clarified)
def _(step: Clarified, case: str, context: PilotContext) -> None:
    context.desk.post(Colleague.DPO, f"/requests/{case}/clarified", {"on": step.on.isoformat()})


@_do.register(SearchFor)
def _(step: SearchFor, case: str, context: PilotContext) -> None:
    body = {"where": step.where, "how": step.how, "enough": step.enough}
    context.desk.post(Colleague.DPO, f"/requests/{case}/searches", body)


@_do.register(LinkFootage)
def _(step: LinkFootage, case: str, context: PilotContext) -> None:
    for visit in step.visits:
        body = {"recording": context.recording_of(visit)}
        context.desk.post(Colleague.DPO, f"/requests/{case}/recordings", body)


@_do.register(NoteWrong)
def _(step: NoteWrong, case: str, context: PilotContext) -> None:
    for visit in step.visits:
        path = f"/requests/{case}/recordings/{context.recording_of(visit)}/note"
        context.desk.post(Colleague.DPO, path, {"text": step.words})


@_do.register(RestrictFootage)
def _(step: RestrictFootage, case: str, context: PilotContext) -> None:
    del step
    context.desk.post(Colleague.DPO, f"/requests/{case}/restrict")


@_do.register(WatchFootage)
def _(step: WatchFootage, case: str, context: PilotContext) -> None:
    del case
    for visit in step.visits:
        path = f"/recordings/{context.recording_of(visit)}/viewings"
        opened = context.desk.post(Colleague.MANAGER, path, {"purpose": "A request is looked into"})
        context.desk.delete(Colleague.MANAGER, f"/viewings/{opened['viewing']}")


@_do.register(EraseFootage)
def _(step: EraseFootage, case: str, context: PilotContext) -> None:
    for visit in step.visits:
        path = f"/requests/{case}/recordings/{context.recording_of(visit)}/erase"
        context.desk.post(Colleague.DPO, path)


@_do.register(ReleaseFootage)
def _(step: ReleaseFootage, case: str, context: PilotContext) -> None:
    drafted = context.desk.post(
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
            "footage": [{"recording": context.recording_of(each)} for each in step.visits],
            "request": case,
            "initials": "CM",
        },
    )
    path = f"/releases/{drafted['id']}"
    context.desk.post(Colleague.DPO, f"{path}/approve")

    def made() -> bool:
        return bool(context.desk.get(Colleague.MANAGER, path)["state"] == "made")

    if not context.until(made, MADE_S):
        trouble = context.desk.get(Colleague.MANAGER, path)["trouble"]
        raise StepError(f"the release was not made within {MADE_S:.0f} s: {trouble or 'it says nothing'}")
    context.desk.post(Colleague.MANAGER, f"{path}/package")
    context.desk.post(
        Colleague.MANAGER, f"{path}/receipt", {"on": step.on.isoformat(), "receipt": step.receipt}
    )


@_do.register(CloseRequest)
def _(step: CloseRequest, case: str, context: PilotContext) -> None:
    body = {"unanswered": step.unanswered, "why": step.why}
    context.desk.post(Colleague.DPO, f"/requests/{case}/close", body)
