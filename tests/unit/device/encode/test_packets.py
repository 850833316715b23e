"""Times survive the way to ticks and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.encode.packets import VIDEO_TIMESCALE, to_ns, to_ticks
from device.settings import AUDIO_RATE

YEARS_NS = 30 * 366 * 86_400 * 1_000_000_000


@given(st.integers(0, YEARS_NS), st.sampled_from([VIDEO_TIMESCALE, AUDIO_RATE]))
def test_a_tick_keeps_its_time_for_thirty_years(ns: int, scale: int) -> None:
    tick = to_ticks(ns, scale)
    assert to_ticks(to_ns(tick, scale), scale) == tick
    assert abs(to_ns(tick, scale) - ns) <= 1_000_000_000 // scale // 2 + 1
