"""A pilot's script: what is wrong with it is said with its line and column before anything starts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from simulator.pilot.agenda import KnockAtDoor, LookAtNoon, SendNotice, TakeStep, agenda_of
from simulator.pilot.oracle.expected import expected_footage, held_by
from simulator.pilot.script.visit_lines import CONSENTS, SITE, visits_of
from simulator.scenario.language.read import read_scenario
from simulator.scenario.load import load_scenario, read_text
from tests.support.pilots.week import TEXT, week

SCRIPT = week()


def said_of(text: str) -> list[tuple[int, int, str]]:
    return [(each.place.line, each.place.column, each.sentence) for each in read_scenario(text).problems]


def line_of(words: str) -> int:
    return TEXT[: TEXT.index(words)].count("\n") + 1


MISTAKES = [
    ('do = "erase", on', 'do = "erese", on', 'did you mean "erase"?'),
    (
        'do = "search", on = 2026-11-27',
        'do = "search", in = 2026-11-27',
        "is not a key that is known here; known here: do, on",
    ),
    ('letter = "received" }', 'letter = "recieved" }', 'did you mean "received"?'),
    ('kind = "police"', 'kind = "polise"', 'did you mean "police"?'),
    ("due = 2026-12-29", "due = 2026-12-28", "is 2026-12-29 by the rules, and the script says 2026-12-28"),
    ("looks_until = 2026-12-02", "looks_until = 2028-12-02", "of which the bank holidays are known"),
    ("received = 2026-11-26", "received = 2026-11-23", "is to come after 2026-11-23"),
    ('exemption = "claims", ', 'exemtion = "claims", ', 'did you mean "exemption"?'),
    ('words = "It was deleted." }', 'words = "" }', "this letter needs words"),
    (
        'letter = "received" }',
        'letter = "complaint-outcome", words = "We looked." }',
        "this letter needs outcome: upheld",
    ),
    (
        'outcome = "granted", words = "It was',
        'outcome = "upheld", words = "It was',
        "are outcomes of a complaint, and no others are",
    ),
    ("deletes = true", "deletes = false", "set deletes = true"),
    ("begins = 2026-11-23\n", "", "say on which day it begins"),
    ('time = "virtual"\nbegins = 2026-11-23', 'time = "real"', "is played in virtual time"),
    ("officers = 3", "officers = 1", "2 cameras are worn by as many officers"),
    ('name = "R3"', 'name = "R1"', "there are two requests R1"),
    ('organisation = "The police"\nrank', "rank", "organisation is of police"),
    ('visits = ["V02"]\ncategory', 'visits = ["V03"]\ncategory', "visit V03 is not recorded"),
    ('on = 2026-11-26, visits = ["V01"]', 'on = 2026-11-26, visits = ["V10"]', "there is no visit V10"),
    ('do = "close", on = 2026-11-27 },', 'do = "close", on = 2026-11-26 },', "is to lie from 2026-11-27 on"),
    ('on = 2026-11-25\nvisits = ["V02"]', 'on = 2026-11-24\nvisits = ["V02"]', "visit V02 is later"),
    ("refused = true, says", "refused = false, says", "it goes with refused = true"),
]


@pytest.mark.parametrize(("was", "is_now", "says"), MISTAKES, ids=[each[2] for each in MISTAKES])
def test_a_mistake_is_told_with_its_line(was: str, is_now: str, says: str) -> None:
    # proves F6
    assert was in TEXT
    found = said_of(TEXT.replace(was, is_now, 1))
    assert [each for each in found if says in each[2]], found
    assert all(line > 1 and column >= 1 for line, column, said in found if says in said), found


def test_a_mistake_in_a_step_is_told_at_the_step_s_own_place() -> None:
    text = TEXT.replace('do = "erase", on', 'do = "erese", on', 1)
    [(line, column, _said)] = said_of(text)
    assert (line, text.splitlines()[line - 1][column - 1 :][:4]) == (line_of('do = "erase", on'), "do =")


LINES = [
    ("Repair, in time, refused, no", "Repair, in time, refusd, no", 'did you mean "refused"?'),
    ("Repair, in time, refused, no", "Repair, in time, refused, yes", "though its consent is"),
    ("Repair, in time, refused, no", "Repair, in time, refused", "has 10 columns"),
    ("visit, day, time,", "visit, day, tme,", 'did you mean "time"?'),
    ("visit, day, time, minutes,", "visit, day, minutes,", "time is not among them"),
    ("2026-11-25, 10:00, 30, 3", "2026-11-25, 10.00, 30, 3", "write the time as 09:05"),
    ("T-003, Block A flat 3", '"T-003" x, Block A flat 3', "that is no table of commas"),
    ("V03, 2026-11-25", "V03, 25 November", "write the day as 2026-11-25"),
    ("10:00, 30, 3, T-003", "10:00, 30, 4, T-003", "made by officer 4, and there are 3"),
    ("10:00, 30, 3, T-003", "10:00, many, 3, T-003", "minutes is a whole number"),
    ("T-003, Block A flat 3,", ", Block A flat 3,", "tenancy is empty"),
    ("V03, 2026-11-25", "V02, 2026-11-25", "there are two visits V02"),
    ("V03, 2026-11-25", "v03, 2026-11-25", "is no name of a visit"),
    ("V03, 2026-11-25", "V03, 2026-11-23", "is to lie after the day on which it is planned"),
    ("V03, 2026-11-25", "V03, 2026-12-24", "is to lie before the last day"),
    ("V03, 2026-11-25, 10:00", "V03, 2026-11-24, 10:00", "would go out before it is planned"),
    ("V05, 2026-11-26, 09:00", "V05, 2026-11-25, 09:31", "lie less than 5 minutes apart"),
    ("planned = 2026-11-23", "planned = 2026-11-22", "after they are planned"),
    (
        "V06, 2026-11-26, 09:00, 30, 3, T-006, Block A flat 6, Repair, in time, asked for, no",
        "V06, 2026-11-26, 09:00, 30, 3, T-006, Block A flat 6, Repair, in time, asked for, yes",
        "officer 3 wears no camera",
    ),
]


@pytest.mark.parametrize(("was", "is_now", "says"), LINES, ids=[each[2] for each in LINES])
def test_a_mistake_in_a_line_of_visits_is_told(was: str, is_now: str, says: str) -> None:
    # proves F6
    assert was in TEXT
    assert [said for _line, _column, said in said_of(TEXT.replace(was, is_now, 1)) if says in said]


def test_a_table_of_nothing_is_told() -> None:
    # proves F6
    head, _lines, rest = TEXT.partition('lines = """')[0], None, TEXT.split('lines = """', 2)[2]
    text = head + 'lines = "  "\n[[pilot.visits]]\nplanned = 2026-11-24\nlines = """' + rest
    assert [said for _line, _column, said in said_of(text) if "and there is none" in said]


