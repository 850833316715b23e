"""Stamps that stand are none: each packet follows the one before, from the third on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.standing_stamps import StandingStamps

FRAME = 40_000_000


@given(stamp=st.integers(-(10**15), 10**15), count=st.integers(3, 60))
def test_a_stamp_that_stands_goes_on_as_if_each_packet_followed_the_one_before(
    stamp: int, count: int
) -> None:
    stamps = StandingStamps()
    said = [stamps.follows(stamp, FRAME) for _ in range(count)]
    assert said[:2] == [None, None]
    assert said[2:] == [stamp + index * FRAME for index in range(2, count)]


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60))
def test_stamps_that_differ_count_also_where_two_are_alike(steps: list[int]) -> None:
    stamps, at = StandingStamps(), 0
    for step in steps:
        at += step
        assert stamps.follows(at, FRAME) is None
        assert stamps.follows(at, FRAME) is None


def test_a_stamp_counts_again_once_it_differs_and_where_nobody_knows_how_long_a_packet_lasts() -> None:
    stamps = StandingStamps()
    assert [stamps.follows(0, FRAME) for _ in range(3)][-1] == 2 * FRAME
    assert stamps.follows(5 * FRAME, FRAME) is None
    assert [stamps.follows(7, 0) for _ in range(5)] == [None] * 5
