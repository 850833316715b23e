"""The chunker: contiguous chunks, every packet in exactly one, whatever is missing stated."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.capture.chunker import SUSPENDED_NS, Chunker
from device.capture.picture_track import PATIENCE_NS
from device.encode.aac import sound_params
from device.encode.packets import AAC_FRAME, Absent, EncodedPacket, Lost, StreamParams, to_ns, to_ticks
from device.encode.video import VideoEncoder
from device.settings import AUDIO_RATE, VideoSettings
from protocol.footage.format.limits import MAX_CHUNK_NS
from protocol.footage.format.model import ClockLabel, Gap, GapCause, PlainChunk, Track
from tests.support.tries import tries

NS = 1_000_000_000
MS = 1_000_000
START = 1_000 * NS
FPS = 10
FRAME = NS // FPS


@cache
def _params(track: Track) -> StreamParams:
    if track is Track.AUDIO:
        return sound_params(64_000)
    return VideoEncoder(VideoSettings(width=160, height=96, encoder="libx264")).params


def _packet(track: Track, at: int, number: int, *, key: bool = True) -> EncodedPacket:
    """A packet whose bytes say which it is, behind what looks like a slice of a (key) picture."""
    params = _params(track)
    pts = to_ns(to_ticks(at, params.timescale), params.timescale)
    length = FRAME if track is Track.VIDEO else to_ns(to_ticks(at, AUDIO_RATE) + AAC_FRAME, AUDIO_RATE) - pts
    return EncodedPacket(track, pts, length, key, _bytes(number, key=key), params)


def _bytes(number: int, *, key: bool = True) -> bytes:
    return bytes([0, 0, 0, 10, 0x65 if key else 0x41, 0x88]) + number.to_bytes(8, "big")


def _number(data: bytes) -> int:
    return int.from_bytes(data[6:], "big")


def _pictures(start: int, count: int, *, gop: int = FPS, frame: int = FRAME) -> list[EncodedPacket]:
    return [
        _packet(Track.VIDEO, start + index * frame, index, key=index % gop == 0) for index in range(count)
    ]


def _sounds(start: int, until: int) -> list[EncodedPacket]:
    first = to_ticks(start, AUDIO_RATE)
    count = (to_ticks(until, AUDIO_RATE) - first) // AAC_FRAME
    return [
        _packet(Track.AUDIO, to_ns(first + index * AAC_FRAME, AUDIO_RATE), index) for index in range(count)
    ]


def _label(at: int) -> ClockLabel:
    return ClockLabel(at // 1000, synchronised=True)


def _chunker(*, sound: bool = True) -> Chunker:
    return Chunker(label=_label, frame_ns=FRAME, sound=sound)


Item = EncodedPacket | Lost | Absent


def _run(
    chunker: Chunker, items: Iterable[Item], delay: Callable[[Item], int] = lambda _: 0
) -> list[PlainChunk]:
    """Push everything in the order in which it would come, with the time as it passes."""
    chunks: list[PlainChunk] = []
    for item in sorted(items, key=lambda item: (item.until_ns + delay(item), item.track)):
        chunks += chunker.push(item)
        chunks += chunker.advance(item.until_ns + delay(item))
    return chunks + chunker.finish()


@dataclass(frozen=True)
class _Stored:
    pts_ns: int
    number: int
    key: bool


def _stored(chunk: PlainChunk, track: Track) -> list[_Stored]:
    """What a part holds, read back by FFmpeg's demuxer."""
    for part in chunk.parts:
        if part.track is track:
            with av.open(io.BytesIO(part.data), "r", format="mp4") as container:
                scale = _params(track).timescale
                return [
                    _Stored(to_ns(packet.pts or 0, scale), _number(bytes(packet)), packet.is_keyframe)
                    for packet in container.demux()
                    if packet.size
                ]
    return []


