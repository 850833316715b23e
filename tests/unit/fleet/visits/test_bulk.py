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


def read(text: str) -> ReadTable:
    return read_table(
        text,
        officers={"Officer 1": "o1"},
        languages={"en": "English", "pl": "Polish"},
        zone=ZoneInfo("Europe/London"),
        now=NOW,
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
