"""Looks at everything that the fleet says once a pilot is over: its JSON API, its pages and its tables."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from protocol.footage.deletion import read_deletion
from protocol.footage.format.errors import FootageError
from simulator.errors import SimulatorError
from simulator.pilot.desk import Colleague
from simulator.pilot.oracle.seen import (
    PilotSeen,
    SeenFootage,
    SeenIncident,
    SeenLetter,
    SeenRequest,
    SeenVisit,
)
from simulator.pilot.script.visit_lines import SITE

if TYPE_CHECKING:
    from simulator.pilot.context import PilotContext, VisitFootage
    from simulator.pilot.oracle.seen import Lines


def look_at_all(context: PilotContext) -> PilotSeen:
    """Look at everything; what does not answer is left as not looked at."""
    notes = context.notes
    seen = PilotSeen(notes.acts, tuple(notes.faults))
    footage = {name: _footage(each, context) for name, each in notes.footage.items()}
    requests = {name: _request(name, case, context) for name, case in notes.requests.items()}
    seen = replace(seen, footage=footage, requests={name: each for name, each in requests.items() if each})
    try:
        seen = replace(seen, visits=_visits(context))
        seen = replace(seen, incidents=_incidents(context))
        seen = replace(seen, request_lines=_lines(context, "/requests.csv?state=all"))
        return replace(seen, release_lines=_lines(context, "/releases.csv"))
    except SimulatorError:
        return seen


def _visits(context: PilotContext) -> dict[str, SeenVisit]:
    officers = {known: name for name, known in context.api.officers().items()}
    return {name: _visit(name, known, officers, context) for name, known in context.notes.visits.items()}


def _visit(name: str, known: str, officers: dict[str, str], context: PilotContext) -> SeenVisit:
    desk, who = context.desk, Colleague.SAFETY_TEAM
    told = desk.get(who, f"/visits/{known}")
    recording = context.recording_of(name)
    return SeenVisit(
        tenancy=told["tenancy"],
        place=told["place"],
        purpose=told["purpose"],
        begins=datetime.fromisoformat(told["planned"]).astimezone(UTC),
        minutes=int(told["minutes"]),
        officer=officers.get(told["officer"], told["officer"]),
        notice=told["notice"],
        consent=told["consent"],
        said=tuple((each["kind"], each["reason"]) for each in desk.get(who, f"/visits/{known}/consent")),
        cancelled=told["cancelled"] is not None,
        shows=f"/recordings/{recording}" in desk.text(who, f"/visits/{known}") if recording else None,
    )


def _footage(made: VisitFootage, context: PilotContext) -> SeenFootage:
    seen = SeenFootage(made.held, made.last_there, made.first_gone)
    if made.first_gone is None:
        return seen
    try:
        found = read_deletion(context.api.deletion(made.id))
        if found.authority != context.api.authority or found.said.get("recording") != made.id:
            return replace(seen, trouble="it is another fleet's, or another recording's")
        begun = datetime.fromisoformat(str(found.said["begun"]))
    except (SimulatorError, FootageError, KeyError, ValueError) as error:
        return replace(seen, trouble=str(error).rstrip("."))
    return replace(seen, decided=begun.astimezone(SITE).date())


def _incidents(context: PilotContext) -> tuple[SeenIncident, ...]:
    visits = {made.id: name for name, made in context.notes.footage.items()}
    listed = {each["id"]: each for each in context.desk.get(Colleague.SAFETY_TEAM, "/incidents?limit=500")}
    known = [listed.pop(each, None) for each in context.notes.incidents]
    return tuple(
        SeenIncident(each["category"], frozenset(visits.get(one, one) for one in each["recordings"]))
        for each in (*known, *listed.values())
        if each is not None
    )


def _request(name: str, case: str, context: PilotContext) -> SeenRequest | None:
    try:
        told: Any = context.desk.get(Colleague.DPO, f"/requests/{case}")
    except SimulatorError:
        return None
    seen = SeenRequest(
        reference=told["reference"],
        clocks=tuple(context.notes.clocks.get(name, ())),
        acknowledged=_day(told["acknowledged"]),
        answered=_day(told["answered"]),
        closed=told["closed"] is not None,
    )
    try:
        letters = context.desk.get(Colleague.DPO, f"/requests/{case}/letters")
    except SimulatorError:
        return seen
    return replace(
        seen,
        letters=tuple(
            SeenLetter(each["letter"], date.fromisoformat(each["dated"]), each["method"], each["text"])
            for each in letters
        ),
    )


def _lines(context: PilotContext, path: str) -> Lines:
    text = context.desk.text(Colleague.DPO, path).lstrip("\ufeff")
    return tuple(csv.DictReader(text.splitlines(keepends=True)))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