def _numbers(chunks: list[PlainChunk], track: Track) -> list[int]:
    return [stored.number for chunk in chunks for stored in _stored(chunk, track)]


def _end(chunk: PlainChunk) -> int:
    return chunk.start_ns + chunk.duration_ns


def _assert_sound_footage(chunks: list[PlainChunk]) -> None:
    """What holds for all chunks whatever happened."""
    for before, after in pairwise(chunks):
        slept = any(gap.start_ns == _end(before) and gap.cause is GapCause.SUSPENDED for gap in after.gaps)
        assert after.start_ns == _end(before) or slept
    for chunk in chunks:
        assert 0 < chunk.duration_ns <= MAX_CHUNK_NS
        assert chunk.label == _label(chunk.start_ns)
        assert [part.track for part in chunk.parts] == sorted(
            {part.track for part in chunk.parts}, reverse=True
        )
        for track in Track:
            stored = _stored(chunk, track)
            assert all(chunk.start_ns <= packet.pts_ns < _end(chunk) for packet in stored)
            assert not stored or stored[0].key
            _assert_gaps(chunk, [gap for gap in chunk.gaps if gap.track is track])


def _assert_gaps(chunk: PlainChunk, gaps: list[Gap]) -> None:
    assert len(gaps) < 32
    for gap in gaps:
        assert gap.duration_ns > 0
        assert gap.start_ns + gap.duration_ns <= _end(chunk)
        assert gap.start_ns >= chunk.start_ns or gap.cause is GapCause.SUSPENDED


def test_every_second_with_its_sound() -> None:
    chunks = _run(_chunker(), [*_pictures(START, 30), *_sounds(START, START + 3 * NS)])
    assert [(chunk.start_ns - START, chunk.duration_ns) for chunk in chunks[:3]] == [
        (0, NS),
        (NS, NS),
        (2 * NS, chunks[2].duration_ns),
    ]
    assert not any(chunk.gaps for chunk in chunks)
    assert _numbers(chunks, Track.VIDEO) == list(range(30))
    assert _numbers(chunks, Track.AUDIO) == list(range(140))
    _assert_sound_footage(chunks)


