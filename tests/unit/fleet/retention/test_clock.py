"""Whether the service's clock can be believed enough to delete by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.clock import DOUBT, GAP, ClockLook, looked

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def test_a_clock_that_goes_on_is_believed() -> None:
    found = None
    for hour in range(24 * 30):
        found = looked(found, NOW + timedelta(hours=hour))
        assert not found.is_doubted(NOW + timedelta(hours=hour))


def test_a_clock_that_jumps_is_doubted_until_people_had_time_to_put_it_right() -> None:
    # proves F3
    jumped = NOW + YEAR
    found = looked(ClockLook(NOW), jumped)
    assert (found.came_from, found.doubted_until) == (NOW, jumped + DOUBT)
    for hour in range(24 * 3):
        at = jumped + timedelta(hours=hour)
        found = looked(found, at)
        assert found.is_doubted(at)
        assert found.came_from == NOW
    assert not looked(found, jumped + DOUBT).is_doubted(jumped + DOUBT)


def test_a_clock_that_is_put_right_is_believed_again() -> None:
    # proves F3
    found = looked(looked(ClockLook(NOW), NOW + YEAR), NOW + timedelta(hours=1))
    assert found == ClockLook(NOW + timedelta(hours=1))


@given(st.lists(st.timedeltas(-YEAR * 3, YEAR * 3), max_size=20))
def test_nothing_is_deleted_by_a_jump(jumps: list[timedelta]) -> None:
    # proves F3
    at, found = NOW, ClockLook(NOW)
    for jump in jumps:
        at += jump
        found = looked(found, at)
        if jump > GAP:
            assert found.is_doubted(at)
