"""Look-ups of a player against the same by going through everything."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.timeline.events import TimelineGap, seconds
from fleet.footage.timeline.gaps import UNEXPLAINED, gaps_of
from fleet.footage.timeline.index import TimelineIndex
from fleet.footage.timeline.timeline import Timeline, lay_out
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.units import NS_PER_MS, NS_PER_S

BOTH = frozenset(Track)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Recordings with holes, missing tracks, changing codecs, and causes that the camera gave or not."""
    at = draw(st.integers(0, 10**12))
    chunks = []
    for seq in range(draw(st.integers(1, 12))):
        hole = draw(st.sampled_from([0, 0, 60 * NS_PER_MS, 3 * NS_PER_S])) if seq else 0
        tracks = draw(st.sampled_from([BOTH, BOTH, {Track.VIDEO}, {Track.AUDIO}]))
        codec = draw(st.sampled_from(["avc1.1", "avc1.1", "avc1.2"]))
        parts = tuple(
            PartRef(track, codec if track is Track.VIDEO else "mp4a.40.2", 10, 1000)
            for track in Track
            if track in tracks
        )
        length = draw(st.integers(300, 2000)) * NS_PER_MS
        gaps = [Gap(track, at, hole, draw(st.sampled_from(GapCause))) for track in Track if hole]
        gaps += [
            Gap(track, at + hole, length, GapCause.NO_MICROPHONE)
            for track in Track
            if track not in tracks and draw(st.booleans())
        ]
        at += hole
        chunks.append(ChunkRef(f"{seq // 3}.seg", seq, at, length, 0, parts, tuple(gaps)))
        at += length
    return lay_out(chunks, BOTH)


@given(timelines())
def test_spans_and_eras_are_found_as_by_going_through_all(timeline: Timeline) -> None:
    index = TimelineIndex(timeline)
    for track, spans in timeline.tracks.items():
        filled = [(span, span.chunk) for span in spans if span.chunk is not None]
        for span, chunk in filled:
            assert index.span(track, chunk.seq) is span
        for era in range(len(timeline.eras[track]) + 1):
            first = next((chunk.seq for span, chunk in filled if span.part and span.era == era), None)
            assert index.first_seq(track, era) == first
    assert index.span(Track.VIDEO, len(timeline.chunks)) is None


@given(timelines())
def test_every_era_is_begun_by_one_that_has_the_track(timeline: Timeline) -> None:
    for track, heads in timeline.heads.items():
        known = [era for era, codec in enumerate(timeline.eras[track]) if codec is not None]
        for era, head in enumerate(heads):
            assert head == max((each for each in known if each <= era), default=known[0])


def lacking(timeline: Timeline, track: Track, stated: tuple[Gap, ...]) -> list[tuple[int, int, int]]:
    """Each piece that a track lacks, in order: where it is shown, where it lies on the clock, its length."""
    pieces = []
    signed = [gap for chunk in timeline.chunks.values() for gap in chunk.gaps] + list(stated)
    for span in timeline.tracks[track]:
        at = timeline.first_ns + span.start_ns + span.cut_ns
        if span.part is None:
            pieces.append((span.start_ns, at, span.duration_ns))
            continue
        within = {at, at + span.duration_ns}
        for gap in (each for each in signed if each.track is track):
            within |= {moment for moment in (gap.start_ns, gap.end_ns) if at < moment < at + span.duration_ns}
        for begins, ends in pairwise(sorted(within)):
            if any(gap.track is track and gap.start_ns <= begins and ends <= gap.end_ns for gap in signed):
                pieces.append((span.start_ns + begins - at, begins, ends - begins))
    return pieces


def cause_at(timeline: Timeline, track: Track, stated: tuple[Gap, ...], span: tuple[int, int, int]) -> str:
    _, at, length = span
    signed = [gap for chunk in timeline.chunks.values() for gap in chunk.gaps] + list(stated)
    causes = [
        str(gap.cause)
        for gap in sorted(signed, key=lambda each: each.start_ns)
        if gap.track is track and gap.start_ns < at + length and at < gap.end_ns
    ]
    return causes[0] if causes else UNEXPLAINED


@given(timelines(), st.data())
def test_a_gap_is_all_that_is_missing_and_has_the_cause_of_its_beginning(  # proves F8
    timeline: Timeline, data: st.DataObject
) -> None:
    stated = tuple(
        Gap(
            data.draw(st.sampled_from(Track)),
            timeline.first_ns + data.draw(st.integers(0, timeline.duration_ns // NS_PER_MS)) * NS_PER_MS,
            data.draw(st.integers(1, 2000)) * NS_PER_MS,
            data.draw(st.sampled_from(GapCause)),
        )
        for _ in range(data.draw(st.integers(0, 3)))
    )
    expected: list[TimelineGap] = []
    for track in timeline.tracks:
        end, first, length = -1, (0, 0, 0), 0
        for piece in lacking(timeline, track, stated):
            if piece[0] == end:
                length += piece[2]
                expected.pop()
            else:
                first, length = piece, piece[2]
            cause = cause_at(timeline, track, stated, first)
            expected.append(TimelineGap(str(track), seconds(first[0]), seconds(length), cause))
            end = piece[0] + piece[2]
    assert list(gaps_of(timeline, stated)) == expected


def test_a_hole_that_ends_within_a_part_is_drawn_as_long_as_it_is() -> None:  # proves F8
    """Sound that comes back in the middle of a chunk was drawn as there from the chunk's beginning."""
    silent = Gap(Track.AUDIO, NS_PER_S, 3 * NS_PER_S, GapCause.NO_MICROPHONE)
    first = replace(silent, duration_ns=2 * NS_PER_S)
    video = PartRef(Track.VIDEO, "avc1.1", 10, 1000)
    audio = PartRef(Track.AUDIO, "mp4a.40.2", 10, 1000)
    chunks = [
        ChunkRef("0.seg", 0, 0, NS_PER_S, 0, (video, audio)),
        ChunkRef("0.seg", 1, NS_PER_S, 2 * NS_PER_S, 0, (video,), (first,)),
        ChunkRef("0.seg", 2, 3 * NS_PER_S, 2 * NS_PER_S, 0, (video, audio), (silent,)),
    ]
    assert gaps_of(lay_out(chunks, BOTH)) == (TimelineGap("audio", 1.0, 3.0, "no microphone"),)
