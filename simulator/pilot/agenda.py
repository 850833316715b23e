"""A script as one list of acts, each with its moment. Pure.

Times of a day at the site: visits are planned at half past seven, requests come at half past nine, and what
is done about them begins at ten, a minute apart, so that it is before the look at noon; incidents are opened
at five.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from simulator.pilot.oracle.register import in_order
from simulator.pilot.script.visit_lines import SITE, PilotVisit, read_lines, visits_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.pilot.script.model import PilotIncident, PilotRequest, PilotScript
    from simulator.pilot.script.request_steps import PilotStep

PLANNING: Final = time(7, 30)
RECEIVING: Final = time(9, 30)
WORKING: Final = time(10, 0)
NOON: Final = time(12, 0)
OPENING: Final = time(17, 0)
MINUTE: Final = timedelta(minutes=1)
SECOND: Final = timedelta(seconds=1)
REASON_AFTER: Final = timedelta(hours=30)
"""So long after the door a reason comes that is given later."""


@dataclass(frozen=True, slots=True)
class PlanVisits:
    """Plan visits, all at once or one after the other."""

    visits: tuple[PilotVisit, ...]
    at_once: bool


@dataclass(frozen=True, slots=True)
class SendNotice:
    """Note that a visit's notice was sent."""

    visit: PilotVisit


@dataclass(frozen=True, slots=True)
class CallOff:
    """Call a visit off."""

    visit: PilotVisit


@dataclass(frozen=True, slots=True)
class KnockAtDoor:
    """Be at a visit: say what was said of being recorded, and record."""

    visit: PilotVisit


@dataclass(frozen=True, slots=True)
class SayWhy:
    """Say afterwards why somebody was recorded without consent."""

    visit: PilotVisit


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """Open an incident."""

    incident: PilotIncident


@dataclass(frozen=True, slots=True)
class TakeRequest:
    """Write a request down."""

    request: PilotRequest


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Do a step about a request; ``done`` counts it with those before it."""

    request: PilotRequest
    step: PilotStep
    done: int


@dataclass(frozen=True, slots=True)
class LookAtNoon:
    """Look which recordings are still there."""

    day: date


WhatIsDone: TypeAlias = (
    PlanVisits
    | SendNotice
    | CallOff
    | KnockAtDoor
    | SayWhy
    | OpenIncident
    | TakeRequest
    | TakeStep
    | LookAtNoon
)


@dataclass(frozen=True, slots=True)
class PilotAct:
    """An act: when it begins, at the site, and what is done."""

    at: datetime
    what: WhatIsDone


def agenda_of(script: PilotScript, begins: date) -> tuple[PilotAct, ...]:
    """Return the acts of a script in order, those of one moment as the script has them.

    Args:
        script: What is to be done.
        begins: The day on which the run begins; it is looked from the next one on.
    """
    acts = [*_planning(script), *_visits(script), *_incidents(script), *_requests(script)]
    day = begins + timedelta(days=1)
    while day <= script.looks_until:
        acts.append(PilotAct(_at(day, NOON), LookAtNoon(day)))
        day += timedelta(days=1)
    return tuple(sorted(acts, key=lambda each: each.at))


def _planning(script: PilotScript) -> Iterator[PilotAct]:
    for lines in script.visits:
        yield PilotAct(
            _at(lines.planned, PLANNING), PlanVisits(tuple(read_lines(lines)), lines.by == "table")
        )


def _visits(script: PilotScript) -> Iterator[PilotAct]:
    for visit in visits_of(script):
        sent = visit.notice_sent(script.notice_hours)
        if sent is not None:
            yield PilotAct(sent, SendNotice(visit))
        if visit.called_off:
            yield PilotAct(visit.begins - timedelta(hours=1), CallOff(visit))
        else:
            yield PilotAct(visit.begins, KnockAtDoor(visit))
        if visit.consent == "overridden, reason later":
            yield PilotAct(visit.begins + REASON_AFTER, SayWhy(visit))


def _incidents(script: PilotScript) -> Iterator[PilotAct]:
    for incident in script.incidents:
        yield PilotAct(_at(incident.on, OPENING), OpenIncident(incident))


def _requests(script: PilotScript) -> Iterator[PilotAct]:
    for position, request in enumerate(in_order(script)):
        yield PilotAct(_at(request.received, RECEIVING) + position * SECOND, TakeRequest(request))
        for number, step in enumerate(request.steps, 1):
            yield PilotAct(_at(step.on, WORKING) + number * MINUTE, TakeStep(request, step, number))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SITE)
