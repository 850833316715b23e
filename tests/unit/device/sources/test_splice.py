"""One unbroken line from stamps that jump: both tracks together, holes kept, nothing waited for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.reading.splice import BACK_NS, LONGEST_HOLE_NS, WAVERS_NS, Splice, Stamps
from protocol.footage.format.model import Track

S = 1_000_000_000
FRAME, BLOCK = S // 25, S // 50
WRAP = (1 << 33) * S // 90_000


def _interleaved(seconds: int, lag: int = 0) -> list[tuple[Track, int, int]]:
    """Packets of both tracks in the order of a multiplex, in which sound comes later by ``lag``."""
    pictures = [(at, Track.VIDEO, at, FRAME) for at in range(0, seconds * S, FRAME)]
    sounds = [(at + lag, Track.AUDIO, at, BLOCK) for at in range(0, seconds * S, BLOCK)]
    return [(track, at, length) for _, track, at, length in sorted(pictures + sounds)]


@given(st.integers(-(10**15), 10**15), st.integers(0, S))
def test_stamps_without_a_jump_are_left_alone_wherever_they_begin(begin: int, lag: int) -> None:
    splice = Splice()
    assert {splice.place(track, begin + at, length) for track, at, length in _interleaved(3, lag)} == {0}


@given(
    jump=st.one_of(
        st.integers(LONGEST_HOLE_NS + 3 * S, 10**16),
        st.integers(-(10**16), -5 * S),
        st.just(-WRAP),
        st.just(WRAP),
    ),
    lag=st.integers(0, S // 2),
)
def test_a_jump_of_both_tracks_moves_both_by_the_same_and_leaves_no_hole(jump: int, lag: int) -> None:
    splice = Splice()
    ends: dict[Track, int] = {}
    shifts: dict[Track, int] = {}
    for track, at, length in _interleaved(4, lag):
        ends[track] = at + splice.place(track, at, length) + length
    for track, at, length in _interleaved(4, lag):
        own = 4 * S + at + jump
        shift = splice.place(track, own, length)
        assert shifts.setdefault(track, shift) == shift
        assert -BACK_NS <= own + shift - ends[track] <= S
        ends[track] = own + shift + length
    assert shifts[Track.VIDEO] == shifts[Track.AUDIO]


def test_a_track_that_comes_later_in_the_multiplex_still_finds_the_move() -> None:
    """The last packets from before the jump come after the first ones from behind it."""
    splice = Splice()
    for track, at, length in _interleaved(2):
        splice.place(track, at, length)
    video = [splice.place(Track.VIDEO, 3_602 * S + index * FRAME, FRAME) for index in range(10)]
    lagging = [splice.place(Track.AUDIO, 2 * S + index * BLOCK, BLOCK) for index in range(5)]
    audio = [splice.place(Track.AUDIO, 3_602 * S + index * BLOCK, BLOCK) for index in range(10)]
    assert set(lagging) == {0}
    assert set(video) == set(audio) == {-3_600 * S}


@given(hole=st.integers(S, 3_600 * S))
def test_a_hole_in_one_track_keeps_its_length_while_the_other_goes_on(hole: int) -> None:
    splice = Splice()
    splice.place(Track.AUDIO, 0, BLOCK)
    for at in range(0, hole + S, S):
        assert splice.place(Track.VIDEO, at, S) == 0
    assert splice.place(Track.AUDIO, BLOCK + hole, BLOCK) == 0


@given(late=st.integers(0, LONGEST_HOLE_NS))
def test_a_track_that_begins_late_begins_at_its_own_time(late: int) -> None:
    splice = Splice()
    splice.place(Track.AUDIO, 0, BLOCK)
    assert splice.place(Track.VIDEO, late, FRAME) == 0


@pytest.mark.parametrize(
    ("hole", "shift"), [(7 * S, 0), (9 * S, 0), (11 * S, -11 * S), (3_600 * S, -3_600 * S)]
)
def test_what_is_missing_of_all_tracks_is_a_hole_up_to_ten_seconds(hole: int, shift: int) -> None:
    splice = Splice()
    splice.place(Track.VIDEO, 0, FRAME)
    assert splice.place(Track.VIDEO, FRAME + hole, FRAME) == shift


def test_one_picture_each_minute_is_no_jump_where_that_is_the_rate() -> None:
    splice = Splice()
    assert [splice.place(Track.VIDEO, at * 60 * S, 0, 180 * S) for at in range(5)] == [0] * 5


@given(
    st.lists(
        st.tuples(st.sampled_from([Track.VIDEO, Track.AUDIO]), st.integers(-(10**14), 10**14)), max_size=80
    )
)
def test_no_stamps_whatever_they_are_make_anybody_wait_or_go_far_back(
    packets: list[tuple[Track, int]],
) -> None:
    splice = Splice()
    ends: dict[Track, int] = {}
    for track, own in packets:
        at = own + splice.place(track, own, FRAME)
        front = max(ends.values(), default=at)
        assert at <= front + LONGEST_HOLE_NS
        if track in ends:
            assert at >= ends[track] - BACK_NS
        ends[track] = at + FRAME


@given(back=st.integers(WAVERS_NS + 1, BACK_NS), at=st.integers(1, 3))
def test_stamps_for_decoding_that_go_back_less_than_a_second_take_nothing_away(back: int, at: int) -> None:
    splice = Splice()
    ends: dict[Track, int] = {}
    for track, own, length in _interleaved(5):
        stamp = own if own < at * S else own - back
        line = stamp + splice.place(track, stamp, length, stamps=Stamps.ORDERED)
        assert -FRAME <= line - ends.get(track, line) <= S // 10
        ends[track] = line + length
    assert ends[Track.VIDEO] - ends[Track.AUDIO] == pytest.approx(0, abs=FRAME)


def test_one_stamp_that_lies_before_the_others_moves_nothing_for_long() -> None:
    splice = Splice()
    stamps = [index * FRAME - (400_000_000 if index == 20 else 0) for index in range(40)]
    shifts = [splice.place(Track.VIDEO, stamp, FRAME, stamps=Stamps.ORDERED) for stamp in stamps]
    assert {shift for index, shift in enumerate(shifts) if index != 20} == {0}


def test_stamps_for_showing_may_go_back_in_the_order_of_decoding() -> None:
    splice = Splice()
    order = [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11]
    assert {splice.place(Track.VIDEO, index * FRAME * 4, FRAME * 4) for index in order} == {0}


@pytest.mark.parametrize("stamps", Stamps)
@given(
    stated=st.integers(0, 20 * S),
    steps=st.lists(st.integers(0, 2 * S), min_size=3, max_size=30),
)
def test_a_stamp_that_goes_forwards_never_counts_as_going_back_whatever_length_was_stated(
    stamps: Stamps, stated: int, steps: list[int]
) -> None:
    """Such a track was played slower than it is: six times, of 33 ms a picture that were said to be 200."""
    splice, at = Splice(), 0
    for step in steps:
        assert splice.place(Track.VIDEO, at, stated, 180 * S, stamps) == 0
        at += step


@pytest.mark.parametrize(
    ("stated", "apart"), [(200, 33), (1_000, 33), (1_000, 800), (10, 33), (33, 33), (0, 33)]
)
@pytest.mark.parametrize("back", [200, 400, 900])
def test_one_stamp_that_lies_before_the_others_moves_nothing_for_long_whatever_length_was_stated(
    stated: int, apart: int, back: int
) -> None:
    splice, ms = Splice(), S // 1_000
    stamps = [(index * apart - (back if index == 20 else 0)) * ms for index in range(60)]
    shifts = [splice.place(Track.VIDEO, stamp, stated * ms, stamps=Stamps.ORDERED) for stamp in stamps]
    assert {shift for index, shift in enumerate(shifts) if index != 20} == {0}


@given(back=st.integers(151, 900), stated=st.sampled_from([10, 40, 200]))
def test_both_tracks_see_the_same_jump_whatever_length_the_pictures_state(back: int, stated: int) -> None:
    splice, ms = Splice(), S // 1_000
    shifts: dict[Track, set[int]] = {Track.VIDEO: set(), Track.AUDIO: set()}
    for track, at, length in _interleaved(5):
        stamp = at if at < 2 * S else at - back * ms
        said = length if track is Track.AUDIO else stated * ms
        shift = splice.place(track, stamp, said, stamps=Stamps.ORDERED)
        if at >= 2 * S:
            shifts[track].add(shift)
    assert shifts[Track.VIDEO] == shifts[Track.AUDIO]
    assert len(shifts[Track.VIDEO]) == 1


def _reordered(seconds: int) -> list[tuple[Track, int, Stamps]]:
    """Sound, and pictures of which three in four lie before the one that was decoded before them."""
    order = [0, 4, 2, 1, 3, 8, 6, 5, 7, 12, 10, 9, 11, 16, 14, 13, 15, 20, 18, 17, 19, 24, 22, 21, 23]
    kinds = [Stamps.KEY, *[Stamps.LOOSE] * 24]
    packets = [
        (second * S + place * FRAME, Track.VIDEO, second * S + each * FRAME, kinds[place])
        for second in range(seconds)
        for place, each in enumerate(order)
    ]
    blocks = range(0, seconds * S, BLOCK)
    packets += [(at, Track.AUDIO, at, Stamps.BESIDE) for at in blocks]
    return [
        (track, stamp, kind)
        for _, track, stamp, kind in sorted(packets, key=lambda each: (each[0], each[1] is Track.AUDIO))
    ]


@pytest.mark.parametrize("back_ms", [200, 300, 500, 800, 990])
def test_a_key_picture_that_goes_back_takes_nothing_away_of_either_track(back_ms: int) -> None:
    splice, ends, shifts = Splice(), dict.fromkeys(Track, 0), dict.fromkeys(Track, 0)
    for track, at, kind in _reordered(6):
        stamp = at if at < 3 * S else at - back_ms * S // 1_000
        shifts[track] = splice.place(track, stamp, FRAME, stamps=kind)
        assert stamp + shifts[track] >= ends[track] - 5 * FRAME, "in the order of decoding"
        ends[track] = max(ends[track], stamp + shifts[track])
    assert shifts[Track.VIDEO] == shifts[Track.AUDIO] == pytest.approx(back_ms * S // 1_000, abs=FRAME)


@given(back=st.integers(FRAME, BACK_NS * 3 // 4), at=st.integers(S, 5 * S))
def test_stamps_for_showing_that_go_back_anywhere_leave_both_tracks_together(back: int, at: int) -> None:
    splice, shifts = Splice(), dict.fromkeys(Track, 0)
    for track, own, kind in _reordered(9):
        shifts[track] = splice.place(track, own if own < at else own - back, FRAME, stamps=kind)
    assert shifts[Track.VIDEO] == shifts[Track.AUDIO]


@pytest.mark.parametrize("back_ms", [200, 500, 990])
def test_one_bad_stamp_of_a_key_picture_parts_the_tracks_until_the_next_one_alone(back_ms: int) -> None:
    splice, shifts, late = Splice(), dict.fromkeys(Track, 0), 0
    for track, at, kind in _reordered(6):
        bad = kind is Stamps.KEY and at == 3 * S
        shifts[track] = splice.place(track, at - (back_ms * S // 1_000 if bad else 0), FRAME, stamps=kind)
        late += shifts[track] != 0
    assert shifts == dict.fromkeys(Track, 0)
    assert late <= S // FRAME
