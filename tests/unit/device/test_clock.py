"""The two clocks: boot time that only grows, and a label that says how far it is to be trusted."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from device import clock as clocks
from device.clock import SystemClock, label_at, quality
from protocol.footage.format.model import ClockLabel

UNSYNC = 0x40


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((0, 0, 120, 5_000), (True, 120)),
        ((0, 0, 0, 5_000), (True, 5_000)),  # a daemon that estimates nothing still leaves a bound
        ((0, 0x2001, 0, 0), (True, 0)),
        ((0, UNSYNC, 120, 5_000), (False, None)),
        ((5, 0, 120, 5_000), (False, None)),
        ((-1, 0, 0, 0), (False, None)),
    ],
)
def test_quality_is_what_the_kernel_says(
    answer: tuple[int, int, int, int], expected: tuple[bool, int | None]
) -> None:
    assert quality(*answer) == expected


def test_the_system_clock_tells_both_times() -> None:
    clock = SystemClock()
    before, label, after = clock.boot_ns(), clock.label(), clock.boot_ns()
    assert before <= after
    assert abs(label.utc_us - time.time_ns() // 1000) < 5_000_000
    assert label.synchronised or label.error_us is None


def test_without_adjtimex_the_label_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clocks, "_load_adjtimex", lambda: None)
    label = SystemClock().label()
    assert (label.synchronised, label.error_us) == (False, None)


@dataclass
class _Fixed:
    boot: int
    utc_us: int

    def boot_ns(self) -> int:
        return self.boot

    def label(self) -> ClockLabel:
        return ClockLabel(self.utc_us, synchronised=True, error_us=7)


def test_the_label_of_an_earlier_instant_goes_by_the_present_offset() -> None:
    clock = _Fixed(boot=10_000_000_000, utc_us=1_790_000_000_000_000)
    label = label_at(clock, 7_500_000_000)
    assert label == ClockLabel(1_790_000_000_000_000 - 2_500_000, synchronised=True, error_us=7)
