"""The week of a pilot (``week.toml``), and what a fleet says that does all as it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

from simulator.pilot.oracle.expected import expected_footage, expected_visit
from simulator.pilot.oracle.letters import GROUNDS, expected_letters
from simulator.pilot.oracle.reckoning import DAY, clock_after
from simulator.pilot.oracle.register import release_lines, request_lines, request_references
from simulator.pilot.oracle.seen import (
    PilotSeen,
    SeenClock,
    SeenFootage,
    SeenIncident,
    SeenLetter,
    SeenRequest,
    SeenVisit,
)
from simulator.pilot.script.model import PilotRequest, PilotScript
from simulator.pilot.script.visit_lines import PilotVisit, visits_of
from simulator.scenario.load import parse_scenario

FILE = Path(__file__).with_name("week.toml")
TEXT = FILE.read_text(encoding="utf-8")


def week() -> PilotScript:
    """Read the script."""
    script = parse_scenario(TEXT, origin="week.toml").pilot
    assert script is not None
    return script


def as_it_should(script: PilotScript) -> PilotSeen:
    """What is seen of a fleet that does all as the script lets one expect."""
    visits = visits_of(script)
    return PilotSeen(
        acts=40,
        visits={each.name: _visit(each) for each in visits},
        footage={each.name: _footage(script, each) for each in visits if each.recorded},
        incidents=tuple(SeenIncident(each.category, frozenset(each.visits)) for each in script.incidents),
        requests={each.name: _request(script, each) for each in script.requests},
        request_lines=tuple(_said(line) for line in request_lines(script)),
        release_lines=tuple(release_lines(script)),
    )


def _visit(visit: PilotVisit) -> SeenVisit:
    wanted = expected_visit(visit)
    return SeenVisit(
        tenancy=visit.tenancy,
        place=visit.place,
        purpose=visit.purpose,
        begins=visit.begins.astimezone(UTC),
        minutes=visit.minutes,
        officer=f"Officer {visit.officer}",
        notice=wanted.notice,
        consent=wanted.consent,
        said=tuple((kind, "Why" if kind in wanted.with_reason else "") for kind in wanted.said),
        cancelled=wanted.called_off,
        shows=True if visit.recorded else None,
    )


def _footage(script: PilotScript, visit: PilotVisit) -> SeenFootage:
    gone = expected_footage(script, visit).gone_on
    there = script.looks_until if gone is None else gone - DAY
    return SeenFootage(held=True, last_there=there, first_gone=gone, decided=gone)


def _request(script: PilotScript, request: PilotRequest) -> SeenRequest:
    reference = request_references(script)[request.name]
    clocks = [clock_after(request, request.steps[:done]) for done in range(len(request.steps) + 1)]
    letters = expected_letters(request, reference, script.landlord)
    return SeenRequest(
        reference=reference,
        clocks=tuple(SeenClock(done, each.phase, each.due) for done, each in enumerate(clocks)),
        answered=_answered(request),
        closed=any(step.do == "close" for step in request.steps),
        letters=tuple(
            SeenLetter(each.letter, each.dated, each.method, "\n".join(words for words, _why in each.says))
            for each in letters
        ),
    )


def _answered(request: PilotRequest) -> date | None:
    answers = ("answer", "refusal", "others-answer", "others-refusal", "complaint-outcome")
    return next((each.on for each in request.steps if getattr(each, "letter", "") in answers), None)


def _said(line: dict[str, str]) -> dict[str, str]:
    """A line as the fleet's table has it: the law in a sentence, and the second at which it was closed."""
    exemption = f"the law says so ({line['Exemption']})" if line["Exemption"] in GROUNDS.values() else ""
    closed = f"{line['Closed']} 10:06:00" if line["Closed"] else ""
    return {**line, "Exemption": exemption, "Closed (UTC)": closed}


def a_day_later(seen: PilotSeen, visit: str) -> PilotSeen:
    """The same, but that a recording goes a day late."""
    made = seen.footage[visit]
    assert made.first_gone is not None
    late = replace(made, last_there=made.first_gone, first_gone=made.first_gone + timedelta(days=1))
    return replace(seen, footage={**seen.footage, visit: late})
