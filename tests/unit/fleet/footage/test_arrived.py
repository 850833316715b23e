"""How a recording is laid out whose beginning, or middle, has not arrived."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.timeline.arrived import LONGEST_BEGINNING_NS, NOT_ARRIVED, NotArrived, absent, grown
from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.timeline.gaps import gaps_of
from fleet.footage.timeline.timeline import Timeline, lay_out
from fleet.footage.watching.playlists import media_playlist
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import Open, read_ledger
from tests.support.media.recordings import record

S = 1_000_000_000
BOTH = frozenset(Track)
BEGINS = 1000 * S
PRE = 60


def chunk(seq: int, *, gaps: tuple[Gap, ...] = ()) -> ChunkRef:
    parts = tuple(PartRef(track, f"{track}", 10, 1000) for track in Track)
    return ChunkRef(f"{seq:03d}.seg", seq, BEGINS + seq * S, S, 0, parts, gaps)


def opening(
    *, first_seq: int = 0, last_seq: int = PRE - 1, held_ns: int = PRE * S, press_ns: int = BEGINS + PRE * S
) -> Open:
    """The ``open`` of a recording with a minute before the press, in chunks of a second."""
    made = read_ledger(record(prerecord=1, live=0).ledger).open
    return replace(made, first_seq=first_seq, last_seq=last_seq, held_ns=held_ns, press_ns=press_ns)


def laid_out(*seqs: int, told: Open | None = None, before: Timeline | None = None) -> Timeline:
    chunks = [chunk(seq) for seq in seqs]
    if before is not None:
        chunks = grown(list(before.chunks.values()), chunks)
    here = {each.seq for each in chunks}
    return lay_out(chunks, BOTH, absent=absent(told or opening(), chunks, here))


def missing(timeline: Timeline) -> list[tuple[float, float, str]]:
    return [(gap.offset_s, gap.duration_s, gap.cause) for gap in gaps_of(timeline) if gap.track == "video"]


def test_what_has_not_arrived_at_the_beginning_is_a_hole_of_its_length() -> None:  # proves F8
    timeline = laid_out(*range(55, 70))
    assert timeline.first_ns == BEGINS
    assert timeline.starts_ns == 55 * S
    assert missing(timeline) == [(0.0, 55.0, NOT_ARRIVED)]
    assert timeline.duration_ns == 70 * S


def test_between_what_has_arrived_too_and_nothing_else_is_called_that() -> None:  # proves F8
    assert missing(laid_out(*range(55, 60), 62, 63, 70)) == [
        (0.0, 55.0, NOT_ARRIVED),
        (60.0, 2.0, NOT_ARRIVED),
        (64.0, 6.0, NOT_ARRIVED),
    ]
    assert missing(laid_out(*range(70))) == []


def test_what_the_camera_lost_is_told_apart_from_what_has_not_arrived() -> None:  # proves F8
    lost = Gap(Track.VIDEO, BEGINS + 60 * S, 3 * S, GapCause.ENCODER)
    here = chunk(60)
    after = replace(here, start_ns=here.start_ns + 3 * S, gaps=(lost,))
    chunks = [*(chunk(seq) for seq in range(58, 60)), after]
    timeline = lay_out(chunks, BOTH, absent=absent(opening(), chunks, {58, 59, 60}))
    assert missing(timeline) == [(0.0, 58.0, NOT_ARRIVED), (60.0, 3.0, "encoder gap")]


def test_a_chunk_without_picture_and_sound_has_arrived_all_the_same() -> None:
    chunks = [chunk(0), chunk(2)]
    assert absent(opening(), chunks, {0, 1, 2}) == ()
    assert absent(opening(), chunks, {0, 2}) == (NotArrived(BEGINS + S, BEGINS + 2 * S),)


def test_with_nothing_from_before_the_press_its_length_is_reckoned_from_the_press() -> None:
    timeline = laid_out(65, 66)
    assert timeline.first_ns == BEGINS
    assert missing(timeline) == [(0.0, 65.0, NOT_ARRIVED)]


def test_a_recording_without_a_pre_record_begins_with_its_first_chunk() -> None:
    none = opening(first_seq=60, last_seq=59, held_ns=0)
    assert laid_out(60, 61, told=none).first_ns == BEGINS + 60 * S


@pytest.mark.parametrize("held_ns", [2**62, 10**15])
def test_a_camera_that_tells_of_an_absurd_pre_record_fills_nobodys_memory(held_ns: int) -> None:
    told = opening(held_ns=held_ns, press_ns=2**62 + 60 * S)
    chunks = [replace(chunk(60), start_ns=2**62)]
    timeline = lay_out(chunks, BOTH, absent=absent(told, chunks, {60}))
    assert timeline.duration_ns <= LONGEST_BEGINNING_NS + S
    far = opening(first_seq=0, last_seq=2**60, held_ns=60 * S)
    chunks = [replace(chunk(1), seq=2**60)]
    assert lay_out(chunks, BOTH, absent=absent(far, chunks, {2**60})).duration_ns <= 62 * S


ARRIVALS = st.lists(st.sets(st.integers(0, 80), min_size=1, max_size=12), min_size=2, max_size=6)


@given(ARRIVALS)
def test_what_somebody_watches_only_grows_at_its_end(arrivals: list[set[int]]) -> None:  # proves F8
    """HLS allows no more (RFC 8216, section 6.2.1): times that were served once stay true."""
    here: set[int] = set()
    timeline: Timeline | None = None
    for more in arrivals:
        here |= more
        before, timeline = timeline, laid_out(*sorted(here), before=timeline)
        if before is not None:
            assert timeline.first_ns == before.first_ns
            for track in Track:
                old = media_playlist(before, track, ended=False).splitlines()
                new = media_playlist(timeline, track, ended=False).splitlines()
                assert new[: len(old)] == old


@given(st.sets(st.integers(0, 80), min_size=1))
def test_every_second_is_here_or_said_not_to_have_arrived(seqs: set[int]) -> None:  # proves F8
    timeline = laid_out(*sorted(seqs))
    away = {
        second
        for start, length, _ in missing(timeline)
        for second in range(round(start), round(start + length))
    }
    assert away == set(range(max(seqs))) - seqs
