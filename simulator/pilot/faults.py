"""What is wrong with a script as a whole, found before anything starts. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from simulator.pilot.oracle.reckoning import FIRST, LAST, clock_after
from simulator.pilot.script.request_steps import CloseRequest
from simulator.pilot.script.visit_lines import UNRECORDED, LineError, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from simulator.pilot.script.model import PilotRequest, PilotScript
    from simulator.pilot.script.visit_lines import PilotVisit

ScriptPath: TypeAlias = tuple[str | int, ...]
APART: Final = timedelta(minutes=5)
"""So far apart lie two visits of one officer at least: a recording lasts less."""


@dataclass(frozen=True, slots=True)
class ScriptFault:
    """One thing that is wrong.

    Attributes:
        sentence: What; without a full stop.
        path: Where in the script.
        word: What was written where one of several words is asked for; empty otherwise.
        known: Those words.
    """

    sentence: str
    path: ScriptPath
    word: str = ""
    known: tuple[str, ...] = ()


def script_faults(script: PilotScript, begins: date, cameras: int) -> Iterator[ScriptFault]:
    """Say what is wrong with a script.

    Args:
        script: Which.
        begins: The day on which the run begins.
        cameras: How many cameras there are: those of the first officers.
    """
    if cameras > script.officers:
        yield ScriptFault(
            f"{cameras} cameras are worn by as many officers, and there are {script.officers}", ("officers",)
        )
    if not FIRST <= begins <= script.looks_until <= LAST:
        said = (
            f"a pilot lies between {FIRST} and {LAST}, of which the bank holidays are known, and ends after"
        )
        yield ScriptFault(f"{said} it begins ({begins})", ("looks_until",))
    visits: dict[str, PilotVisit] = {}
    for position, lines in enumerate(script.visits):
        path: ScriptPath = ("visits", position, "lines")
        try:
            found = list(read_lines(lines))
        except LineError as error:
            yield ScriptFault(str(error), path, error.word, error.known)
            continue
        if lines.planned < begins:
            yield ScriptFault(f"the run begins on {begins}, after they are planned", (*path[:2], "planned"))
        for visit in found:
            if visit.name in visits:
                yield ScriptFault(f"there are two visits {visit.name}", path)
            visits[visit.name] = visit
            yield from (ScriptFault(each, path) for each in _of_visit(script, visit, cameras))
    yield from (ScriptFault(each, ("visits",)) for each in _meeting(visits.values()))
    yield from _of_incidents(script, visits)
    yield from _of_requests(script, begins, visits)


def _of_visit(script: PilotScript, visit: PilotVisit, cameras: int) -> Iterator[str]:
    if visit.officer > script.officers:
        yield f"visit {visit.name} is made by officer {visit.officer}, and there are {script.officers}"
    if visit.day <= visit.planned_on:
        yield f"visit {visit.name} is to lie after the day on which it is planned"
    if visit.day >= script.looks_until:
        yield f"visit {visit.name} is to lie before the last day, {script.looks_until}"
    sent = visit.notice_sent(script.notice_hours)
    if sent is not None and sent.date() <= visit.planned_on:
        yield f"the notice of visit {visit.name} would go out before it is planned; plan it earlier"
    if visit.recorded and visit.consent in UNRECORDED:
        yield f'visit {visit.name} is recorded, though its consent is "{visit.consent}"'
    if visit.recorded and visit.officer > cameras:
        yield f"visit {visit.name} is recorded, and officer {visit.officer} wears no camera"


def _meeting(visits: Iterable[PilotVisit]) -> Iterator[str]:
    last: dict[int, PilotVisit] = {}
    for visit in sorted(visits, key=lambda each: each.begins):
        before = last.get(visit.officer)
        if before is not None and visit.begins - before.begins < APART:
            names = f"{before.name} and {visit.name} of officer {visit.officer}"
            yield f"visits {names} lie less than 5 minutes apart"
        last[visit.officer] = visit


def _of_incidents(script: PilotScript, visits: Mapping[str, PilotVisit]) -> Iterator[ScriptFault]:
    for position, incident in enumerate(script.incidents):
        path: ScriptPath = ("incidents", position, "visits")
        yield from _recorded(incident.visits, incident.on, visits, path, same_day=True)


def _of_requests(
    script: PilotScript, begins: date, visits: Mapping[str, PilotVisit]
) -> Iterator[ScriptFault]:
    names: set[str] = set()
    for position, request in enumerate(script.requests):
        path: ScriptPath = ("requests", position)
        if request.name in names:
            yield ScriptFault(f"there are two requests {request.name}", (*path, "name"))
        names.add(request.name)
        if not begins < request.received < script.looks_until:
            said = f"request {request.name} is to come after {begins} and before {script.looks_until}"
            yield ScriptFault(said, (*path, "received"))
        yield from _of_steps(script, request, visits, path)


def _of_steps(
    script: PilotScript, request: PilotRequest, visits: Mapping[str, PilotVisit], path: ScriptPath
) -> Iterator[ScriptFault]:
    day, closed, asked = request.received, False, False
    for number, step in enumerate(request.steps):
        here: ScriptPath = (*path, "steps", number)
        if not day <= step.on < script.looks_until:
            said = f"this step is to lie from {day} on, after what comes before it, and before the last day"
            yield ScriptFault(said, (*here, "on"))
        day = max(day, step.on)
        if closed and getattr(step, "letter", "") != "restriction-ends":
            yield ScriptFault(f"request {request.name} is closed by then", (*here, "do"))
        closed = closed or (isinstance(step, CloseRequest) and not step.refused)
        yield from _recorded(getattr(step, "visits", ()), step.on, visits, (*here, "visits"))
        if step.do == "clarified" and not asked:
            yield ScriptFault("no clarification was asked for by then", (*here, "do"))
        asked = (asked or getattr(step, "letter", "") == "clarification") and step.do != "clarified"
    yield from _due(request, path)


def _due(request: PilotRequest, path: ScriptPath) -> Iterator[ScriptFault]:
    try:
        reckoned = clock_after(request, request.steps).due
    except IndexError:
        return  # it was said above that nothing was asked
    if reckoned != request.due:
        due = "no day" if reckoned is None else str(reckoned)
        said = (
            f"the last day of request {request.name} is {due} by the rules, and the script says {request.due}"
        )
        yield ScriptFault(said, (*path, "due"))


def _recorded(
    names: Iterable[str],
    on: date,
    visits: Mapping[str, PilotVisit],
    path: ScriptPath,
    *,
    same_day: bool = False,
) -> Iterator[ScriptFault]:
    for name in names:
        visit = visits.get(name)
        if visit is None:
            yield ScriptFault(f"there is no visit {name}", path)
        elif not visit.recorded:
            yield ScriptFault(f"visit {name} is not recorded", path)
        elif visit.day > on or (visit.day == on and not same_day):
            yield ScriptFault(f"visit {name} is later, on {visit.day}", path)
