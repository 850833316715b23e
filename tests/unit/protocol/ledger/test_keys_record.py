"""What a writer refuses of a ``keys`` record without reading it back, against the reader."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.footage.format.cbor import Reader, encode
from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES, MAX_KEYS_RANGE, MAX_RECIPIENTS
from protocol.footage.format.model import Track
from protocol.footage.format.sizes import DIGEST_BYTES, SIGNATURE_BYTES
from protocol.footage.ledger.entry import take_entry
from protocol.footage.ledger.keys_record import Keys, SealedKeys, check_keys
from protocol.footage.ledger.ledger import iter_ledger, read_ledger
from protocol.footage.ledger.links import Links
from protocol.footage.ledger.record import record_value
from protocol.footage.ledger.writer import LedgerWriter
from tests.support.media.recordings import make_identity, record

SEALED = SealedKeys(bytes(DIGEST_BYTES), Track.VIDEO, b"sealed")
MOST = MAX_RECIPIENTS * len(Track)
PAST = 1 << 64
EDGES = (0, 1, 2, *(MAX_KEYS_RANGE + by for by in (-1, 0, 1)), PAST - MAX_KEYS_RANGE, PAST - 1, PAST)

sealed = st.builds(
    SealedKeys,
    key_id=st.sampled_from((DIGEST_BYTES, DIGEST_BYTES, DIGEST_BYTES - 1, DIGEST_BYTES + 1, 0)).flatmap(
        lambda length: st.binary(min_size=length, max_size=length)
    ),
    track=st.sampled_from(Track),
    ciphertext=st.binary(max_size=80),
)
keys = st.builds(
    Keys,
    first_seq=st.sampled_from(EDGES) | st.integers(0, PAST + 2),
    last_seq=st.sampled_from(EDGES) | st.integers(0, PAST + 2),
    sealed=st.lists(sealed, max_size=3).map(tuple),
)


def read_back(given: Keys) -> Keys:
    body = encode(record_value(given, Links(previous=bytes(DIGEST_BYTES))))
    entry = take_entry(Reader(encode(["keys", body, bytes(SIGNATURE_BYTES)])))
    assert isinstance(entry.record, Keys)
    return entry.record


@given(keys)
@example(Keys(0, MAX_KEYS_RANGE - 1, ()))
@example(Keys(0, MAX_KEYS_RANGE, ()))
@example(Keys(PAST - 1, PAST - 1, (SEALED,)))
@example(Keys(PAST, PAST, (SEALED,)))
@example(Keys(0, 0, (SEALED,) * MOST))
@example(Keys(0, 0, (SEALED,) * (MOST + 1)))
def test_what_a_writer_lets_through_is_what_a_reader_takes(made: Keys) -> None:
    try:
        check_keys(made)
    except FormatError:
        with pytest.raises(FormatError):
            read_back(made)
    else:
        assert read_back(made) == made


def test_a_writer_refuses_keys_that_no_reader_takes_and_goes_on() -> None:
    ledger = record().ledger
    opening = next(iter_ledger(ledger))
    writer = LedgerWriter.after(ledger[: opening.end], make_identity().signer)
    huge = SealedKeys(bytes(DIGEST_BYTES), Track.VIDEO, bytes(MAX_BODY_BYTES))
    for refused in (Keys(1, 0, (SEALED,)), Keys(0, 0, (huge,)), Keys(0, 0, (SEALED,) * (MOST + 1))):
        with pytest.raises(FormatError):
            writer.append(refused)
    good = Keys(0, 0, (SEALED,))
    assert read_ledger(ledger[: opening.end] + writer.append(good)).keys == (good,)
