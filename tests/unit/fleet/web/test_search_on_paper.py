"""A list on paper says what it was narrowed to, for the form that says it on the screen is not printed."""

from __future__ import annotations

import pytest

from fleet.web.views.search import STATES, Search, chosen_words


@pytest.mark.parametrize(
    ("search", "total", "shown", "expected"),
    [
        (Search(), 9, 9, ""),
        (Search(), 120, 50, "1 to 50 of 120."),
        (Search(skip=100), 120, 20, "101 to 120 of 120."),
        (Search(start="2026-11-22"), 1, 1, "Only those from 2026-11-22 on."),
        (Search(end="2026-11-23"), 1, 1, "Only those up to 2026-11-23."),
        (Search(camera="cam-07", officer="o1"), 1, 1, "Only those of Officer 1 and of cam-07."),
        (
            Search(start="2026-11-22", state="held"),
            60,
            50,
            "Only those from 2026-11-22 on and in the state “With a receipt”. 1 to 50 of 60.",
        ),
    ],
)
def test_what_a_list_was_narrowed_to_is_said_on_paper(
    search: Search, total: int, shown: int, expected: str
) -> None:
    # proves F8: a list of some is not taken for the list of all
    assert chosen_words(search, "Officer 1", total, shown) == expected


@pytest.mark.parametrize(("state", "word"), STATES)
def test_the_state_that_was_chosen_is_named(state: str, word: str) -> None:
    assert word in chosen_words(Search(state=state), "", 0, 0)
