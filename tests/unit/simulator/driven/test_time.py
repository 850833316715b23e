"""The one clock of a run in virtual time."""

from __future__ import annotations

import pytest

from simulator.driven.time import BEGINS, CameraClock, DrivenTime
from simulator.errors import CancelledError


def test_what_is_due_first_is_done_first_and_time_goes_there_at_once() -> None:
    time, done = DrivenTime(), list[tuple[str, float]]()
    for name, after_s in (("late", 28_800.0), ("soon", 0.25), ("as soon", 0.25)):
        time.after(after_s, lambda name=name: done.append((name, time.seconds())))  # type: ignore[misc]
    time.pass_by(86_400)

    assert done == [("soon", 0.25), ("as soon", 0.25), ("late", 28_800.0)]
    assert time.seconds() == 86_400


def test_a_wait_ends_when_it_holds_and_another_may_stand_inside_it() -> None:
    time, seen = DrivenTime(), list[str]()

    def stop() -> None:
        assert time.wait_for(lambda: "chunk" in seen, 5)
        seen.append("stopped")

    time.after(1, stop)
    time.after(1.1, lambda: seen.append("chunk"))
    time.after(9, lambda: seen.append("never"))

    assert time.wait_for(lambda: "stopped" in seen, 60)
    assert seen == ["chunk", "stopped"]
    assert time.seconds() == pytest.approx(1.1)


def test_a_wait_that_comes_to_nothing_takes_its_time_and_says_so() -> None:
    time = DrivenTime()

    assert not time.wait_for(lambda: False, 2.5)
    assert time.seconds() == 2.5
    assert not time.wait_for(lambda: False, None), "with nothing left to do there is nothing to wait for"


def test_a_pause_of_less_than_a_nanosecond_is_over_once_it_is_waited_for() -> None:
    """Else whoever asks "is it over?" would be told "nearly", at the same instant, for ever."""
    time = DrivenTime()
    time.pass_by(0.1)
    until = time.seconds() + 1e-10
    time.wait_for(lambda: time.seconds() >= until, 1)
    time.after(until - time.seconds(), lambda: None)
    time.pass_by(1e-10)

    assert time.seconds() >= until


def test_whoever_asks_to_stop_does_not_wait_for_the_end() -> None:
    stopping = list[bool]()
    time = DrivenTime(lambda: bool(stopping))
    time.after(10, lambda: stopping.append(True))
    time.after(20, lambda: pytest.fail("this was after the stop"))

    with pytest.raises(CancelledError):
        time.pass_by(3600)


def test_a_cameras_clock_counts_from_its_boot_and_its_label_is_the_true_time() -> None:
    time = DrivenTime()
    time.pass_by(100)
    clock = CameraClock(time, 5 * 10**9 - time.now_ns)
    time.pass_by(1)

    assert clock.boot_ns() == 6 * 10**9
    assert clock.label().utc_us == round(BEGINS.timestamp() * 10**6) + 101 * 10**6
    assert clock.label().synchronised
