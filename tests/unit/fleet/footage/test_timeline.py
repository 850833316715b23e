from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.footage.timeline.chunks import ChunkRef, PartRef, from_json, index_segment, to_json
from fleet.footage.timeline.holes import LONGEST_HOLE_NS, LONGEST_HOLES_NS, Cut, cut_holes, shown_at
from fleet.footage.timeline.timeline import LONGEST_SPAN_NS, Timeline, lay_out
from fleet.footage.watching.playlists import main_playlist, media_playlist
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause, Track
from tests.support.media.recordings import record
from tests.support.tries import tries

MS = 1_000_000
BOTH = frozenset(Track)


@st.composite
def chunks(draw: st.DrawFn) -> list[ChunkRef]:
    """Chunks as cameras make them: jitter, holes, missing tracks, changing codecs."""
    at = draw(st.integers(0, 10**15))
    made = []
    for seq in range(draw(st.integers(1, 12))):
        at += (
            draw(st.sampled_from([0, 0, 0, 1, 20 * MS, -20 * MS, 60 * MS, 3000 * MS, 7321 * MS]))
            if seq
            else 0
        )
        length = draw(st.integers(300 * MS, 2000 * MS))
        tracks = draw(st.sampled_from([BOTH, BOTH, BOTH, {Track.VIDEO}, {Track.AUDIO}]))
        codecs = {
            Track.VIDEO: draw(st.sampled_from(["avc1.1", "avc1.1", "avc1.2"])),
            Track.AUDIO: "mp4a.40.2",
        }
        parts = tuple(PartRef(track, codecs[track], 10, 1000) for track in Track if track in tracks)
        made.append(ChunkRef(f"{seq // 3}.seg", seq, at, length, 0, parts))
        at += length
    return made


@given(chunks())
def test_spans_join_without_a_hole_and_cover_the_whole(made: list[ChunkRef]) -> None:
    timeline = lay_out(made, BOTH)
    for spans in timeline.tracks.values():
        at = 0
        for span in spans:
            assert span.start_ns == at
            assert 0 < span.duration_ns <= LONGEST_SPAN_NS + CONTINUITY_TOLERANCE_NS
            at += span.duration_ns
        assert at == timeline.duration_ns
        assert [each.chunk for each in spans if each.chunk] == made
    places = [
        [(each.start_ns, each.duration_ns, each.era) for each in track] for track in timeline.tracks.values()
    ]
    assert all(place == places[0] for place in places)


@given(chunks())
def test_every_chunk_begins_where_the_camera_says(made: list[ChunkRef]) -> None:
    timeline = lay_out(made, BOTH)
    for span in next(iter(timeline.tracks.values())):
        if span.chunk is not None:
            assert timeline.first_ns + span.start_ns == span.chunk.start_ns


HOUR_NS = 3600 * 1000 * MS
ABSURD_NS = 2**62


@pytest.mark.slow
@given(st.lists(st.integers(0, ABSURD_NS), min_size=1, max_size=20))
@settings(max_examples=tries(15), deadline=None)
def test_an_absurd_clock_makes_no_huge_timeline(holes: list[int]) -> None:
    # A start time of centuries later, signed by an enrolled camera, was laid out two seconds at a time.
    made, at = [one("avc1.1", 0)], 1000 * MS
    for seq, hole in enumerate(holes, start=1):
        at += hole
        made.append(replace(one("avc1.1", seq), start_ns=at))
        at += 1000 * MS
    timeline = lay_out(made, BOTH)
    spans = timeline.tracks[Track.VIDEO]
    assert len(spans) <= LONGEST_HOLES_NS // LONGEST_SPAN_NS + 3 * len(made)
    at = 0
    for span in spans:
        assert span.start_ns == at
        at += span.duration_ns
        if span.chunk is not None:
            true_ns = span.chunk.start_ns - timeline.first_ns
            assert true_ns == span.start_ns + span.cut_ns, "what was cut is known"
            assert shown_at(timeline.cuts, true_ns) == span.start_ns
    assert at == timeline.duration_ns
    assert [each.chunk for each in spans if each.chunk] == made
    assert sum(cut.left_out_ns for cut in timeline.cuts) == made[-1].end_ns - timeline.duration_ns
    text = media_playlist(timeline, Track.VIDEO, ended=True)
    assert text.count("#EXT-X-DISCONTINUITY\n") == len(timeline.cuts), (
        "players take their time from the playlist"
    )


def test_a_camera_that_slept_for_hours_is_shown_as_it_was() -> None:
    later = replace(one("avc1.1", 1), start_ns=9 * HOUR_NS)
    timeline = lay_out([one("avc1.1", 0), later], BOTH)
    assert (timeline.cuts, timeline.duration_ns) == ((), 9 * HOUR_NS + 1000 * MS)


