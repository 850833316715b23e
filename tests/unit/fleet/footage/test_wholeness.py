"""What a camera calls complete is taken only where it can be: by its ledger, and by all that it ever said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.footage.receiving.wholeness import CUT_SHORT, ChunkSpan, Lack, lacking, outline, span_of
from protocol.footage.ledger.ledger import iter_ledger
from tests.support.media.recordings import Take, make_identity, record


def judge(take: Take, ledger: bytes, names: list[str], *, told_closed: bool = False) -> Lack | None:
    """Judge a version of a recording as the fleet does."""
    found = outline(ledger)
    span = None
    if found.close is None and names:
        span = span_of(take.segments[names[0]], take.segments[names[-1]])
    return lacking(found, names, span, told_closed=told_closed)


def ends(take: Take) -> list[int]:
    """Where the records of a ledger end."""
    return [entry.end for entry in iter_ledger(bytes(take.ledger))]


@pytest.mark.parametrize("told_closed", [False, True])
def test_a_whole_recording_lacks_nothing(told_closed: bool) -> None:
    take = record(live=5)
    assert judge(take, bytes(take.ledger), sorted(take.segments), told_closed=told_closed) is None


@given(cut=st.integers(min_value=0), live=st.integers(0, 4))
def test_no_version_cut_short_of_a_closed_recording_is_complete(cut: int, live: int) -> None:  # proves L2
    take = record(live=live)
    ledger = bytes(take.ledger)[: cut % len(take.ledger)]
    assert judge(take, ledger, sorted(take.segments), told_closed=True) is not None


@given(cut=st.integers(min_value=0), closed=st.booleans())
def test_a_ledger_that_breaks_off_within_a_record_is_never_complete(cut: int, closed: bool) -> None:
    take = record(live=3, closed=closed)
    cut %= len(take.ledger)
    found = judge(take, bytes(take.ledger)[:cut], sorted(take.segments))
    if cut not in ends(take):
        assert found is not None


@given(live=st.integers(0, 7), per_segment=st.integers(1, 4), left=st.integers(min_value=0), drop=st.data())
def test_no_segment_may_be_left_out(live: int, per_segment: int, left: int, drop: st.DataObject) -> None:
    take = record(live=live, per_segment=per_segment, closed=drop.draw(st.booleans()))
    names = sorted(take.segments)
    del names[left % len(names)]
    found = judge(take, bytes(take.ledger), names)
    assert found is not None
    assert "segment" in found.detail.lower()


@given(outside=st.integers(0, 4), held=st.integers(0, 4), live=st.integers(0, 6), events=st.integers(0, 2))
def test_a_recording_that_lost_its_power_at_any_durable_moment_is_taken(  # proves C5
    outside: int, held: int, live: int, events: int
) -> None:
    take = Take(make_identity())
    for _ in range(outside + held):
        take.chunk()
    take.press(outside=outside)
    for _ in range(live):
        take.live()
        assert judge(take, bytes(take.ledger), sorted(take.segments)) is None
    for _ in range(events):
        take.event()
    if held or live:
        assert judge(take, bytes(take.ledger), sorted(take.segments)) is None


def test_the_end_that_was_told_of_is_named() -> None:
    take = record(closed=False)
    found = judge(take, bytes(take.ledger), sorted(take.segments), told_closed=True)
    assert found is not None
    assert found.plain == CUT_SHORT
    assert f"from byte {len(take.ledger)} on are not held" in found.detail


def test_before_its_first_record_nothing_is_complete() -> None:
    take = record()
    for length in (0, 1, ends(take)[0] - 1):
        found = judge(take, bytes(take.ledger)[:length], sorted(take.segments))
        assert found is not None
        assert found.detail == "The first record of its ledger is not held yet."
    found = judge(take, bytes(take.ledger)[: ends(take)[0]], sorted(take.segments))
    assert found is not None
    assert found.detail.startswith("The keys of chunks 1 to 3")


def test_without_any_segment_the_chunks_are_named() -> None:
    take = record(closed=False)
    found = judge(take, bytes(take.ledger), [])
    assert found is not None
    assert found.detail == "No segment is held, and its ledger lists chunks 1 to 5."


def test_damage_is_left_to_the_verifier() -> None:
    take = record()
    ledger = bytearray(take.ledger)
    ledger[ends(take)[0]] ^= 0x40  # what should be the next record is another kind of item
    assert judge(take, bytes(ledger), sorted(take.segments), told_closed=True) is None
    assert judge(take, b"\xff" * 40, sorted(take.segments)) is None
    name = max(take.segments)
    take.segments[name][-400] ^= 0xFF
    assert judge(take, bytes(take.ledger), sorted(take.segments)) is None


def test_a_damaged_edge_is_not_called_missing() -> None:
    take = record(closed=False)
    assert span_of(b"", take.segments[max(take.segments)]) is None
    found = outline(bytes(take.ledger))
    assert lacking(found, sorted(take.segments), None, told_closed=False) is None
    short = ChunkSpan(found.keyed_to, found.keyed_to)
    assert lacking(found, sorted(take.segments), short, told_closed=False) is not None
    assert lacking(replace(found, damaged=True), sorted(take.segments), short, told_closed=False) is None
