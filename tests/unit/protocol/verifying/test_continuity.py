"""Which gaps a recording has, and which of them are explained."""

from __future__ import annotations

from collections import UserList
from collections.abc import Iterable
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.footage.format.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.format.model import ChunkHeader, ClockLabel, Gap, GapCause, PartHeader, Track
from protocol.footage.verifying.continuity import Continuity
from protocol.footage.verifying.report import GapResult, Verdict
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import BOOT_NS, BOTH, SECOND_NS, Take, make_identity, record
from tests.support.second import gaps as second_gaps
from tests.support.tries import tries

S = SECOND_NS
MS = 1_000_000
VIDEO = frozenset({Track.VIDEO})


def header(
    seq: int,
    start_ns: int,
    *gaps: Gap,
    duration_ns: int = S,
    tracks: frozenset[Track] | set[Track] = BOTH,
) -> ChunkHeader:
    parts = tuple(PartHeader(track, "x", 16, bytes(32)) for track in Track if track in tracks)
    return ChunkHeader(
        "cam-01",
        bytes(16),
        seq,
        bytes(32),
        start_ns,
        duration_ns,
        ClockLabel(0, synchronised=True),
        parts,
        gaps,
    )


Rows = list[tuple[str, int, int, str | None]]


def gaps_of(
    *headers: ChunkHeader,
    ledger: tuple[Gap, ...] = (),
    closed_ns: int | None = None,
    press_ns: int = 0,
    told_why: bool = True,
) -> Rows:
    continuity = Continuity(ledger)
    for each in headers:
        continuity.add(each)
    continuity.begin(press_ns, explained=told_why)
    if closed_ns is not None:
        continuity.end(closed_ns, press_ns=press_ns)
    return rows(continuity.gaps())


def rows(gaps: Iterable[GapResult]) -> Rows:
    return [
        (str(gap.track), gap.start_ns, gap.duration_ns, str(gap.cause) if gap.cause else None) for gap in gaps
    ]


def in_both(start_ns: int, duration_ns: int, cause: GapCause) -> tuple[Gap, ...]:
    return tuple(Gap(track, start_ns, duration_ns, cause) for track in Track)


def told_in_both(start_ns: int, duration_ns: int, cause: GapCause | None = None) -> Rows:
    return [(str(track), start_ns, duration_ns, str(cause) if cause else None) for track in sorted(Track)]


def test_chunks_end_to_end_have_no_gap() -> None:
    assert gaps_of(header(0, 0), header(1, S), header(2, 2 * S)) == []


@pytest.mark.parametrize("difference", [-CONTINUITY_TOLERANCE_NS, -1, 1, CONTINUITY_TOLERANCE_NS])
def test_jitter_is_no_gap(difference: int) -> None:
    assert gaps_of(header(0, 10 * S), header(1, 11 * S + difference)) == []


def test_a_hole_is_an_unexplained_gap_of_each_track() -> None:
    assert gaps_of(header(0, 0), header(1, 3 * S)) == told_in_both(S, 2 * S)
    assert gaps_of(header(0, 0), header(1, S + 51 * MS)) == told_in_both(S, 51 * MS)
    picture = (header(0, 0, tracks=VIDEO), header(1, 3 * S, tracks=VIDEO))
    assert gaps_of(*picture) == [("video", S, 2 * S, None)]


def test_a_hole_between_chunks_that_hold_nothing_at_all_is_one_in_the_picture() -> None:
    nothing: frozenset[Track] = frozenset()
    assert gaps_of(header(0, 0, tracks=nothing), header(1, 3 * S, tracks=nothing)) == [
        ("video", 0, 4 * S, None)
    ]


def test_a_stated_gap_on_either_side_explains_a_hole() -> None:
    gaps = in_both(S, 2 * S, GapCause.OVERFLOW)
    stated = told_in_both(S, 2 * S, GapCause.OVERFLOW)
    assert gaps_of(header(0, 0, *gaps), header(1, 3 * S)) == stated
    assert gaps_of(header(0, 0), header(1, 3 * S, *gaps)) == stated
    assert gaps_of(header(0, 0, gaps[0]), header(1, 3 * S, gaps[1])) == stated


