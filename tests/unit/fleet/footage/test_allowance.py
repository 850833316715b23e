"""One camera sends so much a day and no more, whatever it does; the others are not touched by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.problems import ProblemError
from fleet.footage.receiving.allowance import Allowance, Allowances, Sent, left_after
from protocol.units import GIB

DAY_S = 86_400
STEPS = st.lists(st.tuples(st.floats(0, DAY_S), st.integers(0, 20)), max_size=30)


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
@given(st.integers(1, 100), STEPS, st.integers(1, 5))
def test_a_start_gives_no_more_than_was_left_and_no_less_than_the_day_leaves(
    most: int, steps: list[tuple[float, int]], together: int
) -> None:
    each_s = most / DAY_S
    bucket, now, taken = Allowance(most, 0), 0.0, list[tuple[float, int]]()
    for rest, amount in steps:
        now += rest
        bucket = bucket.filled(now, most=most, each_s=each_s)
        if bucket.left >= amount:
            bucket = bucket.without(amount)
            taken.append((now, amount))
    lately = [each for each in taken if each[0] > now - DAY_S]
    groups = [lately[begin : begin + together] for begin in range(0, len(lately), together)]
    sent = [Sent(now - group[-1][0], sum(size for _, size in group)) for group in groups]
    found = left_after(sent, now, most=most, each_s=each_s)
    assert found.at_s == now
    assert max(0, most - sum(size for _, size in lately)) - 1e-6 <= found.left <= bucket.left + 1e-6


def test_what_came_after_a_clock_was_set_back_came_now() -> None:
    assert left_after([Sent(-500.0, 4)], 1000.0, most=10, each_s=1.0) == Allowance(6, 1000.0)


# proves F9
def test_what_came_before_a_start_is_asked_for_once_and_counts() -> None:
    asked: list[str] = []

    def came(camera: str) -> list[Sent]:
        asked.append(camera)
        return [Sent(0.0, 3 * GIB)]

    found = Allowances(each_day=4 * GIB, in_all=100 * GIB, held=lambda _camera: 0, sent=came, clock=Seconds())
    found.take("cam-01", GIB)
    with pytest.raises(ProblemError, match="has sent what a camera may in a day"):
        found.take("cam-01", 1)
    assert asked == ["cam-01"]


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


# proves F9
def test_a_camera_that_has_sent_its_day_waits_and_another_does_not() -> None:
    seconds = Seconds()
    found = Allowances(
        each_day=2 * GIB, in_all=100 * GIB, held=lambda _camera: 0, sent=lambda _camera: (), clock=seconds
    )
    found.take("cam-01", 2 * GIB)
    with pytest.raises(ProblemError) as refused:
        found.take("cam-01", GIB)
    assert (refused.value.status, refused.value.code) == (429, "camera_rate")
    assert refused.value.headers == {"Retry-After": str(DAY_S // 2)}
    found.take("cam-02", 2 * GIB)
    seconds.now += DAY_S / 2
    found.take("cam-01", GIB)


# proves F9
def test_what_is_held_of_a_camera_has_an_end_and_is_looked_up_once_a_minute() -> None:
    seconds, held, asked = Seconds(), {"cam-01": 9 * GIB}, list[str]()

    def look(camera: str) -> int:
        asked.append(camera)
        return held[camera]

    found = Allowances(each_day=100 * GIB, in_all=10 * GIB, held=look, sent=lambda _camera: (), clock=seconds)
    found.take("cam-01", GIB)
    with pytest.raises(ProblemError) as refused:
        found.take("cam-01", 1)
    assert (refused.value.status, refused.value.code) == (507, "camera_quota")
    assert (
        refused.value.detail
        == "All that may be held of cam-01 is held, 10 GiB: footage.camera_gib sets this."
    )
    assert len(asked) == 1
    held["cam-01"], seconds.now = 0, seconds.now + 60  # it was deleted meanwhile
    found.take("cam-01", GIB)
    assert len(asked) == 2