def test_a_scenario_has_steps_or_a_pilot() -> None:
    both = said_of(TEXT + '\n[[steps]]\ndo = "press"\n')
    assert [said for _line, _column, said in both if "steps or a pilot, and not both" in said]
    promised = said_of(TEXT + "\n[promises]\nrecordings_each = 1\n")
    assert [said for _line, _column, said in promised if "its own promises" in said]


def test_the_month_that_is_shipped_has_all_that_it_says() -> None:
    # proves F10
    _path, text = read_text("pilot_month")
    assert said_of(text) == []
    scenario = load_scenario("pilot_month")
    script = scenario.pilot
    assert script is not None
    visits = visits_of(script)
    assert (script.officers, len(visits), len(script.incidents)) == (12, 200, 6)
    assert {each.consent for each in visits} == set(CONSENTS)
    kinds = [each.kind for each in script.requests]
    assert set(kinds) == {
        "access", "rectification", "erasure", "restriction", "objection",
        "portability", "complaint", "police", "civil", "court",
    }  # fmt: skip
    assert (kinds.count("police"), kinds.count("complaint")) == (2, 1)
    gone = [expected_footage(script, each) for each in visits if each.recorded]
    assert {each.gone_on is None for each in gone} == {True, False}
    assert len([each for each in gone if "erased upon a request" in each.why]) == 1


def test_acts_are_in_order_and_each_look_is_at_noon_of_its_day() -> None:
    acts = agenda_of(SCRIPT, date(2026, 11, 23))
    moments = [each.at for each in acts]
    assert moments == sorted(moments)
    looks = [each for each in acts if isinstance(each.what, LookAtNoon)]
    assert [each.at.date() for each in looks] == [
        date(2026, 11, 24) + timedelta(days=number) for number in range(9)
    ]
    assert {each.at.hour for each in looks} == {12}
    steps = [each.what for each in acts if isinstance(each.what, TakeStep)]
    assert len(steps) == sum(len(each.steps) for each in SCRIPT.requests)
    doors = [each for each in acts if isinstance(each.what, KnockAtDoor)]
    assert len(doors) == 8, "all but the one that was called off"
    notices = {each.what.visit.name: each.at for each in acts if isinstance(each.what, SendNotice)}
    assert notices["V01"] == datetime(2026, 11, 24, 7, 0, tzinfo=SITE)
    assert notices["V02"] == datetime(2026, 11, 25, 7, 30, tzinfo=SITE)
    assert "V04" not in notices


def test_footage_goes_when_nothing_holds_it_any_more() -> None:
    # proves F3
    gone = {each.name: expected_footage(SCRIPT, each).gone_on for each in visits_of(SCRIPT) if each.recorded}
    assert gone == {"V01": date(2026, 11, 27), "V02": None, "V04": None}
    later = SCRIPT.model_copy(update={"looks_until": date(2027, 12, 31)})
    gone = {each.name: expected_footage(later, each).gone_on for each in visits_of(later) if each.recorded}
    assert gone == {"V01": date(2026, 11, 27), "V02": date(2027, 11, 26), "V04": date(2027, 5, 26)}
    assert held_by(SCRIPT.requests[1], "V02") == (date(2026, 11, 27), date(2026, 11, 28))
    assert held_by(SCRIPT.requests[1], "V01") is None


def test_a_hold_that_ends_late_leaves_footage_there_for_a_week() -> None:
    # proves F3
    script = load_scenario("pilot_month").pilot
    assert script is not None
    of = {each.name: expected_footage(script, each) for each in visits_of(script) if each.recorded}
    assert of["V053"].gone_on == date(2027, 6, 29), of["V053"].why
    assert of["V123"].gone_on is None, "the court's order is open still"
    assert of["V005"].gone_on == date(2027, 5, 26)
