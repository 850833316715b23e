from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from fleet.retention.rules.periods import UNDO_DAYS
from fleet.retention.rules.switching import (
    DeletionSwitch,
    deletes,
    deletes_from,
    is_on,
    on_since,
    switch_refusal,
)

LONDON = ZoneInfo("Europe/London")
AT = datetime(2026, 11, 29, 9, tzinfo=UTC)


def switched(*on: bool, at: datetime = AT) -> list[DeletionSwitch]:
    return [
        DeletionSwitch(number, at + timedelta(days=number), "Head 1", is_on=each)
        for number, each in enumerate(on, start=1)
    ]


def test_it_is_off_until_somebody_switches_it_on() -> None:
    # proves F4
    assert not is_on([])
    assert not deletes([], date(9999, 1, 1), LONDON)
    assert deletes_from([], LONDON) is None


def test_seven_days_pass_before_anything_goes_and_each_time_anew() -> None:
    # proves F4
    switches = switched(True)
    assert deletes_from(switches, LONDON) == date(2026, 12, 8)
    assert not deletes(switches, date(2026, 12, 7), LONDON)
    assert deletes(switches, date(2026, 12, 8), LONDON)
    assert deletes_from(switched(True, False, True), LONDON) == date(2026, 12, 10)


@given(st.lists(st.booleans(), max_size=6), st.integers(0, 40))
def test_off_it_deletes_nothing_and_on_nothing_within_the_days_to_undo_it(on: list[bool], after: int) -> None:
    # proves F4
    switches = switched(*on)
    day = AT.date() + timedelta(days=len(on) + after)
    expected = bool(on) and on[-1] and after > UNDO_DAYS
    assert deletes(switches, day, LONDON) == expected
    assert (on_since(switches) is not None) == is_on(switches)


def test_whoever_switches_has_seen_what_is_so() -> None:
    # proves F4
    assert switch_refusal([], 0, on=True) is None
    assert "meanwhile" in (switch_refusal(switched(True), 0, on=False) or "")
    assert "on already" in (switch_refusal(switched(True), 1, on=True) or "")
    assert "off already" in (switch_refusal([], 0, on=False) or "")
