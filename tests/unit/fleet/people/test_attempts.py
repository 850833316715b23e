from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.people.attempts import KEPT, WINDOW, Attempts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60))
def test_never_more_than_allowed_within_the_window(pauses: list[int]) -> None:
    attempts, moment, tried = Attempts(5), NOW, []
    for pause in pauses:
        moment += timedelta(seconds=pause)
        if attempts.begin(["name"], moment) is None:
            tried.append(moment)
        recent = [each for each in tried if moment - each < WINDOW]
        assert len(recent) <= 5


def test_the_wait_told_is_the_wait_needed() -> None:
    attempts = Attempts(3)
    for second in range(3):
        attempts.begin(["name"], NOW + timedelta(seconds=second))
    later = NOW + timedelta(seconds=10)
    wait = attempts.begin(["name"], later)
    assert wait is not None
    assert attempts.begin(["name", "third"], later + wait - timedelta(microseconds=1)) is not None
    assert attempts.begin(["name"], later + wait) is None
    assert attempts.begin(["other"], later) is None
    assert "third" not in attempts._counted, "what is refused is counted nowhere"


def test_success_forgives() -> None:
    attempts = Attempts(1)
    attempts.begin(["name"], NOW)
    attempts.forgive("name")
    assert attempts.begin(["name"], NOW) is None


def test_what_was_no_failure_is_not_counted() -> None:
    attempts = Attempts(1)
    for _ in range(3):
        assert attempts.begin(["name", "address"], NOW) is None
        attempts.give_back(["name", "address"], NOW)
    assert attempts._counted == {}


def test_many_at_once_are_no_way_around_the_limit() -> None:
    attempts = Attempts(5)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: attempts.begin(["name"], NOW), range(200)))
    assert answers.count(None) == 5


def test_what_is_held_is_bounded() -> None:
    attempts = Attempts(3)
    for number in range(KEPT + 10):
        attempts.begin([str(number)], NOW)
    assert len(attempts._counted) == KEPT
