from __future__ import annotations

from datetime import date

import pytest

from fleet.core.problems import ProblemError
from fleet.requests.texts_of import clean_day, clean_words

FIRST, LAST = date(2027, 3, 1), date(2027, 3, 4)


def test_lines_are_kept_and_spaces_put_right() -> None:
    assert clean_words("  one   line \n\n two\t", "Say it") == "one line\n\ntwo"


@pytest.mark.parametrize("text", ["", " \n ", "x" * 11, "a\x00b", "a\u202eb"])
def test_a_text_that_cannot_be_kept_is_refused(text: str) -> None:
    # proves F6
    with pytest.raises(ProblemError) as refused:
        clean_words(text, "Say it", longest=10)
    assert refused.value.detail == "Say it, in 1 to 10 characters."


@pytest.mark.parametrize("day", [None, date(2027, 2, 28), date(2027, 3, 5)])
def test_a_day_that_cannot_be_is_refused(day: date | None) -> None:
    # proves F6
    with pytest.raises(ProblemError) as refused:
        clean_day(day, first=FIRST, last=LAST, what="the day")
    assert refused.value.detail == "Choose the day: from 2027-03-01 to 2027-03-04."


def test_the_first_and_the_last_day_can_be() -> None:
    assert [clean_day(each, first=FIRST, last=LAST, what="it") for each in (FIRST, LAST)] == [FIRST, LAST]
