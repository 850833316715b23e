"""Segments: reading, naming, and finding where a power cut tore one."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.footage.format.chunk import ChunkRecord
from protocol.footage.format.errors import FormatError
from protocol.footage.format.segment import (
    RunEntry,
    iter_segment,
    parse_segment_name,
    parts_fit,
    read_segment,
    segment_name,
    valid_prefix,
)
from tests.support.media.recordings import Take, make_identity, record
from tests.support.reports.attempt import attempt
from tests.support.tries import tries

TAKE = record(outside=0, prerecord=3, live=0)
[(NAME, DATA)] = [(name, data) for name, data in TAKE.files.items() if name.endswith(".seg")]


def ends(data: bytes) -> list[int]:
    return [item.end for item in iter_segment(data)]


def test_reads_what_was_written() -> None:
    segment = read_segment(DATA)
    assert segment.run.camera == "cam-01"
    assert segment.run.run == TAKE.run
    assert segment.run.certificates == make_identity().certificates
    assert [chunk.header for chunk in segment.chunks] == [chunk.header for chunk in TAKE.chunks]
    assert all(parts_fit(chunk) for chunk in segment.chunks)


def test_chunks_are_chained() -> None:
    first, second, third = read_segment(DATA).chunks
    assert second.header.previous == first.digest == hashlib.sha256(first.header_bytes).digest()
    assert third.header.previous == second.digest


def test_records_lie_end_to_end() -> None:
    items = list(iter_segment(DATA))
    assert isinstance(items[0], RunEntry)
    assert [item.offset for item in items] == [0, *ends(DATA)[:-1]]
    assert items[-1].end == len(DATA)


def test_parts_are_slices_of_the_file() -> None:
    chunk = read_segment(DATA).chunks[0]
    for track, part in chunk.parts.items():
        at = chunk.part_offsets[track]
        assert DATA[at : at + len(part)] == part
        assert part.obj is DATA


def test_offsets_point_at_the_header() -> None:
    for item in iter_segment(DATA):
        at, body = (
            (item.header_offset, item.header_bytes)
            if isinstance(item, ChunkRecord)
            else (item.body_offset, item.body)
        )
        assert DATA[at : at + len(body)] == body


def test_a_cut_segment_is_refused_but_for_the_ends_of_records() -> None:
    whole = set(ends(DATA))
    for at in range(0, len(DATA), 7):
        if at not in whole:
            with pytest.raises(FormatError):
                read_segment(DATA[:at])
    for end in whole:
        assert len(read_segment(DATA[:end]).chunks) == sum(each < end for each in whole)


@pytest.mark.parametrize("step", [1, 5])
def test_the_valid_prefix_ends_with_the_last_whole_record(step: int) -> None:  # proves C5
    whole = [0, *ends(DATA)]
    for at in range(step, len(DATA) + 1, 53):
        assert valid_prefix(DATA[:at]) == max(end for end in whole if end <= at)


def test_the_valid_prefix_excludes_a_tail_of_zeros() -> None:
    """A file system may extend a file before it writes: an incomplete record can be of full length."""
    _, first, second, third = ends(DATA)
    part = read_segment(DATA).chunks[-1]
    for zeroed in (second + 1, part.header_offset + 40, max(part.part_offsets.values())):
        zeroed_data = DATA[:zeroed] + bytes(third - zeroed)
        assert valid_prefix(zeroed_data) == second
    assert valid_prefix(DATA[:first] + bytes(10)) == first


def test_the_valid_prefix_of_garbage_is_nothing() -> None:
    assert valid_prefix(b"") == 0
    assert valid_prefix(b"garbage") == 0
    assert valid_prefix(bytes(100)) == 0


@given(st.binary(max_size=200), st.integers(0, len(DATA)))
@settings(max_examples=tries(60))
def test_any_bytes_are_read_or_refused_with_an_offset(tail: bytes, keep: int) -> None:
    data = DATA[:keep] + tail
    _, error = attempt(read_segment, data)
    assert error is None or 0 <= error.offset <= len(data)
    assert valid_prefix(data) <= len(data)


def test_names_sort_as_segments_follow() -> None:
    names = [segment_name(TAKE.run, index) for index in (0, 9, 10, 99_999_999)]
    assert names == sorted(names)
    assert names[2] == f"{TAKE.run.hex()}-00000010.seg"
    assert parse_segment_name(names[2]) == (TAKE.run, 10)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ledger.cbor",
        "x.seg",
        f"{'A' * 32}-00000000.seg",
        f"{'a' * 32}-0.seg",
        f"{'a' * 32}-00000000.seg\n",
    ],
)
def test_other_names_are_not_segments(name: str) -> None:
    assert parse_segment_name(name) is None


def test_a_segment_holds_a_bounded_number_of_chunks() -> None:
    take = Take(make_identity(), per_segment=300)
    for _ in range(257):
        take.chunk(size=0)
    with pytest.raises(FormatError, match="at most 256 chunks"):
        read_segment(take.segments[segment_name(take.run, 0)])