@pytest.mark.parametrize(("track", "other"), [tuple(Track), tuple(Track)[::-1]])
def test_a_gap_of_one_track_explains_no_hole_in_the_other(track: Track, other: Track) -> None:
    """Once, a microphone that was said to be missing explained a picture that nobody spoke of."""
    gap = Gap(track, S, 2 * S, GapCause.NO_MICROPHONE)
    expected = sorted([(str(other), S, 2 * S, None), (str(track), S, 2 * S, "no microphone")])
    assert sorted(gaps_of(header(0, 0, gap), header(1, 3 * S))) == expected
    assert sorted(gaps_of(header(0, 0), header(1, 3 * S, gap))) == expected
    assert sorted(gaps_of(header(0, 0), header(1, 3 * S), ledger=(gap,))) == expected
    assert gaps_of(header(0, 0, gap, tracks={track}), header(1, 3 * S, tracks={track})) == [
        (str(track), S, 2 * S, "no microphone")
    ]


def test_which_tracks_a_hole_is_in_may_turn_out_after_it() -> None:
    gap = Gap(Track.VIDEO, S, 2 * S, GapCause.OVERFLOW)
    picture = (header(0, 0, tracks=VIDEO), header(1, 3 * S, gap, tracks=VIDEO))
    assert gaps_of(*picture) == [("video", S, 2 * S, "overflow")]
    assert gaps_of(*picture, header(2, 4 * S)) == [("audio", 0, 4 * S, None), ("video", S, 2 * S, "overflow")]


def test_a_stated_gap_must_cover_the_hole() -> None:
    half = in_both(S, S, GapCause.OVERFLOW)
    assert sorted(gaps_of(header(0, 0), header(1, 3 * S, *half)), key=str) == sorted(
        [*told_in_both(S, S, GapCause.OVERFLOW), *told_in_both(S, 2 * S)], key=str
    )
    almost = in_both(S, 2 * S - 50 * MS, GapCause.OVERFLOW)
    expected = told_in_both(S, 2 * S - 50 * MS, GapCause.OVERFLOW)
    assert gaps_of(header(0, 0), header(1, 3 * S, *almost)) == expected
    less = in_both(S, 2 * S - 50 * MS - 1, GapCause.OVERFLOW)
    assert len(gaps_of(header(0, 0), header(1, 3 * S, *less))) == 4


def test_several_gaps_explain_a_hole_together() -> None:
    one, two = Gap(Track.VIDEO, S, S, GapCause.ENCODER), Gap(Track.VIDEO, 2 * S, S, GapCause.OVERFLOW)
    told = [("video", S, S, "encoder gap"), ("video", 2 * S, S, "overflow")]
    assert gaps_of(header(0, 0, one, tracks=VIDEO), header(1, 3 * S, two, tracks=VIDEO)) == told
    assert gaps_of(header(0, 0, one, tracks=VIDEO), header(1, 3 * S, tracks=VIDEO), ledger=(two,)) == told


def test_gaps_of_the_ledger_explain_holes_wherever_they_are() -> None:
    ledger = (*in_both(4 * S, 3 * S, GapCause.SUSPENDED), *in_both(S, S, GapCause.STORAGE))
    told = [*told_in_both(S, S, GapCause.STORAGE), *told_in_both(4 * S, 3 * S, GapCause.SUSPENDED)]
    assert gaps_of(header(0, 0), header(1, 2 * S), header(2, 3 * S), header(3, 7 * S), ledger=ledger) == told


def test_a_gap_of_the_ledger_explains_a_missing_track() -> None:
    muted = Gap(Track.AUDIO, S, S, GapCause.MUTED)
    assert gaps_of(header(0, 0), header(1, S, tracks=VIDEO), ledger=(muted,)) == [("audio", S, S, "muted")]


def test_gaps_of_the_ledger_are_told_with_those_of_chunks_and_joined_to_them() -> None:
    here, there = (Gap(Track.AUDIO, at, S, GapCause.MUTED) for at in (S, 2 * S))
    continuity = Continuity([there])
    for each in (header(0, 0), header(1, S, here, tracks=VIDEO)):
        continuity.add(each)
    assert continuity.gaps() == (GapResult(Track.AUDIO, S, 2 * S, GapCause.MUTED, stated_in=1),)
    assert Continuity([there]).gaps() == (GapResult(Track.AUDIO, 2 * S, S, GapCause.MUTED),)
    assert Continuity([there]).gaps()[0].explained


