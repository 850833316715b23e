"""A table of visits, read line by line: nothing of it is half taken."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.problems import ProblemError
from fleet.visits.bulk import MOST_CHARACTERS, MOST_LINES, ReadTable, read_table

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
HEAD = "tenancy,place,purpose,day,time,minutes,officer\n"
GOOD = 'T-1,"Flat 4, 12 Elm Road",Gas check,2026-07-01,10:00,45,Officer 1\n'


def read(text: str, *, now: datetime = NOW, zone: str = "Europe/London") -> ReadTable:
    return read_table(
        text,
        officers={"Officer 1": "o1"},
        languages={"en": "English", "pl": "Polish"},
        zone=ZoneInfo(zone),
        now=now,
    )


def test_a_line_is_a_visit_by_the_clocks_of_the_site() -> None:
    (line,) = read("\ufeff" + HEAD + GOOD).lines
    assert line.draft is not None
    assert line.draft.planned == datetime(2026, 7, 1, 9, tzinfo=UTC), "summer time"
    assert (line.draft.place, line.draft.officer, line.draft.language) == ("Flat 4, 12 Elm Road", "o1", "en")
    assert line.number == 2


def test_columns_come_in_any_order_and_empty_lines_are_passed_over() -> None:
    found = read(
        "Language,officer,minutes,time,day,purpose,place,tenancy\n\npl,Officer 1,30,9:30,2026-07-01,x,y,T\n,"
    )
    (line,) = found.lines
    assert line.draft is not None
    assert line.draft.language == "pl"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (GOOD.replace("Officer 1", "Officer 2"), "There is no officer of that name."),
        (GOOD.replace("2026-07-01", "01/07/2026"), "Write the day as 2026-03-31 and the time as 14:05."),
        (GOOD.replace("2026-07-01", "2026-03-01"), "That is in the past"),
        (GOOD.replace("45", "0"), "Say how many minutes it lasts"),
        (GOOD.replace("T-1", ""), "Type the reference of the tenancy"),
        ("T-1,x\n", "It has 2 columns, and the first line 7."),
    ],
)
def test_a_fault_is_said_of_its_line_and_the_others_are_read(line: str, fault: str) -> None:
    found = read(HEAD + GOOD + line.replace("T-1", "T-2") + GOOD.replace("T-1", "T-3"))
    assert [each.number for each in found.lines if each.fault] == [3]
    assert found.lines[1].fault.startswith(fault)
    assert (found.faults, len(found.drafts)) == (1, 2)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_columns_may_be_between_semicolons_or_tabs_all_through(separator: str) -> None:
    head = HEAD.replace(",", separator)
    found = read(
        head
        + separator.join(["T-1", '"Flat 4, 12 Elm Road"', "Gas check", "2026-07-01"])
        + (separator + separator.join(["10:00", "45", "Officer 1"]) + "\n")
    )
    (line,) = found.lines
    assert line.draft is not None, line.fault
    assert line.draft.place == "Flat 4, 12 Elm Road"
    quoted = separator.join(f'"{each}"' for each in HEAD.strip().split(","))
    assert (
        len(
            read(
                f"{quoted}\r\n"
                + GOOD.replace('"', "").replace("Flat 4, 12", "Flat 12").replace(",", separator)
            ).drafts
        )
        == 1
    )


def test_lines_are_counted_as_the_file_has_them() -> None:
    broken = GOOD.replace("Flat 4, 12", "Flat 4\n\n12")
    bad = GOOD.replace("T-1", "T-2").replace("Officer 1", "Nobody")
    found = read(f"\n , \n{HEAD}\n{broken}{bad}{broken.replace('T-1', 'T-3')}")
    assert [(each.number, bool(each.fault)) for each in found.lines] == [(5, False), (8, True), (9, False)]
    first = found.lines[0].draft
    assert first is not None
    assert first.place == "Flat 4 12 Elm Road"
    again = read(f"\n{HEAD}{broken}{broken}").lines
    assert again[1].fault == "Line 3 is a visit to that tenancy at that time too."


def test_a_time_that_the_clocks_never_show_is_a_fault_and_one_shown_twice_is_the_first() -> None:
    later = datetime(2026, 10, 1, tzinfo=UTC)
    for zone, day, time, never in (
        ("Europe/London", "2027-03-28", "00:59", False),
        ("Europe/London", "2027-03-28", "01:00", True),
        ("Europe/London", "2027-03-28", "01:59", True),
        ("Europe/London", "2027-03-28", "02:00", False),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", True),
    ):
        line = GOOD.replace("2026-07-01", day).replace("10:00", time)
        (found,) = read(HEAD + line, now=later, zone=zone).lines
        wanted = f"There is no {time} on {day}: the clocks are put forward over it. Write another time."
        assert found.fault == (wanted if never else "")
        assert not found.note
    (twice,) = read(HEAD + GOOD.replace("2026-07-01,10", "2026-10-25,01"), now=later).lines
    assert twice.draft is not None
    assert twice.draft.planned == datetime(2026, 10, 25, 0, tzinfo=UTC), "summer time yet"
    assert twice.note == "The clocks show 01:00 twice on 2026-10-25; it is taken for the first of the two."
    assert not read(HEAD + GOOD).lines[0].note


def test_what_is_planned_already_is_no_fault_and_is_not_planned_again() -> None:
    found = read(HEAD + GOOD + GOOD.replace("T-1", "T-2"))
    marked = found.besides([found.drafts[0]])
    assert [each.note for each in marked.lines] == ["It is planned already, and not planned again.", ""]
    assert (marked.faults, marked.planned) == (0, 1)
    assert marked.drafts == found.drafts[1:]


def test_the_same_visit_twice_is_a_fault_of_the_second() -> None:
    assert read(HEAD + GOOD + GOOD).lines[1].fault == "Line 2 is a visit to that tenancy at that time too."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "column_missing"),
        ("tenancy,place\n", "column_missing"),
        (HEAD, "table_empty"),
        (HEAD.strip() + ",place\n" + GOOD, "column_twice"),
        (HEAD + '"', "no_table"),
        (HEAD + GOOD * (MOST_LINES + 1), "table_too_long"),
        ("x" * (MOST_CHARACTERS + 1), "table_too_long"),
    ],
)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        read(text)
    assert refused.value.code == code


@given(st.text())
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        found = read(HEAD + text)
    except ProblemError as problem:
        assert problem.status == 422  # noqa: PT017 - either is right
        return
    assert all(bool(each.fault) == (each.draft is None) for each in found.lines)
