"""A list on paper says what it was narrowed to, for the form that says it on the screen is not printed."""

from __future__ import annotations

import pytest

from fleet.web.views.audit.search import LogSearch
from fleet.web.views.incidents.search import IncidentSearch
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.reviews.looks import LookSearch
from fleet.web.views.reviews.queue import ReviewSearch
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


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (narrowed_words([("Person", "")]), ""),
        (narrowed_words([], shown=9, total=9), ""),
        (narrowed_words([], skip=50, shown=10, total=60), "51 to 60 of 60."),
        (narrowed_words(ReviewSearch().labelled("")), ""),
        (
            narrowed_words(ReviewSearch("closed", "drawn", "o1").labelled("Officer 1")),
            "Only those with: State “Closed”; Reason “Drawn at random”; Officer “Officer 1”.",
        ),
        (narrowed_words(LookSearch().labelled), ""),
        (
            narrowed_words(LookSearch("all", "copy", "user:Head 1").labelled),
            "Only those with: State “All”; What is odd “A copy”; Who “Head 1”.",
        ),
        (
            IncidentSearch(text="stick", start="2026-11-22").on_paper(1, 1, days=True),
            "Only those with: Text “stick”; From “2026-11-22”.",
        ),
        (IncidentSearch(start="2026-11-22", end="2026-11-20").on_paper(1, 1, days=False), ""),
        (
            narrowed_words(LogSearch(person="Jane", subject="cam-07", refusals=True).labelled),
            "Only those with: Person “Jane”; About “cam-07”; Which “Refusals alone”.",
        ),
        (
            narrowed_words(LogSearch(action="people").labelled),
            "Only those with: What was done “People and signing in: all of these”.",
        ),
        (narrowed_words(LogSearch(end="soon", action="nonsense").without_days().labelled), ""),
    ],
)
def test_what_the_other_lists_were_narrowed_to_is_said_on_paper(said: str, expected: str) -> None:
    # proves F8
    assert said == expected
