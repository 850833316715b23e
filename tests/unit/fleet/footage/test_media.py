from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import boxes, find, make
from fleet.footage.media.filler import black, silence
from fleet.footage.media.fragment import Part, Sample, read_initialisation, read_part, shift, split
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.footage.media.tables import TrackTable
from protocol.footage.format.model import PlainPart, Track
from tests.support.media.media import make_media
from tests.support.media.recordings import BOOT_NS

ABOUT = Description("cam-01 recording 7", "a test", datetime(2026, 1, 1, tzinfo=UTC))


def part(track: Track, at: int = 1) -> PlainPart:
    return next(each for each in make_media(seconds=3)[at].parts if each.track is track)


def test_a_part_is_read_as_it_was_made() -> None:
    video = read_part(part(Track.VIDEO).data)
    assert (video.initialisation.timescale, video.initialisation.handler) == (90_000, "vide")
    assert (video.initialisation.width >> 16, video.initialisation.height >> 16) == (160, 120)
    assert video.decode_time == (BOOT_NS + 10**9) * 90_000 // 10**9
    assert [each.duration for each in video.samples] == [9_000] * 10
    assert [each.sync for each in video.samples] == [True] + [False] * 9
    assert len(video.payload) == sum(each.size for each in video.samples)
    audio = read_part(part(Track.AUDIO).data)
    assert (audio.initialisation.timescale, audio.initialisation.handler) == (48_000, "soun")
    assert {each.duration for each in audio.samples} == {1024}
    assert all(each.sync for each in audio.samples)


def test_a_part_is_cut_in_two_and_joins_again() -> None:
    data = part(Track.VIDEO).data
    head, media = split(data)
    assert head + media == data
    assert [box.kind for box in boxes(head)] == ["ftyp", "moov"]


@given(st.integers(0, 2**40))
def test_moving_a_fragment_moves_its_time_alone(ticks: int) -> None:
    _, media = split(part(Track.VIDEO).data)
    head = part(Track.VIDEO).data[: -len(media)]
    moved = shift(media, ticks)
    before, after = read_part(head + media), read_part(head + moved)
    assert after.decode_time == max(0, before.decode_time - ticks)
    assert (after.samples, after.payload, len(moved)) == (before.samples, before.payload, len(media))


@given(st.data())
def test_damaged_parts_are_read_or_refused(data: st.DataObject) -> None:  # proves F6
    whole = bytearray(part(data.draw(st.sampled_from(Track))).data)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, min(1100, len(whole) - 1)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    damaged = bytes(whole[:cut]) if data.draw(st.booleans()) else bytes(whole)
    with contextlib.suppress(MediaError):  # anything else is not suppressed, and fails the test
        read_part(damaged)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "made of ftyp, moov, moof and mdat, this one of nothing"),
        (b"abc", "ends within the header"),
        (make("ftyp") + make("moov"), "this one of ftyp moov"),
        (b"\x00\x00\x00\x05free", "says that it is 5 bytes long"),
        (b"\x00\x00\xff\x05free", "says that it is 65285 bytes long"),
    ],
)
def test_what_is_no_part_is_said(data: bytes, sentence: str) -> None:
    with pytest.raises(MediaError, match=sentence):
        read_part(data)


def video_part(decode_time: int, durations: list[int]) -> Part:
    """A part with these times; what is in it does not matter."""
    head = read_part(part(Track.VIDEO).data).initialisation
    samples = tuple(Sample(each, 10, place == 0, 0) for place, each in enumerate(durations))
    return Part(head, b"", decode_time, samples, bytes(10 * len(samples)))


def durations_of(table: TrackTable) -> list[int]:
    stbl = table.sample_table([0] * len(table.chunks))
    stts = find(stbl, "stbl/stts")
    count = int.from_bytes(stbl[stts.body + 4 : stts.body + 8], "big")
    rows = [stbl[stts.body + 8 + 8 * at :][:8] for at in range(count)]
    return [int.from_bytes(row[4:], "big") for row in rows for _ in range(int.from_bytes(row[:4], "big"))]


@given(
    st.lists(
        st.tuples(st.integers(-9_000, 400_000), st.lists(st.integers(1, 10_000), min_size=1, max_size=12)),
        min_size=1,
        max_size=8,
    )
)
def test_decode_times_grow_and_keep_the_camera_s_clock(rows: list[tuple[int, list[int]]]) -> None:
    at, table = 10**9, None
    begins: list[tuple[int, list[int], int]] = []
    for gap, durations in rows:
        at = max(10**9, at + (gap if begins else 0))
        each = video_part(at, durations)
        table = table or TrackTable.beginning_with(each)
        begins.append((sum(len(b[1]) for b in begins), durations, at))
        table.add(each)
        at += sum(durations)
    assert table is not None
    times = [0]
    for duration in durations_of(table):
        assert duration >= 1
        times.append(times[-1] + duration)
    assert times[-1] == table.duration
    previous_end = 0
    for first, durations, start in begins:
        if start - 10**9 >= previous_end:  # nothing overlaps: the part is exactly where the camera put it
            assert times[first] == start - 10**9
        previous_end = max(previous_end, times[first] + sum(durations) + len(durations))


def test_a_movie_s_header_has_the_length_that_it_says() -> None:
    builder = MovieBuilder()
    parts = [read_part(each.data) for chunk in make_media(seconds=3) for each in chunk.parts]
    for each in parts:
        builder.add(each)
    header = builder.header(ABOUT)
    movie = header + b"".join(each.payload for each in parts)
    kinds = {box.kind: box for box in boxes(movie)}
    assert list(kinds) == ["ftyp", "moov", "mdat"]
    assert kinds["mdat"].body == len(header)
    assert kinds["mdat"].end - kinds["mdat"].body == builder.payload
    assert movie == header + b"".join(each.payload for each in parts)


def test_what_cannot_be_a_movie_is_said() -> None:
    with pytest.raises(MediaError, match="nothing to write"):
        MovieBuilder().header(ABOUT)
    video = read_part(part(Track.VIDEO).data)
    builder = MovieBuilder()
    builder.add(video)
    with pytest.raises(MediaError, match="changed how it counts time"):
        builder.add(replace(video, initialisation=replace(video.initialisation, timescale=1000)))
    with pytest.raises(MediaError, match="neither picture nor sound"):
        builder.add(replace(video, initialisation=replace(video.initialisation, handler="text")))


@given(st.integers(0, 2**40), st.integers(1, 200_000))
def test_silence_fills_what_it_can_and_no_more(start: int, length: int) -> None:
    head, _ = split(part(Track.AUDIO).data)
    made = silence(read_initialisation(head), start=start, length=length)
    assert made is not None
    read = read_part(head + made)
    assert read.decode_time == start
    assert read.ticks == max(1, length // 1024) * 1024
    assert {each.size for each in read.samples} == {6}


@given(st.integers(0, 10**14), st.integers(1, 2 * 10**9))
def test_black_is_shown_for_as_long_as_it_is_asked(start_ns: int, length_ns: int) -> None:
    read = read_part(black(160, 120, start_ns=start_ns, length_ns=length_ns))
    assert (read.initialisation.width >> 16, read.initialisation.height >> 16) == (160, 120)
    assert [each.sync for each in read.samples] == [True]
    assert read.decode_time == start_ns * 90_000 // 10**9
    end = read.decode_time + read.ticks
    assert end == max(read.decode_time + 1, (start_ns + length_ns) * 90_000 // 10**9)


def test_a_picture_has_no_silence() -> None:
    head, _ = split(part(Track.VIDEO).data)
    assert silence(read_initialisation(head), start=0, length=9_000) is None
