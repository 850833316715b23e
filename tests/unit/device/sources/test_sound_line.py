"""Sound in even blocks: holes kept, overlaps cut, jitter smoothed, passes joined."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from device.settings import AUDIO_RATE
from device.sources.demux.sound_line import BLOCK, TOLERANCE_NS, Heard, SoundLine, count, span

S = 1_000_000_000
MS = S // 1000


def _samples(length: int, value: float = 0.5) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.full(length, value, np.float32)


def _all(line: SoundLine, pieces: list[tuple[int, int]]) -> list[Heard]:
    heard = [block for length, at in pieces for block in line.push(_samples(length), at)]
    return [*heard, *line.flush()]


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=30), st.integers(0, 10**15))
def test_every_sample_comes_out_once_at_its_time(lengths: list[int], begin: int) -> None:
    pieces, at = [], 0
    for length in lengths:
        pieces.append((length, begin + span(at)))
        at += length
    heard = _all(SoundLine(), pieces)
    assert sum(len(block.samples) for block in heard) == sum(lengths)
    assert all(len(block.samples) == BLOCK for block in heard[:-1])
    assert not any(block.after_hole for block in heard)
    assert all(abs(block.begin_ns - begin - span(index * BLOCK)) < MS for index, block in enumerate(heard))


@given(st.lists(st.integers(-6 * MS, 6 * MS), min_size=50, max_size=50))
def test_jitter_neither_drops_nor_adds_a_sample_and_stays_small(jitter: list[int]) -> None:
    pieces = [(1024, S + span(index * 1024) + late) for index, late in enumerate(jitter)]
    heard = _all(SoundLine(), pieces)
    assert sum(len(block.samples) for block in heard) == 50 * 1024
    steps = {after.begin_ns - before.end_ns for before, after in pairwise(heard)}
    assert max(abs(step) for step in steps) < 2 * MS


@given(st.integers(TOLERANCE_NS + MS, 3_600 * S))
def test_a_hole_is_said_and_what_follows_stays_at_its_time(hole: int) -> None:
    heard = _all(SoundLine(), [(AUDIO_RATE, 0), (AUDIO_RATE, S + hole)])
    after = [block for block in heard if block.after_hole]
    assert [block.begin_ns for block in after] == [S + hole]
    assert sum(len(block.samples) for block in heard) == 2 * AUDIO_RATE


@given(st.integers(TOLERANCE_NS + MS, S))
def test_what_was_heard_already_is_cut_off_over_any_number_of_packets(overlap: int) -> None:
    pieces = [(AUDIO_RATE, 0), *((1024, S - overlap + span(index * 1024)) for index in range(100))]
    heard = _all(SoundLine(), pieces)
    length = AUDIO_RATE + 100 * 1024 - count(overlap)
    assert abs(sum(len(block.samples) for block in heard) - length) <= 1
    assert not any(block.after_hole for block in heard)


@given(st.integers(-TOLERANCE_NS, TOLERANCE_NS))
def test_a_new_pass_begins_exactly_where_it_should(off: int) -> None:
    line = SoundLine()
    first = list(line.push(_samples(AUDIO_RATE, 0.5), 0))
    line.new_pass()
    second = [*line.push(_samples(AUDIO_RATE, -0.5), S + off), *line.flush()]
    whole = np.concatenate([block.samples for block in (*first, *second)])
    if off >= 0:
        assert abs(int(np.flatnonzero(whole < 0)[0]) - count(S + off)) <= 1
    assert abs(len(whole) - count(2 * S + off)) <= 1
