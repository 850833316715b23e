"""What a few bytes can make a reader do: lengths and counts that lie cost neither memory nor steps.

Memory is the peak that ``tracemalloc`` sees, in bytes; time is counted in heads of items that were read, of
which every input has at most as many as bytes. So nothing here depends on how fast the machine is.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import pytest

from protocol.footage.format.cbor import Reader, decode, encode
from protocol.footage.format.errors import FootageError, FormatError
from protocol.footage.format.limits import MAX_BODY_BYTES, MAX_HEADER_BYTES, MAX_TEXT_BYTES
from protocol.footage.format.segment import read_segment, valid_prefix
from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger
from protocol.footage.receipt import RECEIPT_NAME, parse_receipt
from protocol.footage.verifying.verify import verify_recording
from tests.harness.fuzz.mutate import take_apart
from tests.support.media.recordings import record

FILES = record(outside=0, prerecord=2, live=1, per_segment=3, receipt=True, size=8).files
SEGMENT = next(name for name in FILES if name.endswith(".seg"))
READERS: dict[str, tuple[Callable[[bytes], object], str]] = {
    "decode": (decode, LEDGER_NAME),
    "read_segment": (read_segment, SEGMENT),
    "valid_prefix": (valid_prefix, SEGMENT),
    "read_ledger": (read_ledger, LEDGER_NAME),
    "ledger_valid_prefix": (ledger_valid_prefix, LEDGER_NAME),
    "parse_receipt": (parse_receipt, RECEIPT_NAME),
}
LYING = [
    bytes([major << 5 | 27]) + length.to_bytes(8, "big")
    for major in (2, 3, 4, 5)
    for length in (2**31, 2**40, 2**63 - 1, 2**63, 2**64 - 1)
]
"""Heads of byte strings, text, arrays and maps that announce more than there can be."""

PER_BYTE, FIXED = 12, 96 * 1024
"""What a reader may take: a small multiple of its input, for slices and lists, and a constant beside."""


def hostile(data: bytes) -> Iterator[bytes]:
    """The lying heads alone, behind each whole record, and in the place of any eighth byte."""
    ends = [0]
    for piece in take_apart(data)[0]:
        ends.append(ends[-1] + len(piece))
    for head in LYING:
        yield from (data[:end] + head for end in ends)
        yield from (data[:at] + head + data[at + 1 :] for at in range(0, len(data), len(data) // 40))


def peak_of(read: Callable[[bytes], object], data: bytes) -> int:
    tracemalloc.start()
    try:
        read(data)
    except FootageError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_a_length_that_lies_takes_no_memory(name: str) -> None:
    read, file = READERS[name]
    peak_of(read, FILES[file])  # what is loaded on first use is not the input's
    for data in hostile(FILES[file]):
        assert peak_of(read, data) < FIXED + PER_BYTE * len(data), data[:60].hex()


def verified_with(name: str, data: bytes) -> object:
    """Verify the recording with another file in the place of one of its own."""
    return verify_recording({**FILES, name: data})


@pytest.mark.slow
def test_a_length_that_lies_takes_no_memory_of_the_verifier() -> None:
    peak_of(lambda _: verify_recording(FILES), b"")
    for name in (LEDGER_NAME, SEGMENT, RECEIPT_NAME):
        for data in list(hostile(FILES[name]))[::9]:
            size = sum(map(len, {**FILES, name: data}.values()))
            assert peak_of(partial(verified_with, name), data) < FIXED + PER_BYTE * size


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many heads were read, in the one place of a list."""
    count, head = [0], Reader._head

    def counted(reader: Reader) -> tuple[int, int]:
        count[0] += 1
        return head(reader)

    monkeypatch.setattr(Reader, "_head", counted)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_the_steps_grow_with_the_input_and_no_faster(name: str, heads: list[int]) -> None:
    read, file = READERS[name]
    for data in (FILES[file], *hostile(FILES[file])):
        heads[0] = 0
        with suppress(FootageError):
            read(data)
        assert heads[0] <= len(data) + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("an array of empty arrays", encode([[]] * 100_000)),
        ("an array of empty maps", encode([{}] * 100_000)),
        ("a nest of arrays", b"\x81" * 100_000),
        ("a nest of maps", b"\xa1\x60" * 100_000),
        ("an array that announces one item more than it has", b"\x9a\x00\x01\x86\xa1" + b"\x80" * 100_000),
    ],
)
def test_many_small_items_take_a_bounded_multiple_of_their_bytes(
    what: str, data: bytes, heads: list[int]
) -> None:
    peak = peak_of(decode, data)
    assert peak < 100 * len(data) + FIXED, what  # an empty list has 56 bytes and a place in its parent 8
    assert heads[0] <= len(data) + 1


def too_long(kind: str, body: bytes) -> bytes:
    return encode([kind, body, bytes(64)])


@pytest.mark.parametrize(
    ("read", "data", "reason"),
    [
        (read_segment, too_long("run", bytes(MAX_HEADER_BYTES + 1)), "longer than the 65536 allowed"),
        (read_segment, too_long("r" * 10**6, b""), "longer than the 64 allowed"),
        (read_ledger, too_long("open", bytes(MAX_BODY_BYTES + 1)), "longer than the 16777216 allowed"),
        (read_ledger, too_long("o" * 10**6, b""), "longer than the 16 allowed"),
        (read_ledger, too_long("open", encode({"v" * 10**6: 1})), "expected a map of 18 entries"),
        (parse_receipt, too_long("receipt", bytes(MAX_BODY_BYTES + 1)), "longer than the 16777216 allowed"),
        (parse_receipt, too_long("\0" * 10**6, b""), "longer than the 64 allowed"),
        (decode, encode({"b" * 10**6: 1}) + b"\0", "bytes follow"),
        (decode, b"\xa2" + encode("b" * 10**6) + b"\1" + encode("a" * 10**6) + b"\1", "out of order"),
    ],
)
def test_what_is_too_long_is_refused_in_a_short_sentence(
    read: Callable[[bytes], object], data: bytes, reason: str
) -> None:
    """Once, a record's kind of 64 MB came back, quoted, in the finding about it."""
    with pytest.raises(FormatError, match=reason) as caught:
        read(data)
    assert len(str(caught.value)) < 200


def test_no_finding_is_longer_than_a_few_texts_of_the_format() -> None:
    for head in (b"\x7a\x00\x98\x96\x80" + b"\0" * 10_000_000, b"\x83" + encode("x" * 1_000_000)):
        for name in (LEDGER_NAME, SEGMENT, RECEIPT_NAME):
            report = verify_recording({**FILES, name: head})
            assert report.findings
            assert all(len(finding.sentence) < 4 * MAX_TEXT_BYTES for finding in report.findings)
