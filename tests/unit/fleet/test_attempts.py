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
        if attempts.wait("name", moment) is None:
            tried.append(moment)
            attempts.failed("name", moment)
        recent = [each for each in tried if moment - each < WINDOW]
        assert len(recent) <= 5


def test_the_wait_told_is_the_wait_needed() -> None:
    attempts = Attempts(3)
    for second in range(3):
        attempts.failed("name", NOW + timedelta(seconds=second))
    later = NOW + timedelta(seconds=10)
    wait = attempts.wait("name", later)
    assert wait is not None
    assert attempts.wait("name", later + wait) is None
    assert attempts.wait("name", later + wait - timedelta(microseconds=1)) is not None
    assert attempts.wait("other", later) is None


def test_success_forgives() -> None:
    attempts = Attempts(1)
    attempts.failed("name", NOW)
    attempts.succeeded("name")
    assert attempts.wait("name", NOW) is None


def test_what_is_held_is_bounded() -> None:
    attempts = Attempts(3)
    for number in range(KEPT + 10):
        attempts.failed(str(number), NOW)
    assert len(attempts._failures) == KEPT
