"""What is said to be lacking of a recording, by each condition that decides it (L2, F8)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from fleet.footage.receiving.wholeness import ChunkSpan, LedgerOutline, lacking, outline, span_of
from fleet.footage.timeline.arrived import LONGEST_BEGINNING_NS, NotArrived, absent, grown
from protocol.footage.format.segment import segment_name
from protocol.footage.ledger.open_record import Open
from tests.support.media.recordings import record

TAKE = record(live=3)
WHOLE = outline(bytes(TAKE.ledger))
assert WHOLE.opening is not None
OPENING = WHOLE.opening
RUN = OPENING.run


def names(*indices: int, run: bytes = RUN) -> list[str]:
    return [segment_name(run, each) for each in indices]


def of(
    found: LedgerOutline, segments: list[str], span: ChunkSpan | None = None, *, told_closed: bool = False
) -> str:
    lack = lacking(found, segments, span, told_closed=told_closed)
    return "" if lack is None else lack.detail


OPEN = replace(WHOLE, close=None, opening=replace(OPENING, first_seq=0, last_seq=3), keyed_to=3)


@pytest.mark.parametrize(
    ("changed", "segments", "said"),
    [
        ({}, names(0, 1), ""),
        ({"keyed_to": 2}, names(0, 1), "The keys of chunk 3, which its ledger begins with, are not held."),
        (
            {"keyed_to": 1},
            names(0, 1),
            "The keys of chunks 2 to 3, which its ledger begins with, are not held.",
        ),
        ({}, names(0, 2), f"Segment {segment_name(RUN, 1)} is not held, and the next one is."),
        ({}, [*names(0), *names(2, run=bytes(16))], ""),
        ({}, [*names(0), "odd"], ""),
        ({}, [], "No segment is held, and its ledger lists chunks 0 to 3."),
        (
            {"cut_short": True, "readable": 99},
            names(0),
            "Its ledger breaks off within the record that begins at byte 99.",
        ),
        ({"cut_short": True, "opening": None}, names(0), "The first record of its ledger is not held yet."),
        ({"opening": None}, names(0), ""),
        ({"damaged": True, "keyed_to": 0}, names(0), ""),
    ],
)
def test_what_a_ledger_shows_to_be_lacking_is_named(
    changed: dict[str, object], segments: list[str], said: str
) -> None:
    # proves L2 F8
    assert of(replace(OPEN, **changed), segments) == said  # type: ignore[arg-type] # fields as they are named


def test_nothing_lacks_where_a_ledger_lists_nothing() -> None:
    # proves F8
    nothing = replace(OPEN, opening=replace(OPENING, first_seq=0, last_seq=-1), keyed_to=-1)
    assert of(nothing, []) == ""


def test_a_closed_ledger_is_taken_at_its_count_of_segments() -> None:
    # proves L2
    assert WHOLE.close is not None
    two = replace(WHOLE, close=replace(WHOLE.close, segments=2))
    assert of(two, names(0, 2)) == ""
    assert of(two, names(0)) == "1 of 2 segments are held, as its ledger counts them."


def test_the_edges_that_segments_leave_out_are_named() -> None:
    # proves L2
    assert of(OPEN, names(0), ChunkSpan(0, 3)) == ""
    assert of(OPEN, names(0), ChunkSpan(1, 3)) == "The segment that holds chunk 0 is not held."
    assert of(OPEN, names(0), ChunkSpan(0, 1)) == "The segment that holds chunks 2 to 3 is not held."


def test_a_segment_without_a_chunk_has_no_span() -> None:
    first = TAKE.segments[min(TAKE.segments)]
    assert span_of(first, first) is not None
    assert span_of(first, b"") is None
    assert span_of(b"", first) is None


# What has not arrived yet

S = 1_000_000_000


@dataclass(frozen=True)
class Placed:
    """A chunk of a second."""

    seq: int
    start_ns: int

    @property
    def end_ns(self) -> int:
        return self.start_ns + S


def chunk(seq: int) -> Placed:
    return Placed(seq, (1000 + seq) * S)


def opening(*, last_seq: int, held_s: int, first_seq: int = 0, press_s: int = 1060) -> Open:
    return replace(OPENING, first_seq=first_seq, last_seq=last_seq, held_ns=held_s * S, press_ns=press_s * S)


def spans(told: Open, *chunks: Placed, here: set[int] | None = None) -> list[tuple[int, int]]:
    """Return what has not arrived, in seconds."""
    arrived = {each.seq for each in chunks} if here is None else here
    return [(each.start_ns // S, each.end_ns // S) for each in absent(told, chunks, arrived)]


SIXTY = opening(last_seq=59, held_s=60)


def test_what_has_not_arrived_is_reckoned_from_what_the_press_told() -> None:
    # proves F8
    assert spans(SIXTY, chunk(0), chunk(1)) == []
    assert spans(SIXTY, chunk(10)) == [(1000, 1010)]
    assert spans(SIXTY, chunk(10), here=set(range(11))) == []
    assert spans(SIXTY, chunk(70)) == [(1000, 1070)]
    late = Placed(10, 1075 * S)
    assert spans(SIXTY, late) == [(1065, 1075)]
    assert spans(opening(last_seq=9, first_seq=10, held_s=0), chunk(10)) == []
    assert spans(opening(last_seq=5, first_seq=9, held_s=9), chunk(10)) == []
    assert spans(opening(last_seq=9, first_seq=10, held_s=5), chunk(9)) == []


def test_chunks_that_follow_each_other_have_nothing_between() -> None:
    # proves F8
    assert spans(SIXTY, chunk(0), chunk(2)) == [(1001, 1002)]
    assert spans(SIXTY, chunk(0), chunk(2), here={0, 1, 2}) == []
    overlapping = (chunk(0), Placed(2, 1001 * S))
    assert spans(SIXTY, *overlapping) == []


def test_an_absurdly_long_range_is_not_counted_through() -> None:
    far = opening(last_seq=2**60, held_s=60)
    [span] = absent(far, [Placed(2**60, 1000 * S)], {2**60})
    assert span == NotArrived(span.start_ns, 1000 * S)
    assert span.end_ns - span.start_ns <= LONGEST_BEGINNING_NS


def test_what_was_laid_out_grows_at_its_end_alone() -> None:
    # proves F8
    assert grown([chunk(2)], [chunk(1), chunk(2), chunk(3)]) == [chunk(2), chunk(3)]
