"""Carries out the acts of a pilot: visits planned and told of, incidents, requests, looks."""

from __future__ import annotations

import html
from datetime import UTC, date
from functools import singledispatch
from typing import TYPE_CHECKING

from simulator.errors import StepError
from simulator.oracle.facts.at_fleet import GONE
from simulator.pilot import at_door
from simulator.pilot.about_requests import take_request, take_step
from simulator.pilot.agenda import (
    CallOff,
    KnockAtDoor,
    LookAtNoon,
    OpenIncident,
    PlanVisits,
    SayWhy,
    SendNotice,
    TakeRequest,
    TakeStep,
)
from simulator.pilot.desk import Colleague
from simulator.pilot.script.visit_lines import SITE

if TYPE_CHECKING:
    from simulator.pilot.agenda import WhatIsDone
    from simulator.pilot.context import PilotContext
    from simulator.pilot.script.visit_lines import PilotVisit

HEADING = "tenancy,place,purpose,day,time,minutes,officer"


@singledispatch
def do(what: WhatIsDone, context: PilotContext) -> None:
    """Carry an act out.

    Raises:
        SimulatorError: It did not come about.
    """
    raise NotImplementedError(f"internal error: no way to do {what!r} on {context!r}")


@do.register(PlanVisits)
def _(what: PlanVisits, context: PilotContext) -> None:
    desk = context.desk
    if what.at_once:
        rows = [_row(each) for each in what.visits]
        page = desk.form(
            Colleague.SAFETY_TEAM, "/visits/table", {"table": "\n".join([HEADING, *rows]), "take": "yes"}
        )
        if page:
            raise StepError(f"the fleet did not take the table of visits: {_faults(page)}")
        _find(what.visits, context)
    else:
        for visit in what.visits:
            planned = desk.post(Colleague.SAFETY_TEAM, "/visits", _body(visit, context))
            context.notes.visits[visit.name] = str(planned["id"])
    context.told(f"{len(what.visits)} visits were planned")


@do.register(SendNotice)
def _(what: SendNotice, context: PilotContext) -> None:
    path = f"/visits/{context.notes.visits[what.visit.name]}/notices"
    context.desk.post(Colleague.SAFETY_TEAM, path, {"way": "post", "sent": context.utc().isoformat()})
    context.told(f"the notice of visit {what.visit.name} was sent")


@do.register(CallOff)
def _(what: CallOff, context: PilotContext) -> None:
    path = f"/visits/{context.notes.visits[what.visit.name]}/cancel"
    context.desk.post(Colleague.SAFETY_TEAM, path, {"reason": "The tenant is away"})
    context.told(f"visit {what.visit.name} was called off")


@do.register(KnockAtDoor)
def _(what: KnockAtDoor, context: PilotContext) -> None:
    at_door.visit_door(what.visit, context)


@do.register(SayWhy)
def _(what: SayWhy, context: PilotContext) -> None:
    at_door.say_why(what.visit, context)


@do.register(OpenIncident)
def _(what: OpenIncident, context: PilotContext) -> None:
    incident = what.incident
    visits = {each["id"]: each for each in _listed(context, incident.on)}
    first = context.notes.visits[incident.visits[0]]
    known = visits.get(first) or context.desk.get(Colleague.SAFETY_TEAM, f"/visits/{first}")
    opened = context.desk.post(
        Colleague.SAFETY_TEAM,
        "/incidents",
        {
            "place": known["place"],
            "category": incident.category,
            "happened": known["planned"],
            "what": incident.what,
            "people": list(incident.people),
            "recordings": [context.recording_of(each) for each in incident.visits],
        },
    )
    context.notes.incidents.append(str(opened["id"]))
    context.told(f"an incident was opened ({incident.category}): {', '.join(incident.visits)}")


@do.register(TakeRequest)
def _(what: TakeRequest, context: PilotContext) -> None:
    take_request(what.request, context)


@do.register(TakeStep)
def _(what: TakeStep, context: PilotContext) -> None:
    take_step(what, context)


@do.register(LookAtNoon)
def _(what: LookAtNoon, context: PilotContext) -> None:
    gone = {each.id for each in context.api.recordings() if each.state in GONE}
    for name, made in context.notes.footage.items():
        if made.id not in gone:
            made.last_there = what.day
        elif made.first_gone is None:
            made.first_gone = what.day
            context.told(f"the recording of visit {name} is gone")


def _listed(context: PilotContext, day: date) -> list[dict[str, str]]:
    start, end = f"{day}T00:00:00Z", f"{day}T23:59:59Z"
    found: list[dict[str, str]] = context.desk.get(Colleague.SAFETY_TEAM, f"/visits?from={start}&to={end}")
    return found


def _find(visits: tuple[PilotVisit, ...], context: PilotContext) -> None:
    """Learn what the fleet calls the visits of a table: by tenancy and time, which no two share."""
    wanted = {(each.tenancy, each.begins.astimezone(UTC).isoformat()): each.name for each in visits}
    for day in sorted({each.begins.astimezone(UTC).date() for each in visits}):
        for told in _listed(context, day):
            name = wanted.get((told["tenancy"], told["planned"].replace("Z", "+00:00")))
            if name is not None:
                context.notes.visits[name] = told["id"]
    lacking = [each.name for each in visits if each.name not in context.notes.visits]
    if lacking:
        raise StepError(f"the fleet does not tell of visit {lacking[0]}, which was in the table")


def _row(visit: PilotVisit) -> str:
    begins = visit.begins.astimezone(SITE)
    cells = (visit.tenancy, visit.place, visit.purpose, f"{begins:%Y-%m-%d}", f"{begins:%H:%M}")
    return ",".join(f'"{each}"' for each in (*cells, str(visit.minutes), f"Officer {visit.officer}"))


def _body(visit: PilotVisit, context: PilotContext) -> dict[str, object]:
    return {
        "tenancy": visit.tenancy,
        "place": visit.place,
        "purpose": visit.purpose,
        "planned": visit.begins.isoformat(),
        "minutes": visit.minutes,
        "officer": context.api.officer(f"Officer {visit.officer}"),
    }


def _faults(page: str) -> str:
    """What a page says in its alert; its title where it has none."""
    for mark in ('role="alert"', "<title"):
        if mark in page:
            text = page.split(mark, 1)[1].split(">", 1)[1].split("<", 1)[0]
            return " ".join(html.unescape(text).split())
    return "it shows the table again"
