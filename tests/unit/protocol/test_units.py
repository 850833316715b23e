from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from protocol.units import EPOCH, utc_moment, utc_us


def test_a_moment_survives_the_way_to_microseconds_and_back_exactly() -> None:
    latest = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)  # a float would round this one
    for moment in (EPOCH, datetime(2026, 11, 28, 4, 5, 6, 789_012, tzinfo=UTC), latest):
        assert utc_moment(utc_us(moment)) == moment


def test_a_moment_in_another_time_zone_is_the_same_moment() -> None:
    summer = timezone(timedelta(hours=1))
    assert utc_us(datetime(1970, 1, 1, 1, 0, 0, 1, tzinfo=summer)) == 1


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        utc_us(datetime(2026, 11, 28))  # noqa: DTZ001 - the very mistake


def test_what_no_calendar_holds_is_refused() -> None:
    with pytest.raises(OverflowError):
        utc_moment(2**63)