@pytest.mark.parametrize("late", [0, 1, CONTINUITY_TOLERANCE_NS])
def test_a_recording_that_reaches_its_close_lacks_nothing(late: int) -> None:
    assert gaps_of(header(0, 0), closed_ns=S + late) == []


def test_a_recording_that_does_not_reach_its_close_lacks_each_of_its_tracks() -> None:  # proves C6
    assert gaps_of(header(0, 0), closed_ns=4 * S) == told_in_both(S, 3 * S)
    assert gaps_of(header(0, 0, tracks=VIDEO), closed_ns=4 * S) == [("video", S, 3 * S, None)]
    just = CONTINUITY_TOLERANCE_NS + 1
    assert gaps_of(header(0, 0), closed_ns=S + just) == told_in_both(S, just)


def test_what_is_lacking_at_the_end_may_be_stated_in_the_ledger_or_in_the_last_chunk() -> None:
    gaps = in_both(S, 3 * S, GapCause.STALLED)
    told = told_in_both(S, 3 * S, GapCause.STALLED)
    assert gaps_of(header(0, 0), closed_ns=4 * S, ledger=gaps) == told
    assert gaps_of(header(0, 0, *gaps), closed_ns=4 * S) == told
    assert gaps_of(header(0, 0, gaps[0]), closed_ns=4 * S, ledger=gaps[1:]) == told
    assert gaps_of(header(0, 0, *gaps), header(1, S), closed_ns=4 * S) != told, "a chunk before the last one"
    picture = gaps_of(header(0, 0), closed_ns=4 * S, ledger=gaps[:1])
    assert picture == [("audio", S, 3 * S, None), ("video", S, 3 * S, "sensor stalled")]


def test_without_any_chunk_nothing_was_recorded_from_the_press_to_the_close() -> None:
    assert gaps_of(press_ns=S, closed_ns=4 * S) == [("video", S, 3 * S, None)]
    stated = Gap(Track.VIDEO, S, 3 * S, GapCause.NO_CAMERA)
    assert gaps_of(press_ns=S, closed_ns=4 * S, ledger=(stated,)) == [("video", S, 3 * S, "no camera")]
    assert gaps_of(press_ns=S, closed_ns=S) == []


@pytest.mark.parametrize("late", [-S, 0, CONTINUITY_TOLERANCE_NS])
def test_a_press_within_the_first_chunk_or_just_before_it_lacks_nothing(late: int) -> None:
    assert gaps_of(header(0, S + late), press_ns=S, told_why=False) == []


def test_a_press_before_the_first_chunk_is_explained_or_an_unexplained_gap() -> None:  # proves C6
    assert gaps_of(header(0, 3 * S), press_ns=S, told_why=False) == told_in_both(S, 2 * S)
    assert gaps_of(header(0, 3 * S), press_ns=S, told_why=True) == []
    gaps = in_both(S, 2 * S, GapCause.PRIVATE)
    told = told_in_both(S, 2 * S, GapCause.PRIVATE)
    assert gaps_of(header(0, 3 * S, *gaps), press_ns=S, told_why=False) == told
    assert gaps_of(header(0, 3 * S), press_ns=S, told_why=False, ledger=gaps) == told


def test_gaps_of_two_causes_that_take_turns_are_one_each() -> None:
    def silent(seq: int) -> ChunkHeader:
        causes = (GapCause.MUTED, GapCause.NO_MICROPHONE)
        gaps = (Gap(Track.AUDIO, seq * S, S, cause) for cause in causes)
        return header(seq, seq * S, *gaps, tracks=VIDEO)

    found = gaps_of(*map(silent, range(4)))
    assert found == [("audio", 0, 4 * S, "muted"), ("audio", 0, 4 * S, "no microphone")]


times = st.integers(0, 40).map(lambda quarter: quarter * 250 * MS) | st.integers(0, 200).map(
    lambda at: at * 49 * MS
)
stated = st.builds(
    Gap,
    st.sampled_from(Track),
    times,
    st.integers(0, 12).map(lambda n: n * 250 * MS),
    st.sampled_from(GapCause),
)
lengths = st.sampled_from([30 * MS, 250 * MS, 900 * MS, S, 2 * S])
chunks = st.lists(
    st.tuples(times, lengths, st.lists(stated, max_size=3), st.frozensets(st.sampled_from(Track))),
    max_size=6,
    unique_by=lambda chunk: chunk[0],
)


