from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.footage.holes import LONGEST_HOLE_NS, LONGEST_HOLES_NS, Cut, cut_holes, shown_at
from fleet.footage.index import ChunkPlace, PartPlace, from_json, index_segment, to_json
from fleet.footage.watching.playlists import main_playlist, media_playlist
from fleet.footage.watching.reel import LONGEST_STRETCH_NS, Reel, Shot, lay_out
from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import Gap, GapCause, Track
from tests.support.media.recordings import record

MS = 1_000_000
BOTH = frozenset(Track)


@st.composite
def shots(draw: st.DrawFn) -> list[Shot]:
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
        parts = tuple(PartPlace(track, codecs[track], 10, 1000) for track in Track if track in tracks)
        made.append(Shot(f"{seq // 3}.seg", ChunkPlace(seq, at, length, 0, parts)))
        at += length
    return made


@given(shots())
def test_stretches_join_without_a_hole_and_cover_the_whole(made: list[Shot]) -> None:
    reel = lay_out(made, BOTH)
    for stretches in reel.tracks.values():
        at = 0
        for stretch in stretches:
            assert stretch.start_ns == at
            assert 0 < stretch.duration_ns <= LONGEST_STRETCH_NS + CONTINUITY_TOLERANCE_NS
            at += stretch.duration_ns
        assert at == reel.duration_ns
        assert [each.shot for each in stretches if each.shot] == made
    spans = [
        [(each.start_ns, each.duration_ns, each.era) for each in track] for track in reel.tracks.values()
    ]
    assert all(span == spans[0] for span in spans)


@given(shots())
def test_every_chunk_begins_where_the_camera_says(made: list[Shot]) -> None:
    reel = lay_out(made, BOTH)
    for stretch in next(iter(reel.tracks.values())):
        if stretch.shot is not None:
            assert reel.first_ns + stretch.start_ns == stretch.shot.place.start_ns


HOUR_NS = 3600 * 1000 * MS
ABSURD_NS = 2**62


@given(st.lists(st.integers(0, ABSURD_NS), min_size=1, max_size=20))
@settings(max_examples=15, deadline=None)
def test_an_absurd_clock_makes_no_huge_reel(holes: list[int]) -> None:
    # A start time of centuries later, signed by an enrolled camera, was laid out two seconds at a time.
    made, at = [one("avc1.1", 0)], 1000 * MS
    for seq, hole in enumerate(holes, start=1):
        at += hole
        made.append(replace(one("avc1.1", seq), place=replace(one("avc1.1", seq).place, start_ns=at)))
        at += 1000 * MS
    reel = lay_out(made, BOTH)
    stretches = reel.tracks[Track.VIDEO]
    assert len(stretches) <= LONGEST_HOLES_NS // LONGEST_STRETCH_NS + 3 * len(made)
    at = 0
    for stretch in stretches:
        assert stretch.start_ns == at
        at += stretch.duration_ns
        if stretch.shot is not None:
            true_ns = stretch.shot.place.start_ns - reel.first_ns
            assert true_ns == stretch.start_ns + stretch.cut_ns, "what was cut is known"
            assert shown_at(reel.cuts, true_ns) == stretch.start_ns
    assert at == reel.duration_ns
    assert [each.shot for each in stretches if each.shot] == made
    assert sum(cut.left_out_ns for cut in reel.cuts) == made[-1].place.end_ns - reel.duration_ns
    text = media_playlist(reel, Track.VIDEO, ended=True)
    assert text.count("#EXT-X-DISCONTINUITY\n") == len(reel.cuts), "players take their time from the playlist"


def test_a_camera_that_slept_for_hours_is_shown_as_it_was() -> None:
    later = replace(one("avc1.1", 1), place=replace(one("avc1.1", 1).place, start_ns=9 * HOUR_NS))
    reel = lay_out([one("avc1.1", 0), later], BOTH)
    assert (reel.cuts, reel.duration_ns) == ((), 9 * HOUR_NS + 1000 * MS)


