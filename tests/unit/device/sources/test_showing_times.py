"""By which of two stamps a picture is shown."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.showing_times import ShowingTimes

TICK = 40_000_000
orders = st.lists(st.integers(0, 6), min_size=20, max_size=80)


def _reordered(jumps: list[int]) -> list[int]:
    """A sequence of numbers in which each may come some places later than it should."""
    return [number for _, number in sorted((number + jump, number) for number, jump in enumerate(jumps))]


@given(orders)
def test_own_stamps_that_grow_are_believed(jumps: list[int]) -> None:
    showing = ShowingTimes()
    showing.key_packet(0)
    for number in range(len(jumps)):
        assert showing.shown(number * TICK, (number + 2) * TICK) == number * TICK


@given(orders, st.integers(1, 5))
def test_stamps_in_the_order_of_decoding_give_way_to_the_time_of_coming_out(
    jumps: list[int], delay: int
) -> None:
    showing = ShowingTimes()
    showing.key_packet(0)
    backs, last = 0, -1
    for number, stamp in enumerate(_reordered(jumps)):
        shown = showing.shown(stamp * TICK, (number + delay) * TICK)
        backs += stamp <= last
        last = stamp
        assert shown == (stamp * TICK if backs <= 2 else number * TICK)


@given(orders)
def test_a_jump_of_both_stamps_changes_nothing(jumps: list[int]) -> None:
    showing = ShowingTimes()
    at = 1_000 * TICK
    for jump in jumps:
        at += TICK if jump else -10 * TICK
        assert showing.shown(at, at + 2 * TICK) == at


def test_without_own_stamps_a_picture_comes_as_late_as_the_first_one() -> None:
    showing = ShowingTimes()
    showing.key_packet(5 * TICK)
    assert [showing.shown(None, (7 + number) * TICK) for number in range(3)] == [5 * TICK, 6 * TICK, 7 * TICK]
    showing.begin_pass()
    showing.key_packet(100 * TICK)
    assert showing.shown(None, 100 * TICK) == 100 * TICK
    assert showing.shown(None, None) is None


def test_of_key_pictures_alone_the_first_one_is_what_comes_out_first() -> None:
    """Pictures of two fields in AVI: the second packet is given to the decoder before a picture comes out."""
    showing = ShowingTimes()
    showing.key_packet(0)
    showing.key_packet(TICK)
    assert [showing.shown(None, (1 + number) * TICK) for number in range(3)] == [0, TICK, 2 * TICK]


def test_what_was_dropped_or_given_too_long_ago_is_not_what_comes_out() -> None:
    for long_ago in (False, True):
        showing = ShowingTimes()
        showing.key_packet(0)
        if not long_ago:
            showing.dropped()
        showing.key_packet(100 * TICK)
        assert showing.shown(None, 101 * TICK) == 100 * TICK
