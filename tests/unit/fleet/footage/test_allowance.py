"""One camera sends so much a day and no more, to whichever processes; the others are not touched by it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from fleet.core.database import Database, open_database
from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import SHARE, Allowance, DailyAllowance, DayTaken
from fleet.footage.receiving.camera_allowances import CameraAllowances
from fleet.footage.receiving.models import SentAllowance
from protocol.units import GIB

DAY_S = 86_400
NUMBERS = count(1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STEPS = st.lists(st.tuples(st.floats(0, DAY_S), st.integers(0, 20)), max_size=30)


class Seconds:
    """A clock of both kinds, which a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def database(tmp_path: Path, seconds: Seconds) -> Iterator[Database]:
    """One table of allowances."""
    found = open_database("", tmp_path, clock=seconds.wall)
    SentAllowance.metadata.tables[SentAllowance.__tablename__].create(found.engine)
    yield found
    found.close()


def left_of(database: Database) -> dict[str, float]:
    with database.readers() as session:
        return {row.who: row.left for row in session.scalars(select(SentAllowance))}


# proves F9
@given(st.integers(1, 100), STEPS)
def test_no_more_is_taken_than_there_was_and_than_has_come(most: int, steps: list[tuple[float, int]]) -> None:
    each_s = most / DAY_S
    bucket, now, taken = Allowance(most, 0), 0.0, 0
    for rest, amount in steps:
        now += rest
        bucket = bucket.filled(now, most=most, each_s=each_s)
        if bucket.left >= amount:
            bucket, taken = bucket.without(amount), taken + amount
        assert 0 <= bucket.left <= most
    assert taken <= most + now * each_s + 1e-6


def test_a_clock_that_stands_gives_nothing() -> None:
    assert Allowance(1, 10).filled(5, most=9, each_s=1) == Allowance(1, 10)


# proves F9
@given(st.floats(0, 1000), st.integers(0, 1000), st.integers(1, 100))
def test_a_share_is_of_what_is_left_and_enough_for_what_it_is_taken_for(
    left: float, size: int, most: int
) -> None:
    share = Allowance(left, 0).share(size, most)
    if size > left:
        assert share == 0
    else:
        assert size <= share <= max(size, min(most, left))
        assert share == max(size, min(most, int(left)))