def test_what_lies_in_a_cut_is_shown_in_what_is_left_of_it() -> None:
    cuts = cut_holes([(5, 10), (20, 30), (30 + ABSURD_NS, 40 + ABSURD_NS)])
    assert cuts == (Cut(2, 25, ABSURD_NS, LONGEST_HOLE_NS),)
    assert [shown_at(cuts, each) for each in (0, 25, 26)] == [0, 25, 26]
    assert shown_at(cuts, 25 + LONGEST_HOLE_NS + 7) == 25 + LONGEST_HOLE_NS
    assert shown_at(cuts, 25 + ABSURD_NS + 3) == 25 + LONGEST_HOLE_NS + 3


def lengths(playlist: str) -> list[float]:
    return [float(line[8:].rstrip(",")) for line in playlist.splitlines() if line.startswith("#EXTINF:")]


@pytest.mark.slow
@given(chunks(), st.booleans())
def test_playlists_add_up_and_agree(made: list[ChunkRef], ended: bool) -> None:
    timeline = lay_out(made, BOTH)
    texts = {track: media_playlist(timeline, track, ended=ended) for track in timeline.tracks}
    for text in texts.values():
        assert abs(sum(lengths(text)) - timeline.duration_ns / 1e9) < 1e-4
        assert max(lengths(text)) <= 2.5  # RFC 8216 §4.3.3.1: rounded, none is longer than the target of 2
        assert ("#EXT-X-ENDLIST" in text) is ended
        assert text.startswith("#EXTM3U\n")
        assert text.count("#EXT-X-MAP") == text.count("#EXT-X-DISCONTINUITY\n") + 1
    assert len({text.count("#EXT-X-DISCONTINUITY\n") for text in texts.values()}) == 1


@given(chunks())
def test_every_address_in_a_playlist_leads_somewhere(made: list[ChunkRef]) -> None:
    timeline = lay_out(made, BOTH)
    for track in timeline.tracks:
        names = [
            line
            for line in media_playlist(timeline, track, ended=True).splitlines()
            if not line.startswith("#")
        ]
        for name in names:
            seq = name.removeprefix(f"{track}/").removesuffix(".m4s")
            assert seq == "gap" or int(seq) in timeline.chunks


def one(codec: str, seq: int, *, track: Track = Track.VIDEO) -> ChunkRef:
    return ChunkRef("a.seg", seq, seq * 1000 * MS, 1000 * MS, 0, (PartRef(track, codec, 0, 125_000),))


def test_the_main_playlist_names_what_there_is() -> None:
    video = lay_out([one("avc1.1", 0), one("avc1.1", 1)], BOTH)
    assert "BANDWIDTH=1000000" in main_playlist(video, size=(640, 360))
    assert 'CODECS="avc1.1",RESOLUTION=640x360\nvideo.m3u8' in main_playlist(video, size=(640, 360))
    audio = lay_out([one("mp4a.40.2", 0, track=Track.AUDIO)], BOTH)
    assert main_playlist(audio, size=None).endswith('CODECS="mp4a.40.2"\naudio.m3u8\n')


def test_a_recipient_of_the_sound_alone_sees_no_picture() -> None:
    made = record(prerecord=2, live=1).files
    chunks = [
        chunk for name in sorted(made) if name.endswith(".seg") for chunk in index_segment(name, made[name])
    ]
    timeline: Timeline = lay_out(chunks, frozenset({Track.AUDIO}))
    assert set(timeline.tracks) == {Track.AUDIO}


def test_an_index_says_where_the_parts_lie() -> None:
    take = record(prerecord=4, live=3, per_segment=3)
    seqs = []
    for name in sorted(take.segments):
        data = take.files[name]
        places = index_segment(name, data)
        assert from_json(name, to_json(places)) == places
        for place in places:
            seqs.append(place.seq)
            chunk = take.chunks[place.seq]
            for part, header in zip(place.parts, chunk.header.parts, strict=True):
                assert data[part.offset : part.offset + part.length] in chunk.record
                assert (part.track, part.codec, part.length) == (header.track, header.codec, header.length)
    assert seqs == list(range(8))


def test_an_index_keeps_gaps_and_stops_at_damage() -> None:
    gaps = (Gap(Track.AUDIO, 5, 6, GapCause.NO_MICROPHONE),)
    place = ChunkRef("a.seg", 1, 2, 3, 4, (), gaps)
    assert from_json("a.seg", to_json([place])) == (place,)
    data = record(prerecord=3, live=0, outside=0).files
    segment = data[min(name for name in data if name.endswith(".seg"))]
    assert len(index_segment("a.seg", segment[:-1])) == 2
    assert index_segment("a.seg", b"no segment") == ()