@given(
    chunks,
    st.lists(stated.filter(lambda gap: gap.duration_ns > 0), max_size=5),
    st.none() | times,
    times,
    st.booleans(),
)
@pytest.mark.slow
@settings(max_examples=tries(400))
def test_any_gaps_are_those_of_the_second_implementation(
    drawn: list[tuple[int, int, list[Gap], frozenset[Track]]],
    ledger: list[Gap],
    closed_ns: int | None,
    press_ns: int,
    told_why: bool,
) -> None:
    headers = [
        header(seq, start_ns, *gaps, duration_ns=duration_ns, tracks=tracks)
        for seq, (start_ns, duration_ns, gaps, tracks) in enumerate(sorted(drawn, key=lambda chunk: chunk[0]))
    ]
    theirs = second_gaps.gaps_of(
        [asdict(each) for each in headers],
        [{"kind": "gap", "detail": asdict(each)} for each in ledger],
        press_ns=press_ns,
        told_why=told_why,
        closed_ns=closed_ns,
    )
    ours = gaps_of(*headers, ledger=tuple(ledger), closed_ns=closed_ns, press_ns=press_ns, told_why=told_why)
    assert sorted(ours, key=str) == sorted(rows(GapResult(**gap) for gap in theirs), key=str)


def test_a_million_gaps_in_a_ledger_are_asked_for_each_span_only_where_it_lies() -> None:
    """A camera could sign as many, and a verifier that compared each with each chunk would never end."""
    ledger = [Gap(Track.AUDIO, at * 2 * MS, MS, GapCause.MUTED) for at in range(20_000)]
    continuity = Continuity(ledger)
    [cover] = [each for track, each in continuity._cover.items() if track is Track.AUDIO]
    asked = _Counted(cover._starts)
    cover._starts = asked  # type: ignore[assignment]  # a list in all that is asked of it
    for seq in range(40):
        continuity.add(header(seq, seq * S, tracks=VIDEO))
    assert 0 < asked.reads <= 40 * 2 * 16
    assert cover.open_ns(0, 40 * S) == 20 * S


class _Counted(UserList[int]):
    reads = 0

    def __getitem__(self, at: int) -> int:  # type: ignore[override]  # nobody asks for a slice
        self.reads += 1
        return super().__getitem__(at)


def test_an_overlap_is_reported() -> None:
    continuity = Continuity()
    continuity.add(header(0, 0))
    continuity.add(header(1, 800 * MS))
    assert continuity.gaps() == (GapResult(Track.VIDEO, 800 * MS, 200 * MS, None, overlap=True),)
    assert continuity.gaps()[0].sentence == "overlap of 0.200 s in video, unexplained"


def test_a_track_that_never_occurs_is_not_missed() -> None:
    assert gaps_of(header(0, 0, tracks=VIDEO), header(1, S, tracks=VIDEO)) == []


def test_a_track_that_occurs_elsewhere_is_missed() -> None:
    headers = [header(seq, seq * S, tracks=VIDEO if seq in {0, 1, 3} else BOTH) for seq in range(5)]
    assert gaps_of(*headers) == [("audio", 0, 2 * S, None), ("audio", 3 * S, S, None)]


def test_a_stated_gap_explains_a_missing_track_and_neighbours_are_one() -> None:
    def silent(seq: int) -> ChunkHeader:
        return header(seq, seq * S, Gap(Track.AUDIO, seq * S, S, GapCause.NO_MICROPHONE), tracks=VIDEO)

    assert gaps_of(header(0, 0), silent(1), silent(2), header(3, 3 * S)) == [
        ("audio", S, 2 * S, "no microphone")
    ]


def test_other_causes_are_other_gaps() -> None:
    one, two = Gap(Track.AUDIO, 0, S, GapCause.MUTED), Gap(Track.AUDIO, S, S, GapCause.NO_MICROPHONE)
    found = gaps_of(header(0, 0, one, tracks=VIDEO), header(1, S, two, tracks=VIDEO))
    assert [cause for *_, cause in found] == ["muted", "no microphone"]


