"""The judge of a pilot: a world that is as the script lets one expect passes, and no other does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from simulator.oracle.check import Result
from simulator.oracle.judge import passed
from simulator.pilot.oracle.judge import judge_pilot
from simulator.pilot.oracle.register import release_lines, request_lines
from simulator.pilot.oracle.rules import RULES
from simulator.pilot.oracle.seen import ActFault, PilotSeen, SeenRequest, SeenVisit
from tests.support.pilots.week import a_day_later, as_it_should, week

SCRIPT = week()
RIGHT = as_it_should(SCRIPT)


def broken_by(seen: PilotSeen) -> set[str]:
    return {each.name for each in judge_pilot(SCRIPT, seen) if each.result is Result.BROKEN}


def with_visit(name: str, **more: Any) -> PilotSeen:  # noqa: ANN401 - fields
    assert RIGHT.visits is not None
    changed: SeenVisit = replace(RIGHT.visits[name], **more)
    return replace(RIGHT, visits={**RIGHT.visits, name: changed})


def with_request(name: str, change: Callable[[SeenRequest], SeenRequest]) -> PilotSeen:
    return replace(RIGHT, requests={**RIGHT.requests, name: change(RIGHT.requests[name])})


def with_letter(name: str, number: int, words: str, other: str) -> PilotSeen:
    def change(seen: SeenRequest) -> SeenRequest:
        letters = list(seen.letters or ())
        assert words in letters[number].text
        letters[number] = replace(letters[number], text=letters[number].text.replace(words, other))
        return replace(seen, letters=tuple(letters))

    return with_request(name, change)


def with_cell(number: int, column: str, text: str) -> PilotSeen:
    lines = [dict(each) for each in RIGHT.request_lines or ()]
    assert lines[number][column] != text
    lines[number][column] = text
    return replace(RIGHT, request_lines=tuple(lines))


def test_a_fleet_that_does_all_as_expected_passes_every_promise() -> None:
    # proves F10
    checks = judge_pilot(SCRIPT, RIGHT)
    assert [each.sentence for each in checks if not each.passed] == []
    assert passed(checks)
    assert {each.name for each in checks} == {each.name for each in RULES}
    assert all(each.figure is not None and each.figure.measured == each.figure.bound for each in checks)


def test_each_promise_names_what_was_measured_and_the_bound() -> None:
    figures = {each.name: each.figure for each in judge_pilot(SCRIPT, RIGHT) if each.figure is not None}
    assert (figures["consent"].bound, figures["consent"].unit) == (9.0, "visits")
    assert (figures["deletions"].bound, figures["letters"].bound) == (3.0, 4.0)


GIVEN = (("given", ""),)
BROKEN: dict[str, tuple[PilotSeen, set[str]]] = {
    "an act did not come about": (
        replace(RIGHT, faults=(ActFault("CallOff of visit V09", "the fleet refused"),)),
        {"acts"},
    ),
    "a visit is missing": (
        replace(RIGHT, visits={name: each for name, each in (RIGHT.visits or {}).items() if name != "V03"}),
        {"visits", "notices", "consent"},
    ),
    "a visit is another officer's": (with_visit("V03", officer="Officer 1"), {"visits"}),
    "a visit was not called off": (with_visit("V09", cancelled=False), {"visits"}),
    "a late notice is told as in time": (with_visit("V02", notice="sent"), {"notices"}),
    "a refusal is lost": (with_visit("V03", consent=None, said=()), {"consent"}),
    "consent that was withdrawn counts": (with_visit("V05", consent="given", said=GIVEN), {"consent"}),
    "a reason that came later is lost": (
        with_visit("V07", said=(("refused", ""), ("overridden", ""))),
        {"consent"},
    ),
    "what was asked for is lost": (with_visit("V06", said=GIVEN), {"consent"}),
    "a recording is not held": (
        replace(RIGHT, footage={**RIGHT.footage, "V04": replace(RIGHT.footage["V04"], held=False)}),
        {"footage"},
    ),
    "a recording lies by no visit": (with_visit("V04", shows=False), {"by visit"}),
    "a deletion is a day late": (a_day_later(RIGHT, "V01"), {"deletions"}),
    "what is to be kept is gone": (
        replace(
            RIGHT,
            footage={
                **RIGHT.footage,
                "V02": replace(
                    RIGHT.footage["V02"], first_gone=SCRIPT.looks_until, decided=SCRIPT.looks_until
                ),
            },
        ),
        {"deletions", "certificates"},
    ),
    "a certificate is another recording's": (
        replace(
            RIGHT,
            footage={**RIGHT.footage, "V01": replace(RIGHT.footage["V01"], trouble="it is another fleet's")},
        ),
        {"certificates"},
    ),
    "an incident lost its recording": (
        replace(RIGHT, incidents=tuple(replace(each, visits=frozenset()) for each in RIGHT.incidents or ())),
        {"incidents"},
    ),
    "an incident is missing": (replace(RIGHT, incidents=()), {"incidents"}),
    "a clock shows a day too late": (
        with_request(
            "R1",
            lambda seen: replace(
                seen, clocks=(*seen.clocks[:-1], replace(seen.clocks[-1], due=SCRIPT.looks_until))
            ),
        ),
        {"clocks"},
    ),
    "a request was never answered": (
        with_request("R3", lambda seen: replace(seen, answered=None, closed=False)),
        {"in time"},
    ),
    "a request was answered too late": (
        with_request("R3", lambda seen: replace(seen, answered=SCRIPT.looks_until.replace(year=2027))),
        {"in time"},
    ),
    "a letter does not say how to complain": (
        with_letter("R1", 1, "Information Commissioner", "somebody"),
        {"letters"},
    ),
    "a letter does not say where to complain": (
        with_letter("R3", 0, SCRIPT.landlord.complaints, "here"),
        {"letters"},
    ),
    "a refusal does not say why": (with_letter("R3", 0, "Art. 17(3)(e)", "the law"), {"letters"}),
    "a letter names another last day": (with_letter("R1", 0, "29 December", "28 December"), {"letters"}),
    "a letter is missing": (
        with_request("R1", lambda seen: replace(seen, letters=(seen.letters or ())[:1])),
        {"letters"},
    ),
    "a letter is there that nobody sent": (
        with_request("R1", lambda seen: replace(seen, letters=(seen.letters or ()) * 2)),
        {"letters"},
    ),
    "a letter is dated another day": (
        with_request(
            "R1",
            lambda seen: replace(
                seen,
                letters=tuple(replace(each, dated=SCRIPT.looks_until) for each in seen.letters or ()),
            ),
        ),
        {"letters"},
    ),
    "a line of the register is missing": (
        replace(RIGHT, request_lines=(RIGHT.request_lines or ())[1:]),
        {"requests"},
    ),
    "a line is there that nobody wrote": (
        replace(
            RIGHT,
            request_lines=(*(RIGHT.request_lines or ()), {"Reference": "REQ-2026-0009"}),
        ),
        {"requests"},
    ),
    "a line says another outcome": (with_cell(2, "Outcome", "Granted"), {"requests"}),
    "a line does not name the exemption": (with_cell(2, "Exemption", "the law says so"), {"requests"}),
    "a line says that it was late": (with_cell(0, "In time", "no"), {"requests"}),
    "a line says another day of closing": (
        with_cell(0, "Closed (UTC)", "2026-11-28 10:06:00"),
        {"requests"},
    ),
    "a release is not in the register": (replace(RIGHT, release_lines=()), {"releases"}),
    "a release says another recipient": (
        replace(
            RIGHT,
            release_lines=tuple({**each, "Recipient": "Somebody"} for each in RIGHT.release_lines or ()),
        ),
        {"releases"},
    ),
}


@pytest.mark.parametrize(("seen", "names"), BROKEN.values(), ids=list(BROKEN))
def test_what_is_wrong_breaks_the_promise_that_it_is_about(seen: PilotSeen, names: set[str]) -> None:
    # proves F10
    assert broken_by(seen) == names
    assert not passed(judge_pilot(SCRIPT, seen))


def test_every_promise_is_seen_to_break() -> None:
    assert {name for _seen, names in BROKEN.values() for name in names} == {each.name for each in RULES}


@pytest.mark.parametrize(
    ("lacking", "names"),
    [
        ({"visits": None}, {"visits", "notices", "consent", "by visit"}),
        ({"incidents": None}, {"incidents"}),
        ({"request_lines": None}, {"requests"}),
        ({"release_lines": None}, {"releases"}),
        ({"acts": 0}, {"acts"}),
    ],
)
def test_what_was_not_looked_at_is_not_evaluated_and_no_pass(
    lacking: dict[str, Any], names: set[str]
) -> None:
    # proves F10
    checks = judge_pilot(SCRIPT, replace(RIGHT, **lacking))
    assert {each.name for each in checks if each.result is Result.NOT_EVALUATED} == names
    assert not passed(checks)


@pytest.mark.parametrize("names", [["R2"], ["R1", "R2", "R3"]])
def test_letters_that_could_not_be_looked_at_are_no_pass(names: list[str]) -> None:
    # proves F10
    seen = RIGHT
    for name in names:
        seen = replace(seen, requests={**seen.requests, name: replace(RIGHT.requests[name], letters=None)})
    [letters] = [each for each in judge_pilot(SCRIPT, seen) if each.name == "letters"]
    assert (letters.result, letters.passed) == (Result.NOT_EVALUATED, False)


@pytest.mark.parametrize(
    ("seen", "lacks"),
    [
        (BROKEN["a letter does not say how to complain"][0], "that one can complain to the Commissioner"),
        (BROKEN["a letter does not say where to complain"][0], "where one can complain to the landlord"),
        (BROKEN["a refusal does not say why"][0], "why it is refused"),
        (BROKEN["a letter names another last day"][0], "by when it is answered"),
    ],
)
def test_what_a_letter_lacks_is_named(seen: PilotSeen, lacks: str) -> None:
    # proves F10
    [letters] = [each for each in judge_pilot(SCRIPT, seen) if each.name == "letters"]
    assert f"it says {lacks}" in letters.sentence


def test_the_lines_of_the_registers_are_those_that_a_reader_of_the_script_expects() -> None:
    # proves F10
    assert list(request_lines(SCRIPT))[2] == {
        "Reference": "REQ-2026-0003",
        "Kind": "Erasure",
        "Received": "2026-11-27",
        "How": "By e-mail",
        "Who asks": "A visitor of Block A flat 2",
        "For whom": "",
        "Organisation": "",
        "Rank": "",
        "Their reference": "",
        "Who answers for it": "Data protection officer",
        "Last day": "2026-12-29",
        "Extended on": "",
        "Acknowledged on": "",
        "Answered on": "2026-11-30",
        "In time": "yes",
        "Outcome": "Refused",
        "Exemption": "Art. 17(3)(e)",
        "Lawful basis": "",
        "Condition": "",
        "Recordings": "1",
        "Imports": "0",
        "Closed": "2026-11-30",
    }
    [release] = release_lines(SCRIPT)
    assert (release["Reference"], release["Answers"]) == ("REL-2026-0001", "REQ-2026-0002")
    assert (release["Last day"], release["How it is handed over"]) == (
        "2026-12-27",
        "On a medium, against a receipt",
    )