def test_what_lies_in_a_cut_is_shown_in_what_is_left_of_it() -> None:
    cuts = cut_holes([(5, 10), (20, 30), (30 + ABSURD_NS, 40 + ABSURD_NS)])
    assert cuts == (Cut(2, 25, ABSURD_NS, LONGEST_HOLE_NS),)
    assert [shown_at(cuts, each) for each in (0, 25, 26)] == [0, 25, 26]
    assert shown_at(cuts, 25 + LONGEST_HOLE_NS + 7) == 25 + LONGEST_HOLE_NS
    assert shown_at(cuts, 25 + ABSURD_NS + 3) == 25 + LONGEST_HOLE_NS + 3


def lengths(playlist: str) -> list[float]:
    return [float(line[8:].rstrip(",")) for line in playlist.splitlines() if line.startswith("#EXTINF:")]


@given(shots(), st.booleans())
def test_playlists_add_up_and_agree(made: list[Shot], ended: bool) -> None:
    reel = lay_out(made, BOTH)
    texts = {track: media_playlist(reel, track, ended=ended) for track in reel.tracks}
    for text in texts.values():
        assert abs(sum(lengths(text)) - reel.duration_ns / 1e9) < 1e-4
        assert max(lengths(text)) <= 2.5  # RFC 8216 §4.3.3.1: rounded, none is longer than the target of 2
        assert ("#EXT-X-ENDLIST" in text) is ended
        assert text.startswith("#EXTM3U\n")
        assert text.count("#EXT-X-MAP") == text.count("#EXT-X-DISCONTINUITY\n") + 1
    assert len({text.count("#EXT-X-DISCONTINUITY\n") for text in texts.values()}) == 1


@given(shots())
def test_every_address_in_a_playlist_leads_somewhere(made: list[Shot]) -> None:
    reel = lay_out(made, BOTH)
    for track in reel.tracks:
        names = [
            line for line in media_playlist(reel, track, ended=True).splitlines() if not line.startswith("#")
        ]
        for name in names:
            seq = name.removeprefix(f"{track}/").removesuffix(".m4s")
            assert seq == "gap" or int(seq) in reel.shots


def one(codec: str, seq: int, *, track: Track = Track.VIDEO) -> Shot:
    return Shot(
        "a.seg", ChunkPlace(seq, seq * 1000 * MS, 1000 * MS, 0, (PartPlace(track, codec, 0, 125_000),))
    )


def test_the_main_playlist_names_what_there_is() -> None:
    video = lay_out([one("avc1.1", 0), one("avc1.1", 1)], BOTH)
    assert "BANDWIDTH=1000000" in main_playlist(video, size=(640, 360))
    assert 'CODECS="avc1.1",RESOLUTION=640x360\nvideo.m3u8' in main_playlist(video, size=(640, 360))
    audio = lay_out([one("mp4a.40.2", 0, track=Track.AUDIO)], BOTH)
    assert main_playlist(audio, size=None).endswith('CODECS="mp4a.40.2"\naudio.m3u8\n')


def test_a_recipient_of_the_sound_alone_sees_no_picture() -> None:
    made = record(prerecord=2, live=1).files
    shots = [
        Shot(name, place)
        for name in sorted(made)
        if name.endswith(".seg")
        for place in index_segment(made[name])
    ]
    reel: Reel = lay_out(shots, frozenset({Track.AUDIO}))
    assert set(reel.tracks) == {Track.AUDIO}


def test_an_index_says_where_the_parts_lie() -> None:
    take = record(prerecord=4, live=3, per_segment=3)
    seqs = []
    for name in sorted(take.segments):
        data = take.files[name]
        places = index_segment(data)
        assert from_json(to_json(places)) == places
        for place in places:
            seqs.append(place.seq)
            chunk = take.chunks[place.seq]
            for part, header in zip(place.parts, chunk.header.parts, strict=True):
                assert data[part.offset : part.offset + part.length] in chunk.record
                assert (part.track, part.codec, part.length) == (header.track, header.codec, header.length)
    assert seqs == list(range(8))


def test_an_index_keeps_gaps_and_stops_at_damage() -> None:
    gaps = (Gap(Track.AUDIO, 5, 6, GapCause.NO_MICROPHONE),)
    place = ChunkPlace(1, 2, 3, 4, (), gaps)
    assert from_json(to_json([place])) == (place,)
    data = record(prerecord=3, live=0, outside=0).files
    segment = data[min(name for name in data if name.endswith(".seg"))]
    assert len(index_segment(segment[:-1])) == 2
    assert index_segment(b"no segment") == ()