def test_a_hole_after_missing_chunks_is_not_the_camera_s() -> None:
    continuity = Continuity()
    continuity.add(header(0, 0))
    continuity.add(header(5, 5 * S), follows=False)
    assert continuity.gaps() == ()


def verdict_of(take: Take) -> tuple[Verdict, str]:
    report = verify_recording(take.files, authorities=[make_identity().authority])
    return report.verdict, report.sentence


def test_gaps_make_the_verdict_and_the_sentence() -> None:  # proves C6
    take = Take(make_identity())
    take.chunk(tracks=VIDEO)
    take.at_ns += 2 * S
    take.chunk(tracks=VIDEO, gaps=(Gap(Track.VIDEO, take.at_ns - 2 * S, 2 * S, GapCause.OVERFLOW),))
    take.press()
    take.at_ns += 3 * S
    take.live(tracks=VIDEO)
    take.close()
    verdict, sentence = verdict_of(take)
    assert verdict is Verdict.INTACT_WITH_GAPS
    assert sentence == (
        "Intact with 2 gaps: 8.0 s in 3 chunks, 4.0 s of it before the press, exactly as cam-01 signed it; "
        "gap of 2.0 s in video, overflow; gap of 3.0 s in video, unexplained."
    )


def test_many_gaps_are_summed_up() -> None:
    take = Take(make_identity())
    take.chunk(tracks=VIDEO)
    for pause_ms in (300, 900, 400, 500):
        take.at_ns += pause_ms * MS
        stated = (
            (Gap(Track.VIDEO, take.at_ns - 300 * MS, 300 * MS, GapCause.STALLED),) if pause_ms == 300 else ()
        )
        take.chunk(tracks=VIDEO, gaps=stated)
    take.press()
    take.close()
    _, sentence = verdict_of(take)
    assert sentence.startswith("Intact with 4 gaps: 7.1 s in 5 chunks")
    assert sentence.endswith("; 3 of 4 gaps unexplained; the longest: gap of 0.900 s in video, unexplained.")


def test_a_cut_off_recording_states_its_gaps_too() -> None:
    take = Take(make_identity())
    take.chunk()
    take.press()
    take.at_ns += S
    take.live()
    verdict, sentence = verdict_of(take)
    assert verdict is Verdict.WITHOUT_END
    assert "gap of 1.0 s in video, unexplained" in sentence


def ended_late(*told: Gap) -> Take:
    """Two seconds of pictures, closed three seconds after their end."""
    take = Take(make_identity())
    take.chunk(tracks=VIDEO)
    take.press()
    take.live(tracks=VIDEO)
    take.at_ns += 3 * S
    for gap in told:
        take.gap(gap)
    take.close()
    return take


def test_what_the_ledger_says_is_missing_at_the_end_is_told() -> None:  # proves C6
    """Once nobody read these events, and a recording without its last seconds was intact without a word."""
    lost = Gap(Track.VIDEO, BOOT_NS + 2 * S, 3 * S, GapCause.STORAGE)
    whole = "2.0 s in 2 chunks, 1.0 s of it before the press, exactly as cam-01 signed it"
    assert verdict_of(ended_late(lost)) == (
        Verdict.INTACT_WITH_GAPS,
        f"Intact with 1 gap: {whole}; gap of 3.0 s in video, storage fault.",
    )
    assert verdict_of(ended_late()) == (
        Verdict.INTACT_WITH_GAPS,
        f"Intact with 1 gap: {whole}; gap of 3.0 s in video, unexplained.",
    )


def test_what_is_missing_at_the_end_is_told_whoever_is_trusted() -> None:
    report = verify_recording(ended_late().files, authorities=[make_identity(seed=2).authority])
    assert report.verdict is Verdict.OTHER_AUTHORITY
    assert rows(report.gaps) == [("video", BOOT_NS + 2 * S, 3 * S, None)]


def test_what_a_forger_took_from_the_end_is_no_gap_of_the_camera_s() -> None:
    files = record(outside=0, prerecord=2, live=2, per_segment=3).files
    last = max(name for name in files if name.endswith(".seg"))
    report = verify_recording({name: data for name, data in files.items() if name != last})
    assert report.verdict is Verdict.ALTERED
    assert report.gaps == ()
