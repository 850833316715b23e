from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.web.views.csv_rows import csv_text, safe_cell
from fleet.web.views.spreadsheet import HEADINGS, cells
from tests.support.fleet.page_facts import changed
from tests.unit.fleet.web.test_today import SAFE


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\uff1d1", '=HYPERLINK("http://x","y")'),
        *("\u00a0=1", "\u3000=1", "\u200b=1", "\u202e=1", "\ufeff=1", "\x0b=1", "\u200b \u00a0@x"),
    ],
)
def test_what_a_spreadsheet_would_act_upon_is_text(cell: str) -> None:
    # proves F6
    assert safe_cell(cell) == f"'{cell}"


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), max_size=5))
def test_every_cell_comes_back_as_it_was_but_for_its_apostrophe(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(rows), newline="")))
    assert read == [[safe_cell(cell) for cell in row] for row in rows]
    for row in read:
        assert not any(cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n") and cell.strip(" ") for cell in row)


@pytest.mark.parametrize(
    ("change", "dated_by"),
    [
        ({"trigger": "button"}, "press"),
        ({"trigger": "roll over"}, "beginning"),
        ({"trigger": "internal fault"}, "beginning"),
        ({"trigger": "roll over", "clock_synchronised": False}, "first heard of"),
    ],
)
def test_a_row_is_dated_by_a_press_only_where_there_was_one(change: dict[str, object], dated_by: str) -> None:
    # proves F8
    row = dict(zip(HEADINGS, cells(changed(SAFE, **change)), strict=True))
    assert row["Dated by"] == dated_by