def test_a_chunk_goes_out_as_soon_as_it_is_complete() -> None:
    chunker = _chunker()
    for packet in sorted([*_pictures(START, 10), *_sounds(START, START + NS)], key=lambda item: item.pts_ns):
        assert chunker.push(packet) == []
    assert chunker.push(_packet(Track.VIDEO, START + NS, 10)) == []  # its last sound is still missing
    (chunk,) = chunker.push(_packet(Track.AUDIO, START + 46 * 1024 * NS // AUDIO_RATE, 46))
    assert (chunk.start_ns, chunk.duration_ns) == (START, NS)


def test_sound_belongs_where_it_begins() -> None:
    chunks = _run(_chunker(), [*_pictures(START, 20), *_sounds(START, START + 2 * NS)])
    assert [len(_stored(chunk, Track.AUDIO)) for chunk in chunks] == [47, 46]


def test_without_a_microphone_video_goes_on_at_once_with_a_stated_gap() -> None:
    chunker = _chunker()
    absent = [
        Absent(Track.AUDIO, START, START + tenth * NS // 10, GapCause.NO_MICROPHONE) for tenth in range(31)
    ]
    chunks = _run(chunker, [*_pictures(START, 31), *absent])
    assert [chunk.gaps for chunk in chunks[:3]] == [
        (Gap(Track.AUDIO, START + second * NS, NS, GapCause.NO_MICROPHONE),) for second in range(3)
    ]
    _assert_sound_footage(chunks)


def test_a_silent_microphone_holds_a_chunk_up_for_a_second_at_most() -> None:
    chunker = _chunker()
    out: dict[int, int] = {}
    for packet in _pictures(START, 40):
        for chunk in [*chunker.push(packet), *chunker.advance(packet.pts_ns)]:
            out[_end(chunk)] = packet.pts_ns
    assert len(out) == 2
    assert all(at - end <= PATIENCE_NS + FRAME for end, at in out.items())


def test_a_microphone_that_stalls_and_returns_leaves_exactly_its_gap() -> None:
    sounds = [*_sounds(START, START + 2 * NS), *_sounds(START + 4 * NS, START + 6 * NS)]
    chunks = _run(_chunker(), [*_pictures(START, 60), *sounds])
    gaps = [gap for chunk in chunks for gap in chunk.gaps]
    begin = to_ns(to_ticks(START, AUDIO_RATE) + 93 * AAC_FRAME, AUDIO_RATE)
    assert gaps[0].start_ns == begin
    assert {gap.cause for gap in gaps} == {GapCause.STALLED}
    assert gaps[-1].start_ns + gaps[-1].duration_ns == to_ns(to_ticks(START + 4 * NS, AUDIO_RATE), AUDIO_RATE)
    assert sum(gap.duration_ns for gap in gaps) == gaps[-1].start_ns + gaps[-1].duration_ns - begin
    _assert_sound_footage(chunks)


def test_lost_samples_are_stated_to_the_sample() -> None:
    first, second = _sounds(START, START + NS // 2), _sounds(START + 3 * NS // 4, START + 2 * NS)
    lost = Lost(Track.AUDIO, first[-1].end_ns, second[0].pts_ns, GapCause.OVERFLOW)
    chunks = _run(_chunker(), [*_pictures(START, 20), *first, lost, *second])
    expected = Gap(Track.AUDIO, lost.start_ns, lost.until_ns - lost.start_ns, GapCause.OVERFLOW)
    assert [gap for chunk in chunks for gap in chunk.gaps] == [expected]


def test_without_a_camera_sound_goes_on_in_chunks_of_a_second() -> None:
    absent = [Absent(Track.VIDEO, START, START + tenth * NS // 10, GapCause.NO_CAMERA) for tenth in range(51)]
    chunks = _run(_chunker(), [*absent, *_sounds(START, START + 5 * NS)])
    assert [chunk.duration_ns for chunk in chunks[:4]] == [NS] * 4
    assert all(part.track is Track.AUDIO for chunk in chunks for part in chunk.parts)
    assert {gap.cause for chunk in chunks for gap in chunk.gaps} == {GapCause.NO_CAMERA}
    _assert_sound_footage(chunks)


def test_a_camera_that_never_says_anything_does_not_hold_sound_up() -> None:
    chunks = _run(_chunker(), _sounds(START, START + 5 * NS))
    assert chunks[0].start_ns == START
    assert sum(len(_stored(chunk, Track.AUDIO)) for chunk in chunks) == len(_sounds(START, START + 5 * NS))
    assert {gap.cause for chunk in chunks for gap in chunk.gaps} == {GapCause.STALLED}
    _assert_sound_footage(chunks)


# proves C6
def test_sound_well_before_its_picture_is_kept_and_the_missing_picture_stated() -> None:
    late = START + 3 * NS // 2
    chunks = _run(_chunker(), [*_sounds(START, late), *_pictures(late, FPS), *_sounds(late, late + NS)])
    assert chunks[0].start_ns == START
    missing = [gap for chunk in chunks for gap in chunk.gaps if gap.track is Track.VIDEO]
    assert missing[0].start_ns == START
    assert sum(gap.duration_ns for gap in missing) == late - START
    assert sum(len(_stored(chunk, Track.AUDIO)) for chunk in chunks) >= len(_sounds(START, late))
    _assert_sound_footage(chunks)


# proves C6
@pytest.mark.parametrize("ms", [30, 51, 400, 990])
def test_a_first_picture_shortly_after_the_capture_began_leaves_a_stated_gap(ms: int) -> None:
    # A camera that was missing when the capture began and is there a moment later: until then nothing shows.
    first = START + ms * MS
    sounds = _sounds(START, first + NS)
    absent = Absent(Track.VIDEO, START - NS, sounds[0].pts_ns, GapCause.NO_CAMERA)
    items: list[Item] = [absent, *sounds, *_pictures(first, FPS)]
    chunks = _run(_chunker(), items, lambda item: 25 * MS if isinstance(item, Absent) else 0)
    pictures = [packet for chunk in chunks for packet in _stored(chunk, Track.VIDEO)]
    missing = [gap for chunk in chunks for gap in chunk.gaps if gap.track is Track.VIDEO]
    assert chunks[0].start_ns == missing[0].start_ns == sounds[0].pts_ns
    assert abs(missing[-1].start_ns + missing[-1].duration_ns - pictures[0].pts_ns) < MS
    assert {gap.cause for gap in missing} == {GapCause.NO_CAMERA}
    _assert_sound_footage(chunks)


def test_a_camera_that_stalls_and_returns_leaves_its_gap_and_no_more() -> None:
    pictures = [*_pictures(START, 13), *_pictures(START + 4 * NS, 10)]
    chunks = _run(_chunker(), [*pictures, *_sounds(START, START + 5 * NS)])
    gaps = [gap for chunk in chunks for gap in chunk.gaps]
    shown_until = START + 13 * FRAME
    assert gaps[0].start_ns == shown_until
    assert sum(gap.duration_ns for gap in gaps) == START + 4 * NS - shown_until
    assert len(_numbers(chunks, Track.VIDEO)) == 23
    _assert_sound_footage(chunks)


def test_pictures_lost_before_the_encoder_are_stated_and_decoding_goes_on() -> None:
    pictures = [
        packet
        for packet in _pictures(START, 20)
        if not START + 3 * FRAME <= packet.pts_ns < START + 6 * FRAME
    ]
    lost = Lost(Track.VIDEO, START + 3 * FRAME, START + 6 * FRAME, GapCause.OVERFLOW)
    chunker = _chunker(sound=False)
    chunks = []
    for packet in pictures:
        if packet.pts_ns == START + 6 * FRAME:
            chunks += chunker.push(lost)
        chunks += chunker.push(packet)
    chunks += chunker.finish()
    assert [gap for chunk in chunks for gap in chunk.gaps] == [
        Gap(Track.VIDEO, START + 3 * FRAME, 3 * FRAME, GapCause.OVERFLOW)
    ]
    assert len(_numbers(chunks, Track.VIDEO)) == 17


def test_a_cut_without_pictures_ends_the_chunk_there() -> None:
    chunker = _chunker()
    _run_only(chunker, _sounds(START, START + 3 * NS))
    chunks = chunker.cut(START + 3 * NS + 50 * MS) + chunker.finish()
    assert START + 3 * NS + 50 * MS in [_end(chunk) for chunk in chunks]


def _run_only(chunker: Chunker, items: Iterable[Item]) -> list[PlainChunk]:
    chunks: list[PlainChunk] = []
    for item in items:
        chunks += chunker.push(item)
        chunks += chunker.advance(item.until_ns)
    return chunks


def test_a_sleep_of_the_machine_lies_between_two_chunks() -> None:
    slept = 3_600 * NS
    later = START + 2 * NS + slept
    pictures = [*_pictures(START, 20), *_pictures(later, 20)]
    sounds = [*_sounds(START, START + 2 * NS), *_sounds(later, later + 2 * NS)]
    chunks = _run(_chunker(), [*pictures, *sounds])
    woken = next(chunk for chunk in chunks if chunk.start_ns >= later)
    assert {(gap.track, gap.cause) for gap in woken.gaps} == {
        (Track.VIDEO, GapCause.SUSPENDED),
        (Track.AUDIO, GapCause.SUSPENDED),
    }
    assert all(gap.start_ns + gap.duration_ns == woken.start_ns for gap in woken.gaps)
    assert len(chunks) < 8
    assert slept > SUSPENDED_NS
    _assert_sound_footage(chunks)


def test_what_was_under_way_when_the_machine_slept_does_not_come_back_after_it() -> None:
    """Packets from before the sleep that are handed over after it are part of the sleep's gap."""
    chunker = _chunker()
    chunks = _run_only(chunker, [*_pictures(START, 12), *_sounds(START, START + NS)])
    woke = START + 20 * NS
    chunks += chunker.advance(woke)
    stale = [*_pictures(START + 12 * FRAME, 1), *_sounds(START + NS, START + 6 * NS // 5)]
    chunks += _run_only(chunker, stale)
    chunks += _run(chunker, [*_pictures(woke + 40 * MS, 20), *_sounds(woke, woke + 2 * NS)])
    _assert_sound_footage(chunks)
    assert chunker.late == len(stale)
    first = next(chunk for chunk in chunks if chunk.start_ns > START + 10 * NS)
    assert first.start_ns == woke + 40 * MS
    assert {gap.cause for gap in first.gaps} == {GapCause.SUSPENDED}


def test_what_does_not_come_back_after_a_sleep_is_stated_too() -> None:
    chunker = _chunker(sound=False)
    chunks = _run_only(chunker, _pictures(START, 20))
    woke = START + 3_600 * NS
    for second in range(6):
        chunks += chunker.advance(woke + second * NS)
    woken = [chunk for chunk in chunks if chunk.start_ns >= woke]
    assert len(woken) >= 3
    assert woken[0].start_ns == woke
    assert [gap.cause for gap in woken[0].gaps] == [GapCause.SUSPENDED, GapCause.STALLED]
    assert all(sum(gap.duration_ns for gap in each.gaps) == each.duration_ns for each in woken[1:])


# proves C6
@pytest.mark.parametrize("sound", [True, False])
def test_a_second_sleep_before_anything_came_is_a_sleep_too(sound: bool) -> None:
    """There were as many chunks at once as seconds that it slept, each with a source that had stalled."""
    chunker = _chunker(sound=sound)
    before = _run_only(chunker, [*_pictures(START, 20), *(_sounds(START, START + 2 * NS) if sound else ())])
    woke, again = START + 60 * NS, START + 9 * 3_600 * NS
    chunks = chunker.advance(woke)
    if sound:
        chunks += _run_only(chunker, _sounds(woke, woke + NS))
    chunks += chunker.advance(woke + NS)
    for second in range(6):
        chunks += chunker.advance(again + second * NS)
    _assert_sound_footage([*before, *chunks])
    assert len(chunks) < 10
    woken = next(chunk for chunk in chunks if chunk.start_ns >= again)
    assert woken.start_ns == again
    assert GapCause.SUSPENDED in {gap.cause for gap in woken.gaps}


# proves C6
def test_what_was_heard_before_a_sleep_and_any_picture_is_kept() -> None:
    chunker = _chunker()
    chunks = _run_only(chunker, _sounds(START, START + NS))
    woke = START + 8 * 3_600 * NS
    for second in range(6):
        chunks += chunker.advance(woke + second * NS)
    _assert_sound_footage(chunks)
    assert len(chunks) < 10
    assert chunks[0].start_ns == START
    assert any(part.track is Track.AUDIO for part in chunks[0].parts)
    gaps = [gap for chunk in chunks if chunk.start_ns >= woke for gap in chunk.gaps]
    assert {gap.cause for gap in gaps if gap.track is Track.VIDEO} == {GapCause.SUSPENDED, GapCause.STALLED}


def test_a_sleep_without_a_camera_is_not_counted_as_its_absence() -> None:
    chunker = _chunker()
    absent = [Absent(Track.VIDEO, START, START + tenth * NS // 10, GapCause.NO_CAMERA) for tenth in range(21)]
    chunks = _run_only(chunker, absent)
    woke = START + 3_600 * NS
    chunks += chunker.advance(woke)
    chunks += chunker.push(Absent(Track.VIDEO, START, woke + NS // 10, GapCause.NO_CAMERA))
    chunks += _run_only(chunker, _sounds(woke + NS // 10, woke + 2 * NS))
    chunks += chunker.finish()
    _assert_sound_footage(chunks)
    assert len(chunks) < 8
    assert {gap.cause for chunk in chunks for gap in chunk.gaps} >= {GapCause.SUSPENDED, GapCause.NO_CAMERA}


def test_a_picture_that_cannot_be_decoded_is_left_out_and_stated() -> None:
    """An encoder that forgets its key pictures: chunks stay within two seconds, and say what they lack."""
    pictures = _pictures(START, 45, gop=100)
    pictures.append(_packet(Track.VIDEO, START + 45 * FRAME, 45))
    chunks = _run(_chunker(sound=False), pictures)
    _assert_sound_footage(chunks)
    assert GapCause.ENCODER in {gap.cause for chunk in chunks for gap in chunk.gaps}
    assert _numbers(chunks, Track.VIDEO)[-1] == 45


# proves C6
@pytest.mark.parametrize("back_ms", [60, 180])
def test_sound_that_goes_back_does_not_take_the_picture_down(back_ms: int) -> None:
    chunker = _chunker()
    first, again = _sounds(START, START + NS), _sounds(START + NS - back_ms * MS, START + 3 * NS)
    later = {id(packet) for packet in again}
    items = [*_pictures(START, 3 * FPS), *first, *again]
    chunks = _run(chunker, items, lambda item: back_ms * MS if id(item) in later else 0)
    _assert_sound_footage(chunks)
    assert _numbers(chunks, Track.VIDEO) == list(range(3 * FPS))
    heard = [stored.pts_ns for chunk in chunks for stored in _stored(chunk, Track.AUDIO)]
    assert heard == sorted(set(heard))
    assert 1 <= chunker.late <= back_ms * 48 // AAC_FRAME + 2


def test_a_picture_that_is_not_after_the_one_before_it_is_left_out_until_the_next_key_picture() -> None:
    chunker = _chunker(sound=False)
    items = _pictures(START, 3 * FPS)
    wrong = items[FPS + 5] = _packet(Track.VIDEO, START + (FPS + 4) * FRAME, 99, key=False)
    chunks = _run(chunker, items, lambda item: FRAME // 2 if item is wrong else 0)
    _assert_sound_footage(chunks)
    assert _numbers(chunks, Track.VIDEO) == [n for n in range(3 * FPS) if not FPS + 5 <= n < 2 * FPS]
    assert chunker.late == 5


def test_nothing_in_gives_nothing_out() -> None:
    chunker = _chunker()
    assert chunker.advance(START) == []
    assert chunker.cut(START) == []
    assert chunker.finish() == []


@st.composite
def _encoded_tracks(draw: st.DrawFn) -> tuple[list[EncodedPacket], list[EncodedPacket]]:
    """Pictures and sounds as the encoders give them: varying rates, stalls of both, keys forced by time."""
    pictures: list[EncodedPacket] = []
    at, gop = START, None
    for _ in range(draw(st.integers(1, 60))):
        key = gop is None or at - gop >= NS - FRAME // 2
        gop = at if key else gop
        pictures.append(_packet(Track.VIDEO, at, len(pictures), key=key))
        at += draw(
            st.sampled_from([FRAME, FRAME, FRAME, 40 * MS, 130 * MS, 400 * MS, 950 * MS, 1_700 * MS, 4 * NS])
        )
    sounds: list[EncodedPacket] = []
    heard = START + draw(st.integers(-2_000, 2_000)) * MS
    while heard < at and len(sounds) < 600:
        length = draw(st.integers(100, 5_000)) * MS
        for packet in _sounds(heard, min(heard + length, at)):
            sounds.append(_packet(Track.AUDIO, packet.pts_ns, len(sounds)))
        heard += length + draw(st.sampled_from([20, 200, 1_500, 6_000])) * MS
    return pictures, sounds


@pytest.mark.slow
@settings(max_examples=tries(60), deadline=None)
@given(_encoded_tracks(), st.integers(0, 300), st.integers(0, 300))
def test_whatever_was_encoded_every_packet_is_in_one_chunk(
    encoded: tuple[list[EncodedPacket], list[EncodedPacket]], video_delay_ms: int, sound_delay_ms: int
) -> None:
    # proves C6
    pictures, sounds = encoded

    def delay(item: Item) -> int:
        return (video_delay_ms if item.track is Track.VIDEO else sound_delay_ms) * MS

    chunker = _chunker()
    chunks = _run(chunker, [*pictures, *sounds], delay)
    _assert_sound_footage(chunks)
    assert chunker.late == 0
    assert _numbers(chunks, Track.VIDEO) == [_number(packet.data) for packet in pictures]
    within = [packet for packet in sounds if packet.pts_ns >= chunks[0].start_ns]
    assert _numbers(chunks, Track.AUDIO) == [_number(packet.data) for packet in within]
    _assert_sound_is_covered(chunks, within)


def _assert_sound_is_covered(chunks: list[PlainChunk], sounds: list[EncodedPacket]) -> None:
    """Each instant has sound or a gap, but for a packet at the beginning and a few frames at the end."""
    spans = [(packet.pts_ns, packet.end_ns) for packet in sounds]
    gaps = [gap for chunk in chunks for gap in chunk.gaps if gap.track is Track.AUDIO]
    spans += [(gap.start_ns, gap.start_ns + gap.duration_ns) for gap in gaps]
    at = chunks[0].start_ns
    for begin, end in sorted(spans):
        assert begin - at <= (22 * MS if at == chunks[0].start_ns else 0)
        at = max(at, end)
    assert _end(chunks[-1]) - at <= 250 * MS


@settings(max_examples=tries(60), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["key", "picture", "sound", "lost", "absent", "no sound", "time", "cut", "sleep"]
            ),
            st.integers(-3_000, 3_000),
        ),
        max_size=80,
    )
)
def test_whatever_comes_in_what_goes_out_is_sound(steps: list[tuple[str, int]]) -> None:
    """Not even nonsense makes chunks that overlap, exceed two seconds or begin without a key picture."""
    chunker = _chunker()
    chunks: list[PlainChunk] = []
    at = {Track.VIDEO: START, Track.AUDIO: START}
    for index, (kind, step) in enumerate(steps):
        track = Track.AUDIO if "sound" in kind else Track.VIDEO
        before = at[track]
        at[track] += abs(step) * MS + 1 * MS
        chunks += _step(chunker, kind, track, before, at[track], index)
    chunks += chunker.finish()
    _assert_sound_footage(chunks)


def _step(chunker: Chunker, kind: str, track: Track, before: int, now: int, index: int) -> list[PlainChunk]:
    if kind == "time":
        return chunker.advance(now)
    if kind == "sleep":
        return chunker.advance(now + 15 * NS)
    if kind == "cut":
        return chunker.cut(now)
    if kind == "lost":
        return chunker.push(Lost(track, before, now, GapCause.OVERFLOW))
    if kind in {"absent", "no sound"}:
        cause = GapCause.NO_CAMERA if track is Track.VIDEO else GapCause.NO_MICROPHONE
        return chunker.push(Absent(track, before, now, cause))
    return chunker.push(_packet(track, now, index, key=kind != "picture"))


@pytest.mark.parametrize("sound", [True, False])
def test_a_gap_of_sound_is_stated_only_where_sound_is_wanted(sound: bool) -> None:
    chunks = _run(_chunker(sound=sound), _pictures(START, 31))
    assert any(gap.track is Track.AUDIO for chunk in chunks for gap in chunk.gaps) is sound
