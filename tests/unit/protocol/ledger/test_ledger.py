"""Ledgers: reading back what was written, order, chain, and incomplete tails."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.footage.format.cbor import Value, encode
from protocol.footage.format.errors import FormatError, LedgerError
from protocol.footage.format.limits import MAX_DETAILS
from protocol.footage.format.model import GapCause, Track
from protocol.footage.ledger.ledger import (
    Close,
    EventKind,
    Keys,
    LedgerEvent,
    Missing,
    Open,
    RecipientInfo,
    SealedKeys,
    iter_ledger,
    ledger_valid_prefix,
    open_digest,
    read_ledger,
)
from protocol.footage.ledger.writer import LedgerWriter
from tests.support.media.recordings import Take, label_at, make_identity, record
from tests.support.reports.attempt import attempt
from tests.support.tries import tries

TAKE = record(outside=0, prerecord=2, live=1)
DATA = bytes(TAKE.ledger)
ENDS = [entry.end for entry in iter_ledger(DATA)]

times = st.integers(0, 2**63 - 1)
texts = st.text(max_size=40)
digests = st.binary(min_size=32, max_size=32)
ids = st.binary(min_size=16, max_size=16)
labels = st.builds(label_at, st.integers(0, 2**60))
track_sets = st.frozensets(st.sampled_from(Track))
opens = st.builds(
    Open,
    recording=ids,
    number=times,
    previous_open=st.none() | digests,
    camera=st.just("cam-01"),
    run=ids,
    assignment=st.none() | texts,
    trigger=texts,
    marks=st.lists(texts, max_size=3).map(tuple),
    asked_ns=times,
    first_seq=st.just(5),
    last_seq=st.integers(4, 2**40),
    held_ns=times,
    missing=st.lists(st.builds(Missing, times, st.sampled_from(GapCause)), max_size=3).map(tuple),
    press_ns=times,
    label=labels,
    recipients=st.lists(
        st.builds(RecipientInfo, digests, texts, track_sets), max_size=3, unique_by=lambda each: each.key_id
    ).map(tuple),
    certificates=st.lists(st.binary(max_size=50), min_size=1, max_size=4).map(tuple),
)
keys = st.builds(
    Keys,
    first_seq=st.just(5),
    last_seq=st.integers(5, 500),
    sealed=st.lists(
        st.builds(SealedKeys, digests, st.sampled_from(Track), st.binary(max_size=60)), max_size=4
    ).map(tuple),
)
events = st.builds(
    LedgerEvent,
    kind=st.sampled_from(EventKind),
    at_ns=times,
    label=labels,
    detail=st.dictionaries(texts, texts | st.integers(-(2**63), 2**63), max_size=4),
)
closes = st.builds(
    Close,
    reason=texts,
    at_ns=times,
    label=labels,
    last_seq=st.integers(-1, 2**40),
    chunks=times,
    segments=times,
    duration_ns=times,
)


@given(opens, st.lists(keys | events, max_size=4), st.none() | closes)
@settings(max_examples=tries(60))
def test_reads_what_was_written(
    opening: Open, between: list[Keys | LedgerEvent], close: Close | None
) -> None:
    writer = LedgerWriter(make_identity().signer)
    records = [opening, *between, *([close] if close else [])]
    data = b"".join(writer.append(each) for each in records)
    ledger = read_ledger(data)
    assert [entry.record for entry in ledger.entries] == records
    assert (ledger.open, ledger.close) == (opening, close)
    assert [*ledger.keys, *ledger.events] == sorted(between, key=lambda each: isinstance(each, LedgerEvent))
    assert (writer.length, writer.sha256) == (len(data), hashlib.sha256(data).digest())
    assert writer.head == ledger.entries[-1].digest


def test_a_ledger_without_close_is_read_as_cut_off() -> None:
    assert read_ledger(DATA[: ENDS[-2]]).close is None


def test_the_open_digest_names_the_recording() -> None:
    assert open_digest(DATA) == read_ledger(DATA).open_digest
    assert open_digest(DATA[: ENDS[0]]) == open_digest(DATA)


def test_a_writer_continues_where_another_stopped() -> None:
    for end in ENDS[:-1]:
        writer = LedgerWriter.after(DATA[:end], make_identity().signer)
        rest = b"".join(writer.append(entry.record) for entry in iter_ledger(DATA) if entry.offset >= end)
        assert DATA[:end] + rest == DATA


def test_records_come_in_order() -> None:
    writer = LedgerWriter(make_identity().signer)
    event, close = (entry.record for entry in list(iter_ledger(DATA))[-2:])
    opening = read_ledger(DATA).open
    with pytest.raises(LedgerError, match="begins with its one open"):
        writer.append(event)
    writer.append(opening)
    with pytest.raises(LedgerError, match="begins with its one open"):
        writer.append(opening)
    writer.append(close)
    with pytest.raises(LedgerError, match="nothing can follow"):
        writer.append(event)
    with pytest.raises(LedgerError, match="nothing can follow"):
        LedgerWriter.after(DATA, make_identity().signer).append(event)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("k", "begins with its open record, not with 'keys'"),
        ("oo", "here is another"),
        ("okec e", "bytes follow the ledger's close"),
        ("oe", "does not follow"),
        ("okk", "does not follow"),
        ("okc", "does not follow"),
    ],
)
def test_another_order_is_refused(order: str, reason: str) -> None:
    take = record(outside=0, prerecord=2, live=0)
    records = {entry.kind[0]: entry for entry in iter_ledger(take.ledger)}
    data = b"".join(bytes(take.ledger[records[k].offset : records[k].end]) for k in order.replace(" ", ""))
    with pytest.raises(FormatError, match=reason):
        read_ledger(data)


def test_the_valid_prefix_ends_with_the_last_whole_record() -> None:  # proves C3
    for at in range(1, len(DATA) + 1, 61):
        assert ledger_valid_prefix(DATA[:at]) == max(end for end in [0, *ENDS] if end <= at)


def test_the_valid_prefix_excludes_a_tail_of_zeros_or_of_another_ledger() -> None:
    other = record(outside=0, prerecord=2, live=1, seed=2).ledger
    assert ledger_valid_prefix(DATA[: ENDS[2]] + bytes(ENDS[3] - ENDS[2])) == ENDS[2]
    assert ledger_valid_prefix(DATA[: ENDS[1]] + other[ENDS[1] :]) == ENDS[1]
    assert ledger_valid_prefix(b"") == 0


@given(st.integers(0, len(DATA)), st.binary(max_size=100))
@settings(max_examples=tries(80))
def test_any_bytes_are_read_or_refused_with_an_offset(keep: int, tail: bytes) -> None:
    data = DATA[:keep] + tail
    _, error = attempt(read_ledger, data)
    assert error is None or 0 <= error.offset <= len(data)
    assert ledger_valid_prefix(data) <= len(data)


@pytest.mark.parametrize(
    "detail",
    [
        {"a": True},
        {"a": None},
        {"a": [1]},
        {"a": {"b": 1}},
        {f"k{at:02}": 1 for at in range(MAX_DETAILS + 1)},
    ],
)
def test_an_event_says_text_and_integers_only(detail: dict[str, Value]) -> None:
    take = Take(make_identity())
    take.press()
    with pytest.raises(FormatError, match=r"expected an integer|33 items"):
        take.event(EventKind.FAULT, **detail)  # type: ignore[arg-type]  # what the writer must refuse


def test_a_refused_record_leaves_the_writer_as_it_was() -> None:
    take = Take(make_identity())
    take.press()
    before = (take.writer.head, take.writer.length, take.writer.sha256)
    with pytest.raises(FormatError):
        take.event(EventKind.FAULT, text="x" * 2000)
    assert (take.writer.head, take.writer.length, take.writer.sha256) == before


def test_an_unknown_kind_is_refused_at_its_place() -> None:
    with pytest.raises(FormatError, match="'note' is not a kind") as caught:
        read_ledger(DATA[: ENDS[0]] + encode(["note", b"", bytes(64)]))
    assert caught.value.offset == ENDS[0] + 1
