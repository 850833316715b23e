"""Holds what the fleet said against what the script lets one expect. Pure.

Rules:

* Every promise is named, with how many of how many held; of those that did not the first is told.
* What could not be looked at is not evaluated, and a run with that has not passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.oracle.rule import Tally
from simulator.pilot.oracle.expected import expected_footage, expected_visit
from simulator.pilot.oracle.letters import expected_letters
from simulator.pilot.oracle.reckoning import clock_after
from simulator.pilot.oracle.register import NAMING, release_lines, request_lines, request_references
from simulator.pilot.oracle.rules import (
    ACTS,
    BY_VISIT,
    CERTIFIED,
    CLOCKS,
    CONSENT,
    DELETED,
    HELD,
    IN_TIME,
    INCIDENTS,
    LETTERS,
    NOTICES,
    PLANNED,
    RELEASES,
    REQUESTS,
)
from simulator.pilot.script.visit_lines import visits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.oracle.check import Check
    from simulator.oracle.rule import NamedRule
    from simulator.pilot.oracle.letters import ExpectedLetter
    from simulator.pilot.oracle.seen import PilotSeen, SeenLetter, SeenRequest
    from simulator.pilot.script.model import PilotRequest, PilotScript
    from simulator.pilot.script.visit_lines import PilotVisit

NOT_LOOKED: Final = "the fleet could not be asked"


def judge_pilot(script: PilotScript, seen: PilotSeen) -> tuple[Check, ...]:
    """Judge a pilot.

    Args:
        script: What was to happen.
        seen: What was seen.
    """
    visits = visits_of(script)
    return (
        _acts(seen),
        *_visits(visits, seen),
        *_footage(script, visits, seen),
        _incidents(script, seen),
        *_clocks(script, seen),
        _letters(script, seen),
        _register(REQUESTS, list(request_lines(script)), seen.request_lines),
        _register(RELEASES, list(release_lines(script)), seen.release_lines),
    )


def _acts(seen: PilotSeen) -> Check:
    tally = Tally(ACTS, "acts")
    tally.looked = seen.acts - len(seen.faults)
    for each in seen.faults:
        tally.broke(each.act, "it is to come about as the script says", each.came)
    return tally.check(none_said="nothing was done")


def _visits(visits: Sequence[PilotVisit], seen: PilotSeen) -> Iterator[Check]:
    planned, notices, consent = (
        Tally(PLANNED, "visits"),
        Tally(NOTICES, "visits"),
        Tally(CONSENT, "visits"),
    )
    for visit in visits if seen.visits is not None else ():
        wanted, found = expected_visit(visit), (seen.visits or {}).get(visit.name)
        what = f"visit {visit.name}"
        if found is None:
            for tally in (planned, notices, consent):
                tally.broke(what, "it was planned", "the fleet does not tell of it")
            continue
        as_planned = (
            visit.tenancy,
            visit.place,
            visit.purpose,
            visit.begins,
            visit.minutes,
            f"Officer {visit.officer}",
            wanted.called_off,
        )
        told = (found.tenancy, found.place, found.purpose, found.begins, found.minutes, found.officer)
        _hold(planned, what, as_planned, (*told, found.cancelled))
        _hold(notices, what, wanted.notice, found.notice)
        said = tuple(kind for kind, _reason in found.said)
        reasons = tuple(kind for kind, reason in found.said if reason)
        _hold(
            consent,
            what,
            (wanted.consent, wanted.said, wanted.with_reason),
            (found.consent, said, reasons),
        )
    for tally in (planned, notices, consent):
        yield tally.check(none_said=NOT_LOOKED)


def _footage(script: PilotScript, visits: Sequence[PilotVisit], seen: PilotSeen) -> Iterator[Check]:
    held, by_visit = Tally(HELD, "recordings"), Tally(BY_VISIT, "recordings")
    deleted, certified = Tally(DELETED, "recordings"), Tally(CERTIFIED, "deletions")
    for visit in (each for each in visits if each.recorded):
        what, found = f"the recording of visit {visit.name}", seen.footage.get(visit.name)
        told = None if seen.visits is None else seen.visits.get(visit.name)
        if found is None:
            for tally in (held, by_visit, deleted):
                tally.broke(what, "the script has it recorded", "there is none")
            continue
        _hold(held, what, wanted=True, came=found.held)
        if told is not None:
            _hold(by_visit, what, wanted=True, came=told.shows)
        wanted = expected_footage(script, visit)
        expected = f"it goes on {_day(wanted.gone_on)} ({wanted.why})"
        if found.first_gone == wanted.gone_on:
            deleted.held()
        else:
            came = f"it was gone first on {_day(found.first_gone)}, there last on {_day(found.last_there)}"
            deleted.broke(what, expected, came)
        if found.first_gone is not None:
            decided = found.trouble or f"decided on {_day(found.decided)}"
            _hold(certified, what, f"decided on {_day(wanted.gone_on)}", decided)
    yield held.check(none_said="nothing was recorded")
    yield by_visit.check(none_said=NOT_LOOKED)
    yield deleted.check(none_said="nothing was recorded")
    yield certified.check(none_said="nothing was deleted", asked=False)


def _incidents(script: PilotScript, seen: PilotSeen) -> Check:
    tally = Tally(INCIDENTS, "incidents")
    wanted = sorted(script.incidents, key=lambda each: each.on)
    for number, each in enumerate(wanted if seen.incidents is not None else ()):
        what = f"the incident of {each.on} ({each.category})"
        found = (seen.incidents or ())[number : number + 1]
        came = [(one.category, sorted(one.visits)) for one in found]
        _hold(tally, what, [(each.category, sorted(each.visits))], came)
    more = len(seen.incidents or ()) - len(wanted)
    if more > 0:
        tally.broke("the incidents", f"the script has {len(wanted)}", f"there are {more} more")
    return tally.check(none_said="the script has none" if not wanted else NOT_LOOKED, asked=bool(wanted))


def _clocks(script: PilotScript, seen: PilotSeen) -> Iterator[Check]:
    shown, met = Tally(CLOCKS, "looks at clocks"), Tally(IN_TIME, "requests with a last day")
    for request in script.requests:
        found = seen.requests.get(request.name)
        what = f"request {request.name}"
        if found is None:
            shown.broke(what, "it was written down", "the fleet does not tell of it")
            met.broke(what, "it is to be answered", "the fleet does not tell of it")
            continue
        for look in found.clocks:
            wanted = clock_after(request, request.steps[: look.after])
            at = f"{what} after {look.after} of {len(request.steps)} steps"
            _hold(shown, at, (wanted.phase, _day(wanted.due)), (look.phase, _day(look.due)))
        _met(met, what, request, found)
    yield shown.check(none_said="the script has no request", asked=bool(script.requests))
    yield met.check(none_said="the script has no request with a last day", asked=bool(script.requests))


def _met(tally: Tally, what: str, request: PilotRequest, found: SeenRequest) -> None:
    due = clock_after(request, request.steps).due
    if due is None:
        return
    done = [day for day in (found.acknowledged, found.answered) if day is not None]
    if not done and found.closed:
        tally.held()  # it was withdrawn
        return
    came = f"it was met on {_day(min(done, default=None))}"
    if done and min(done) <= due:
        tally.held()
    else:
        tally.broke(what, f"it is due on {due}", came)


def _letters(script: PilotScript, seen: PilotSeen) -> Check:
    tally, unseen = Tally(LETTERS, "letters"), []
    references = request_references(script)
    for request in script.requests:
        found = seen.requests.get(request.name)
        kept = None if found is None else found.letters
        if kept is None:
            unseen.append(request.name)
            continue
        wanted = expected_letters(request, references[request.name], script.landlord)
        for number, letter in enumerate(wanted):
            what = f"letter {number + 1} ({letter.letter}) of {request.name}"
            _letter(tally, what, letter, kept[number:][:1])
        for extra in kept[len(wanted) :]:
            what = f"a letter ({extra.letter}) of {request.name}"
            tally.broke(what, "the script has none there", "it is kept")
    if unseen and not tally.wrong:
        return LETTERS.not_looked_at(f"those of {', '.join(unseen)} could not be looked at")
    return tally.check(none_said="the script has no letter", asked=bool(script.requests))


def _letter(tally: Tally, what: str, wanted: ExpectedLetter, kept: Sequence[SeenLetter]) -> None:
    if not kept:
        tally.broke(what, "it was sent", "it is not kept")
        return
    found = kept[0]
    if (found.letter, found.dated, found.method) != (wanted.letter, wanted.dated, wanted.method):
        tally.broke(
            what,
            f"{wanted.letter}, dated {wanted.dated}, {wanted.method}",
            f"{found.letter}, dated {found.dated}, {found.method}",
        )
        return
    text = " ".join(found.text.split())
    for words, why in wanted.says:
        if " ".join(words.split()) not in text:
            tally.broke(what, f'it says {why}: "{words}"', "it does not")
            return
    tally.held()


def _register(
    rule: NamedRule, wanted: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, str]] | None
) -> Check:
    tally = Tally(rule, "lines")
    if found is None:
        return rule.not_looked_at(NOT_LOOKED, asked=bool(wanted))
    lines = {each.get("Reference", ""): each for each in found}
    for line in wanted:
        reference = line["Reference"]
        there = lines.pop(reference, None)
        if there is None:
            tally.broke(f"the line {reference}", "the script has it", "it is missing")
            continue
        differing = [
            (name, text, _cell(there, name)) for name, text in line.items() if not reads(there, name, text)
        ]
        if differing:
            name, text, came = differing[0]
            tally.broke(f"{name} of {reference}", f'"{text}" is to stand there', f'"{came}"')
        else:
            tally.held()
    for reference in lines:
        tally.broke(f"the line {reference}", "the script has none", "it is there")
    return tally.check(none_said="the script has no line in it", asked=bool(wanted))


def _cell(line: Mapping[str, str], name: str) -> str:
    # The day alone is the script's: at which second something was closed depends on the run.
    return line.get("Closed (UTC)", "")[:10] if name == "Closed" else line.get(name, "no such column")


def reads(line: Mapping[str, str], name: str, text: str) -> bool:
    """Say whether a cell of a register's line reads as it has to; the law has to be named in it."""
    cell = _cell(line, name)
    return (bool(text) is bool(cell) and text in cell) if name in NAMING else cell == text


def _hold(tally: Tally, what: str, wanted: object, came: object) -> None:
    if wanted == came:
        tally.held()
    else:
        tally.broke(what, f"{_words(wanted)} is expected", _words(came))


def _words(value: object) -> str:
    if isinstance(value, tuple | list):
        return "(" + ", ".join(_words(each) for each in value) + ")"
    return "nothing" if value is None else str(value)


def _day(day: object) -> str:
    return "no day" if day is None else str(day)
