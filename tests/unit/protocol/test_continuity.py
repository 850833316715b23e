"""Which gaps a recording has, and which of them are explained."""

import pytest

from protocol.footage.continuity import Continuity
from protocol.footage.limits import CONTINUITY_TOLERANCE_NS
from protocol.footage.model import ChunkHeader, ClockLabel, Gap, GapCause, PartHeader, Track
from protocol.footage.report import GapResult, Verdict
from protocol.footage.verify import verify_recording
from tests.support.recordings import BOTH, SECOND_NS, Take, make_house

S = SECOND_NS
MS = 1_000_000
VIDEO = frozenset({Track.VIDEO})


def header(
    seq: int, start_ns: int, *gaps: Gap, duration_ns: int = S, tracks: frozenset[Track] = BOTH
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


def gaps_of(*headers: ChunkHeader) -> list[tuple[str, int, int, str | None]]:
    continuity = Continuity()
    for each in headers:
        continuity.add(each)
    return [(str(gap.track), gap.start_ns, gap.duration_ns, gap.cause) for gap in continuity.gaps()]


def test_chunks_end_to_end_have_no_gap() -> None:
    assert gaps_of(header(0, 0), header(1, S), header(2, 2 * S)) == []


@pytest.mark.parametrize("difference", [-CONTINUITY_TOLERANCE_NS, -1, 1, CONTINUITY_TOLERANCE_NS])
def test_jitter_is_no_gap(difference: int) -> None:
    assert gaps_of(header(0, 10 * S), header(1, 11 * S + difference)) == []


def test_a_hole_is_an_unexplained_gap() -> None:
    assert gaps_of(header(0, 0), header(1, 3 * S)) == [("video", S, 2 * S, None)]
    assert gaps_of(header(0, 0), header(1, S + 51 * MS)) == [("video", S, 51 * MS, None)]


@pytest.mark.parametrize("track", Track)
def test_a_stated_gap_on_either_side_explains_a_hole(track: Track) -> None:
    gap = Gap(track, S, 2 * S, GapCause.OVERFLOW)
    stated = [(str(track), S, 2 * S, "overflow")]
    assert gaps_of(header(0, 0, gap), header(1, 3 * S)) == stated
    assert gaps_of(header(0, 0), header(1, 3 * S, gap)) == stated


def test_a_stated_gap_must_cover_the_hole() -> None:
    half = Gap(Track.VIDEO, S, S, GapCause.OVERFLOW)
    assert gaps_of(header(0, 0), header(1, 3 * S, half)) == [
        ("video", S, S, "overflow"),
        ("video", S, 2 * S, None),
    ]
    almost = Gap(Track.VIDEO, S, 2 * S - 50 * MS, GapCause.OVERFLOW)
    assert gaps_of(header(0, 0), header(1, 3 * S, almost)) == [("video", S, 2 * S - 50 * MS, "overflow")]


def test_several_gaps_explain_a_hole_together() -> None:
    one, two = Gap(Track.VIDEO, S, S, GapCause.ENCODER), Gap(Track.VIDEO, 2 * S, S, GapCause.OVERFLOW)
    assert [cause for *_, cause in gaps_of(header(0, 0, one), header(1, 3 * S, two))] == [
        "encoder gap",
        "overflow",
    ]


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
    report = verify_recording(take.files, authorities=[make_house().authority])
    return report.verdict, report.sentence


def test_gaps_make_the_verdict_and_the_sentence() -> None:  # proves C6
    take = Take(make_house())
    take.chunk()
    take.at_ns += 2 * S
    take.chunk(gaps=(Gap(Track.VIDEO, take.at_ns - 2 * S, 2 * S, GapCause.OVERFLOW),))
    take.press()
    take.at_ns += 3 * S
    take.live()
    take.close()
    verdict, sentence = verdict_of(take)
    assert verdict is Verdict.INTACT_WITH_GAPS
    assert sentence == (
        "Intact with 2 gaps: 8.0 s in 3 chunks, 4.0 s of it before the press, exactly as cam-01 signed it; "
        "gap of 2.0 s in video, overflow; gap of 3.0 s in video, unexplained."
    )


def test_many_gaps_are_summed_up() -> None:
    take = Take(make_house())
    take.chunk()
    for pause_ms in (300, 900, 400, 500):
        take.at_ns += pause_ms * MS
        stated = (
            (Gap(Track.VIDEO, take.at_ns - 300 * MS, 300 * MS, GapCause.STALLED),) if pause_ms == 300 else ()
        )
        take.chunk(gaps=stated)
    take.press()
    take.close()
    _, sentence = verdict_of(take)
    assert sentence.startswith("Intact with 4 gaps: 7.1 s in 5 chunks")
    assert sentence.endswith("; 3 of 4 gaps unexplained; the longest: gap of 0.900 s in video, unexplained.")


def test_a_cut_off_recording_states_its_gaps_too() -> None:
    take = Take(make_house())
    take.chunk()
    take.press()
    take.at_ns += S
    take.live()
    verdict, sentence = verdict_of(take)
    assert verdict is Verdict.CUT_OFF
    assert "gap of 1.0 s in video, unexplained" in sentence
