from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from fleet.core.database import Database, open_database
from fleet.people.attempts import KEPT, WINDOW, AttemptCount, Attempts
from fleet.people.trying.models import CountedAttempt
from fleet.people.trying.shared import SharedAttempts, attempts_of
from tests.support.tries import tries

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One table of attempts."""
    found = open_database("", tmp_path)
    CountedAttempt.metadata.tables[CountedAttempt.__tablename__].create(found.engine)
    yield found
    found.close()


@pytest.fixture(params=["memory", "rows"])
def counting(request: pytest.FixtureRequest) -> Callable[[int], AttemptCount]:
    """Makes what counts, in either of the two ways."""
    if request.param == "memory":
        return Attempts
    database: Database = request.getfixturevalue("database")
    return lambda allowed: SharedAttempts(database, "test", allowed)


def rows_of(database: Database) -> int:
    with database.readers() as session:
        return session.scalar(select(func.count()).select_from(CountedAttempt)) or 0


@given(st.lists(st.integers(0, 600), min_size=1, max_size=60))
def test_never_more_than_allowed_within_the_window(pauses: list[int]) -> None:
    attempts, moment, tried = Attempts(5), NOW, []
    for pause in pauses:
        moment += timedelta(seconds=pause)
        if attempts.begin(["name"], moment) is None:
            tried.append(moment)
        recent = [each for each in tried if moment - each < WINDOW]
        assert len(recent) <= 5


@settings(max_examples=tries(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from("abg")), min_size=1, max_size=12))
def test_rows_count_as_memory_does(database: Database, steps: list[tuple[int, str]]) -> None:
    fresh = rows_of(database) + len(steps)  # each example has keys of its own
    kept, rows, moment = Attempts(2), SharedAttempts(database, f"{fresh} {steps}", 2), NOW
    for pause, step in steps:
        moment += timedelta(seconds=pause)
        if step == "a":
            assert rows.begin(["name", "place"], moment) == kept.begin(["name", "place"], moment)
        elif step == "b":
            for each in (rows, kept):
                each.forgive("name")
        else:
            for each in (rows, kept):
                each.give_back(["name", "place"], moment)
        assert rows.wait("name", moment) == kept.wait("name", moment)
        assert rows.wait("place", moment) == kept.wait("place", moment)


def test_the_wait_told_is_the_wait_needed(counting: Callable[[int], AttemptCount]) -> None:
    attempts = counting(3)
    for second in range(3):
        attempts.begin(["name"], NOW + timedelta(seconds=second))
    later = NOW + timedelta(seconds=10)
    wait = attempts.begin(["name"], later)
    assert wait is not None
    assert attempts.begin(["name", "third"], later + wait - timedelta(microseconds=1)) is not None
    assert attempts.begin(["name"], later + wait) is None
    assert attempts.begin(["other"], later) is None
    assert counting(1).wait("third", later) is None, "what is refused is counted nowhere"


def test_success_forgives(counting: Callable[[int], AttemptCount]) -> None:
    attempts = counting(1)
    attempts.begin(["name"], NOW)
    attempts.forgive("name")
    assert attempts.begin(["name"], NOW) is None


def test_what_was_no_failure_is_not_counted(counting: Callable[[int], AttemptCount]) -> None:
    attempts = counting(1)
    for _ in range(3):
        assert attempts.begin(["name", "address"], NOW) is None
        attempts.give_back(["name", "address"], NOW)
    assert (attempts.wait("name", NOW), attempts.wait("address", NOW)) == (None, None)


def test_many_at_once_are_no_way_around_the_limit(counting: Callable[[int], AttemptCount]) -> None:
    attempts = counting(5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: attempts.begin(["name"], NOW), range(60)))
    assert answers.count(None) == 5


def test_what_is_held_is_bounded() -> None:
    attempts = Attempts(3)
    for number in range(KEPT + 10):
        attempts.begin([str(number)], NOW)
    assert len(attempts._counted) == KEPT


def test_the_rows_are_bounded_and_those_that_count_no_more_go(database: Database) -> None:
    attempts = SharedAttempts(database, "test", 3, kept=10)
    for number in range(15):
        attempts.begin([f"key {number}"], NOW)
    assert rows_of(database) == 10
    attempts.begin(["later"], NOW + WINDOW)
    assert rows_of(database) == 1


def test_what_is_typed_is_not_kept_and_what_is_tried_is_counted_apart(database: Database) -> None:
    SharedAttempts(database, "sign-in", 1).begin(["name correct horse"], NOW)
    assert SharedAttempts(database, "vault", 1).wait("name correct horse", NOW) is None
    SharedAttempts(database, "sign-in", 1).begin(["name \ud800"], NOW)  # which no text is, and is typed
    with database.readers() as session:
        assert all(len(mark) == 32 for mark in session.scalars(select(CountedAttempt.mark)))


def test_what_cannot_be_given_back_stays_counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = SharedAttempts(database, "test", 1)
    attempts.begin(["name"], NOW)

    def fail(*_given: object) -> None:
        raise OperationalError("", None, Exception("the database is away"))

    monkeypatch.setattr("fleet.people.trying.shared._delete", fail)
    attempts.give_back(["name"], NOW)
    attempts.forgive("name")
    assert attempts.wait("name", NOW) == WINDOW


def test_one_process_alone_counts_in_memory(database: Database) -> None:
    assert isinstance(attempts_of(database, "test", 1), Attempts)


def test_a_clock_that_was_ahead_locks_nobody_out_once_it_is_right(
    counting: Callable[[int], AttemptCount],
) -> None:
    # proves F9
    attempts, wrong = counting(2), NOW + timedelta(days=365)
    for _ in range(2):
        assert attempts.begin(["name"], wrong) is None
    assert attempts.wait("name", wrong) is not None
    assert attempts.begin(["name"], NOW) is None
    assert attempts.begin(["name"], NOW + timedelta(seconds=1)) is None
    assert attempts.begin(["name"], NOW) == WINDOW, "those of now count"
