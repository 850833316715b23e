"""When what a line passes on arrives: pure, by seed."""

from __future__ import annotations

import math
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from simulator.network.conditions import ENDING, LineConditions, LineState
from simulator.network.schedule import PIECE, RESENT_S, arrives, blocked, piece, resent, sent

CONDITIONS = st.builds(
    LineConditions,
    state=st.just(LineState.BAD),
    kbit_s=st.none() | st.integers(8, 100_000),
    latency_s=st.floats(0.1, 2),
    jitter_s=st.floats(0, 0.1),
    loss=st.floats(0, 0.9),
    slice_bytes=st.none() | st.integers(1, PIECE),
    slice_delay_s=st.floats(0, 0.1),
)
SENT = st.lists(st.tuples(st.floats(0, 5), st.integers(1, PIECE)), max_size=20)


def carried(
    conditions: LineConditions, gaps: list[tuple[float, int]], seed: int
) -> list[tuple[float, float]]:
    """When each piece was sent whole, and when it arrives."""
    draw, now_s, free_s, before_s, found = Random(seed), 0.0, 0.0, 0.0, []
    for gap_s, size in gaps:
        now_s += gap_s
        free_s = sent(conditions, size, now_s, free_s)
        before_s = arrives(conditions, free_s, before_s, draw)
        found.append((free_s, before_s))
    return found


@given(CONDITIONS, SENT, st.integers(0, 9))
def test_nothing_overtakes_and_nothing_is_early(
    conditions: LineConditions, gaps: list[tuple[float, int]], seed: int
) -> None:
    found = carried(conditions, gaps, seed)
    times = [at_s for _, at_s in found]

    assert times == sorted(times)
    assert all(at_s >= sent_s + conditions.latency_s - conditions.jitter_s for sent_s, at_s in found)


@given(CONDITIONS, SENT, st.integers(0, 9))
def test_the_same_seed_carries_the_same(
    conditions: LineConditions, gaps: list[tuple[float, int]], seed: int
) -> None:
    assert carried(conditions, gaps, seed) == carried(conditions, gaps, seed)


@given(st.integers(8, 100_000), SENT)
def test_a_rate_is_never_exceeded(kbit_s: int, gaps: list[tuple[float, int]]) -> None:
    conditions = LineConditions(LineState.SLOW, kbit_s=kbit_s)
    found = carried(conditions, gaps, 1)
    size = sum(each for _, each in gaps)

    if found:
        took_s = found[-1][0] - gaps[0][0]
        assert took_s >= size * 8 / (kbit_s * 1000) - 1e-6


def test_a_lost_piece_comes_later_and_twice_as_late_each_time() -> None:
    always = [resent(1.0, Random(1)), resent(0.0, Random(1))]
    some = {resent(0.5, Random(seed)) for seed in range(200)}

    assert always == [RESENT_S * 255, 0.0]
    assert {0.0, RESENT_S, 3 * RESENT_S, 7 * RESENT_S} <= some


def test_pieces_are_as_small_as_is_asked() -> None:
    assert piece(LineConditions()) == PIECE
    assert piece(LineConditions(LineState.BAD, slice_bytes=7)) == 7
    assert piece(LineConditions(LineState.SLOW, kbit_s=8)) == 50


@given(st.floats(0.1, 60), st.floats(0.1, 60), st.floats(0, 600))
def test_a_flapping_line_passes_by_turns(up_s: float, down_s: float, for_s: float) -> None:
    conditions = LineConditions(LineState.FLAPPING, up_s=up_s, down_s=down_s)
    wait_s = blocked(conditions, for_s)

    assert 0 <= wait_s <= down_s + 1e-6
    assert (wait_s == 0) is (for_s % (up_s + down_s) < up_s)


def test_a_cut_line_passes_nothing_until_it_is_changed() -> None:
    for state in (LineState.CUT, *ENDING):
        assert blocked(LineConditions(state), 1e9) == math.inf
    assert blocked(LineConditions(), 0) == 0.0
    assert blocked(LineConditions(LineState.NO_DNS), 0) == 0.0
