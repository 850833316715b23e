"""Look-ups of a player against the same by going through everything."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.timeline.chunks import ChunkRef, PartRef
from fleet.footage.timeline.events import TimelineGap, seconds
from fleet.footage.timeline.gaps import UNEXPLAINED, gaps_of
from fleet.footage.timeline.index import TimelineIndex
from fleet.footage.timeline.timeline import Span, Timeline, lay_out
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


def cause_of(timeline: Timeline, track: Track, span: Span) -> str:
    start = timeline.first_ns + span.start_ns + span.cut_ns
    causes = [
        str(gap.cause)
        for chunk in timeline.chunks.values()
        for gap in chunk.gaps
        if gap.track is track and gap.start_ns < start + span.duration_ns and start < gap.end_ns
    ]
    return causes[0] if causes else UNEXPLAINED


@given(timelines())
def test_a_gap_has_the_cause_that_the_camera_gave_for_its_beginning(timeline: Timeline) -> None:
    expected: list[TimelineGap] = []
    for track, spans in timeline.tracks.items():
        end = -1
        for span in (each for each in spans if each.part is None):
            if span.start_ns == end:
                longer = round(expected[-1].duration_s + seconds(span.duration_ns), 6)
                expected[-1] = replace(expected[-1], duration_s=longer)
            else:
                cause = cause_of(timeline, track, span)
                expected.append(
                    TimelineGap(str(track), seconds(span.start_ns), seconds(span.duration_ns), cause)
                )
            end = span.start_ns + span.duration_ns
    assert list(gaps_of(timeline)) == expected
