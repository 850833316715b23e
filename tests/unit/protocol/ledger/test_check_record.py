"""What a writer refuses of an ``open`` or an ``event`` without reading it back, against the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol.footage.format.cbor import Reader, encode
from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import (
    MAX_CERTIFICATE_BYTES,
    MAX_CERTIFICATES,
    MAX_DETAILS,
    MAX_RECIPIENTS,
    MAX_TEXT_BYTES,
)
from protocol.footage.format.model import ClockLabel, GapCause, Track
from protocol.footage.format.sizes import DIGEST_BYTES, RUN_BYTES, SIGNATURE_BYTES
from protocol.footage.ledger.check_record import check_event, check_open
from protocol.footage.ledger.entry import take_entry
from protocol.footage.ledger.event_record import EventKind, LedgerEvent
from protocol.footage.ledger.ledger import iter_ledger
from protocol.footage.ledger.links import Links
from protocol.footage.ledger.open_record import MAX_MARKS, MAX_MISSING, Missing, Open, RecipientInfo
from protocol.footage.ledger.record import Record, record_value
from protocol.footage.ledger.writer import LedgerWriter
from tests.support.media.recordings import make_identity, record
from tests.support.tries import tries

PAST = 1 << 64

# Good values far more often than bad ones, so that one bad value among twenty good ones is tried as well.
numbers = st.sampled_from((0, 1, 5, PAST - 1)) | st.sampled_from((-1, -PAST, -PAST - 1, PAST, True))
uints = st.one_of(*[st.integers(0, PAST - 1)] * 20, numbers)
texts = st.one_of(
    *[st.text(max_size=8)] * 20,
    st.sampled_from(("x" * MAX_TEXT_BYTES, "x" * (MAX_TEXT_BYTES + 1), "é" * 512, "é" * 513, "𝄞" * 257)),
)
labels = st.builds(
    ClockLabel,
    utc_us=uints | st.integers(-PAST, PAST - 1),
    synchronised=st.booleans(),
    error_us=st.none() | uints,
)


def lengths(usual: int) -> st.SearchStrategy[bytes]:
    wrong = st.sampled_from((0, usual - 1, usual + 1)).map(bytes)
    return st.one_of(*[st.binary(min_size=usual, max_size=usual)] * 20, wrong)


def several(items: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    few = st.lists(items, max_size=2)
    return st.one_of(*[few] * 20, st.lists(items, min_size=most, max_size=most + 1)).map(tuple)


recipients = st.builds(
    RecipientInfo, key_id=lengths(DIGEST_BYTES), name=texts, tracks=st.frozensets(st.sampled_from(Track))
)
certificates = st.one_of(
    *[st.lists(st.binary(max_size=30), min_size=1, max_size=MAX_CERTIFICATES)] * 20,
    st.just([]),
    st.just([b"x"] * (MAX_CERTIFICATES + 1)),
    st.sampled_from((MAX_CERTIFICATE_BYTES, MAX_CERTIFICATE_BYTES + 1)).map(lambda size: [bytes(size)]),
).map(tuple)
opens = st.builds(
    Open,
    recording=lengths(RUN_BYTES),
    number=uints,
    previous_open=st.none() | lengths(DIGEST_BYTES),
    camera=st.one_of(*[st.just("cam-01")] * 20, st.sampled_from(("", "fleet", "Cam-01", "cam-01\n", "-"))),
    run=lengths(RUN_BYTES),
    assignment=st.none() | texts,
    trigger=texts,
    marks=several(texts, MAX_MARKS),
    asked_ns=uints,
    first_seq=st.integers(0, 3) | uints,
    last_seq=st.integers(-1, 4) | uints,
    held_ns=uints,
    missing=several(st.builds(Missing, duration_ns=uints, reason=st.sampled_from(GapCause)), MAX_MISSING),
    press_ns=uints,
    label=labels,
    recipients=several(recipients, MAX_RECIPIENTS),
    certificates=certificates,
)
details = st.one_of(
    *[st.dictionaries(texts, texts | uints | st.integers(-PAST, PAST - 1), max_size=3)] * 20,
    st.sampled_from((MAX_DETAILS, MAX_DETAILS + 1)).map(lambda size: {f"{at:02}": at for at in range(size)}),
)
events = st.builds(LedgerEvent, st.sampled_from(EventKind), uints, labels, details)


def read_back(kind: str, given: Record) -> Record:
    links = Links() if kind == "open" else Links(previous=bytes(DIGEST_BYTES))
    body = encode(record_value(given, links))
    return take_entry(Reader(encode([kind, body, bytes(SIGNATURE_BYTES)]))).record


def assert_alike(kind: str, made: Record, check: Callable[[], None]) -> None:
    try:
        check()
    except FormatError:
        with pytest.raises(FormatError):
            read_back(kind, made)
    else:
        assert read_back(kind, made) == made


@pytest.mark.slow
@given(opens)
@settings(max_examples=tries(500))
def test_of_an_open_what_a_writer_lets_through_is_what_a_reader_takes(made: Open) -> None:
    assert_alike("open", made, lambda: check_open(made))


@pytest.mark.slow
@given(events)
@example(LedgerEvent(EventKind.FAULT, 0, ClockLabel(0, synchronised=True, error_us=0), {"n": True}))
@example(LedgerEvent(EventKind.FAULT, 0, ClockLabel(0, synchronised=True, error_us=0), {"n": PAST}))
@settings(max_examples=tries(500))
def test_of_an_event_what_a_writer_lets_through_is_what_a_reader_takes(made: LedgerEvent) -> None:
    assert_alike("event", made, lambda: check_event(made))


def test_a_writer_refuses_an_event_that_no_reader_takes_and_goes_on() -> None:
    ledger = record().ledger
    opening = next(iter_ledger(ledger))
    writer = LedgerWriter.after(ledger[: opening.end], make_identity().signer)
    label = ClockLabel(0, synchronised=True, error_us=0)
    with pytest.raises(FormatError):
        writer.append(LedgerEvent(EventKind.FAULT, 0, label, {"what": "x" * (MAX_TEXT_BYTES + 1)}))
    good = LedgerEvent(EventKind.FAULT, 0, label, {"what": "x" * MAX_TEXT_BYTES})
    read = list(iter_ledger(ledger[: opening.end] + writer.append(good)))
    assert [each.record for each in read[1:]] == [good]