# proves F9 and F7
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 400), st.integers(0, DAY_S // 2)),
        min_size=1,
        max_size=12,
    )
)
@example([(0, False, 640, 0), (1, False, 1, 0)])
@example([(0, False, 320, 0), (0, True, 320, 0), (1, True, 1, 0)])
def test_however_many_processes_are_asked_and_started_again_a_day_is_sent_once(
    database: Database, seconds: Seconds, steps: list[tuple[int, bool, int, int]]
) -> None:
    who = f"cam-{next(NUMBERS)}"  # each example has a camera of its own
    each_day, began, taken, asked = 640, seconds.now, 0, 0

    def process() -> DailyAllowance:
        return DailyAllowance(database, "footage", each_day, seconds)

    processes = [process() for _ in range(3)]
    for number, begins_anew, size, pause in steps:
        if begins_anew:
            processes[number] = process()
        seconds.now += pause
        before = left_of(database).get(f"footage {who}", each_day)
        found = processes[number].take(who, size)
        if not found.wait_s:
            taken += size
        else:
            asked += 1
            assert before < size  # who was refused could not have been given it by any row
        assert taken <= each_day + (seconds.now - began) * each_day / DAY_S + 1e-6
    shares_lost = len(steps) * (each_day // 64)
    assert not asked or taken + max(size for _, _, size, _ in steps) + shares_lost >= each_day


# proves F9
def test_a_share_is_spent_without_asking_again_and_a_refusal_stands_until_its_time(
    database: Database, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = DailyAllowance(database, "footage", 640, seconds)  # 10 a share
    asks: list[int] = []
    ask = DailyAllowance._ask

    def counted(day: DailyAllowance, who: str, size: int) -> tuple[Allowance, int]:
        asks.append(size)
        return ask(day, who, size)

    monkeypatch.setattr(DailyAllowance, "_ask", counted)
    assert found.take("cam-01", 4) == DayTaken(is_share=True)
    assert found.take("cam-01", 6) == DayTaken()
    assert found.take("cam-01", 0) == DayTaken()
    assert asks == [4]
    assert left_of(database) == {"footage cam-01": 630.0}
    assert found.take("cam-01", 700).wait_s == pytest.approx(
        60 * DAY_S / 640
    )  # more than a day is never left
    assert asks == [4]
    assert found.take("cam-01", 630) == DayTaken(is_share=True)
    assert found.take("cam-01", 64).wait_s == pytest.approx(DAY_S / 10)
    assert found.take("cam-01", 32).wait_s == pytest.approx(DAY_S / 20)
    assert asks == [4, 630, 64]
    seconds.now += DAY_S / 20
    assert found.take("cam-01", 32) == DayTaken(is_share=True)
    assert asks == [4, 630, 64, 32]


def test_a_share_is_a_small_part_of_a_day_and_of_no_other_thing(database: Database, seconds: Seconds) -> None:
    DailyAllowance(database, "footage", 1024 * GIB, seconds).take("x", 1)
    DailyAllowance(database, "import", 63, seconds).take("x", 1)
    assert left_of(database) == {"footage x": 1024 * GIB - SHARE, "import x": 62}


# proves F9
def test_clocks_that_differ_a_little_give_nothing_and_one_that_was_wrong_keeps_nothing_back(
    database: Database, seconds: Seconds
) -> None:
    found = DailyAllowance(database, "footage", 640, seconds)
    found.take("cam-01", 640)
    seconds.now -= 3600  # another process, whose clock is an hour behind
    other = DailyAllowance(database, "footage", 640, seconds)
    assert other.take("cam-01", 1).wait_s > 0
    seconds.now += 3600
    assert DailyAllowance(database, "footage", 640, seconds).take("cam-01", 1).wait_s > 0
    seconds.now -= 365 * DAY_S  # the clock had been a year ahead as that was reckoned
    again = DailyAllowance(database, "footage", 640, seconds)
    assert again.take("cam-01", 10).wait_s == pytest.approx(DAY_S / 64)
    with database.sessions.begin() as session:
        session.query(SentAllowance).update({"left": 20.0})
    assert DailyAllowance(database, "footage", 640, seconds).take("cam-01", 10) == DayTaken(is_share=True)
    seconds.now += DAY_S
    assert DailyAllowance(database, "footage", 640, seconds).take("cam-01", 640) == DayTaken(is_share=True)


# proves F9
def test_rows_of_who_sent_nothing_for_a_day_go(
    database: Database, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.footage.receiving.allowance._MOST_KNOWN", 3)
    found = DailyAllowance(database, "import", 640, seconds)
    for number in range(5):
        found.take(f"user {number}", 1)
        assert found.take(f"user {number}", 700).wait_s > 0
    assert len(found._in_hand) <= 3
    seconds.now += DAY_S
    found.take("user 5", 1)
    assert len(left_of(database)) == 6  # a whole day has not passed them by
    seconds.now += 1
    found.take("user 6", 1)
    assert set(left_of(database)) == {"import user 5", "import user 6"}


# proves F9
def test_a_database_that_does_not_answer_gives_nothing(
    database: Database, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> NoReturn:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    found = DailyAllowance(database, "footage", 640, seconds)
    with monkeypatch.context() as broken:
        broken.setattr(Session, "get", full)
        with pytest.raises(ProblemError) as refused:
            found.take("cam-01", 1)
    assert (refused.value.status, refused.value.code) == (503, "not_counted")
    assert refused.value.detail == (
        "What is sent cannot be counted now, for the database says: database or disk is full."
    )
    assert left_of(database) == {}
    assert found.take("cam-01", 640) == DayTaken(is_share=True)


# proves F9
def test_many_at_once_take_no_more_than_there_is(database: Database, seconds: Seconds) -> None:
    processes = [DailyAllowance(database, "footage", 100, seconds) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: processes[number % 2].take("cam-01", 3), range(80)))
    assert 96 <= 3 * sum(not each.wait_s for each in found) <= 100


# proves F9
def test_a_camera_that_has_sent_its_day_waits_and_another_does_not(
    database: Database, seconds: Seconds
) -> None:
    day = DailyAllowance(database, "footage", 2 * GIB, seconds)
    found = CameraAllowances(day, in_all=100 * GIB, held=lambda _camera: 0, clock=seconds)
    found.take("cam-01", 2 * GIB)
    with pytest.raises(ProblemError) as refused:
        found.take("cam-01", GIB)
    assert (refused.value.status, refused.value.code) == (429, "camera_rate")
    assert refused.value.headers == {"Retry-After": str(DAY_S // 2)}
    assert refused.value.detail == (
        "cam-01 has sent what a camera may in a day, 2 GiB: footage.camera_gib_per_day sets this."
    )
    found.take("cam-02", 2 * GIB)
    seconds.now += DAY_S / 2
    found.take("cam-01", GIB)


# proves F9
def test_what_is_held_of_a_camera_has_an_end_and_is_looked_up_once_a_minute_and_after_a_share(
    database: Database, seconds: Seconds
) -> None:
    held, asked = {"cam-01": 9 * GIB}, list[str]()

    def look(camera: str) -> int:
        asked.append(camera)
        return held[camera]

    day = DailyAllowance(database, "footage", 100 * GIB, seconds)
    found = CameraAllowances(day, in_all=10 * GIB, held=look, clock=seconds)
    found.take("cam-01", GIB // 2)
    held["cam-01"] += GIB // 2
    found.take("cam-01", GIB // 2)
    held["cam-01"] += GIB // 2  # of which half came to another process
    with pytest.raises(ProblemError) as refused:
        found.take("cam-01", 1)
    assert (refused.value.status, refused.value.code) == (507, "camera_quota")
    assert (
        refused.value.detail
        == "All that may be held of cam-01 is held, 10 GiB: footage.camera_gib sets this."
    )
    assert len(asked) == 3
    with pytest.raises(ProblemError):
        found.take("cam-01", 1)
    held["cam-01"], seconds.now = 0, seconds.now + 60  # it was deleted meanwhile
    found.take("cam-01", 1)
    found.take("cam-01", SHARE - 1)
    looks = len(asked)
    found.take("cam-01", 1)
    found.take("cam-01", 1)
    assert len(asked) == looks + 1
