"""Cases whose form is wrong: encodings that are not the one, and what the grammar or its limits forbid.

All are rightly signed and chained: the camera's own signature does not excuse a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from protocol.footage.format.cbor import Value
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from tests.support.vectors.base import Base, Case, Fields, altered, put, swap

AFTER_CHUNK: Final = "the record after chunk 2"
BEFORE: Final = ("", "open record", "keys of chunks 1 to 2", "keys of chunks 3 to 3", "event record")
GAP: Final[dict[str, Value]] = {"cause": "overflow", "track": "video", "start_ns": 0, "duration_ns": 1}
PART: Final[dict[str, Value]] = {"codec": "avc1.42C01E", "track": "video", "digest": bytes(32), "length": 44}


def _encodings(base: Base) -> Iterator[Case]:
    """A header that means the same, or nothing, in an encoding that is not the one."""
    seq, gaps = b"cseq\x03", b"dgaps\x80"
    for name, what, old, new in (
        ("key-order", "Two keys in the wrong order.", seq + gaps, gaps + seq),
        ("key-twice", "A key comes twice.", gaps, seq),
        ("key-number", "A key that is a number.", seq, b"\x01\x03"),
        ("indefinite-array", "An array of indefinite length.", gaps, b"dgaps\x9f\xff"),
        ("indefinite-map", "A map of indefinite length.", b"elabel\xa3", b"elabel\xbf"),
        ("indefinite-text", "Text of indefinite length.", b"fcam-01", b"\x7ffcam-01\xff"),
        ("tag", "A tag before a number.", seq, b"cseq\xc1\x03"),
        ("bignum", "A small number as a bignum.", seq, b"cseq\xc2A\x03"),
        ("float", "A float for a number.", seq, b"cseq\xf9\x42\x00"),
        ("undefined", "The simple value undefined.", seq, b"cseq\xf7"),
        ("simple-value", "An unassigned simple value.", seq, b"cseq\xf0"),
        ("reserved-head", "A head that RFC 8949 reserves.", seq, b"cseq\x1c"),
        ("not-utf8", "Text that is not UTF-8.", b"fcam-01", b"fcam-\xff1"),
        ("length-lies", "A length of 2^63 bytes.", b"fcam-01", b"\x7b\x80" + bytes(7)),
        ("count-lies", "An array of 2^32 items.", gaps, b"dgaps\x9b\x00\x00\x00\x01" + bytes(4)),
    ):
        yield altered(name, what, base.forged_header(swap(old, new)), "format", base.second, AFTER_CHUNK)
    longer = base.forged_header(lambda header: header + b"\0")
    yield altered("header-trailing", "A byte behind a header.", longer, "format", base.second, AFTER_CHUNK)


def _records(base: Base) -> Iterator[Case]:
    """The arrays around the bodies, which nobody signs."""

    def last(old: bytes, new: bytes) -> dict[str, bytes]:
        return base.chunks(base.second, lambda chunks: [chunks[0], swap(old, new)(chunks[1])])

    for name, what, old, new in (
        ("record-kind", "A kind of record that is none.", b"\x84echunk", b"\x84echunX"),
        ("record-short", "A record of three items.", b"\x84echunk", b"\x83echunk"),
        ("record-text", "A header as text.", b"Y\x01\x09\xaa", b"y\x01\x09\xaa"),
        ("signature-short", "A signature of 63 bytes.", b"\x58\x40", b"\x58\x3f"),
        ("parts-more", "A part more than the header describes.", b"\x81\x58\x2c", b"\x82\x40\x58\x2c"),
    ):
        yield altered(name, what, last(old, new), "format", base.second, AFTER_CHUNK)


def _headers(base: Base) -> Iterator[Case]:
    edits: tuple[tuple[str, str, Fields], ...] = (
        ("seq-negative", "A number below zero.", {"seq": -1}),
        ("seq-null", "Nothing for a number.", {"seq": None}),
        ("run-short", "A run's id of 15 bytes.", {"run": bytes(15)}),
        ("previous-long", "A digest of 33 bytes.", {"previous": bytes(33)}),
        ("duration-zero", "A chunk of no length.", {"duration_ns": 0}),
        ("camera-upper", "A camera's id in capitals.", {"camera": "CAM-01"}),
        ("camera-hyphen", "A camera's id that ends in a hyphen.", {"camera": "cam-01-"}),
        ("camera-long", "A camera's id of 33 letters.", {"camera": "c" * 33}),
        ("label-key", "A label without its quality.", {"label": {"utc_us": 0, "error_us": None}}),
        (
            "label-error",
            "An error below zero.",
            {"label": {"utc_us": 0, "error_us": -1, "synchronised": True}},
        ),
        ("gap-cause", "A cause that is none.", {"gaps": [{**GAP, "cause": "bored"}]}),
        ("gap-track", "A track that is none.", {"gaps": [{**GAP, "track": "smell"}]}),
        ("gaps-many", "65 gaps.", {"gaps": [GAP] * 65}),
        ("part-track", "A part of a track that is none.", {"parts": [{**PART, "track": "smell"}]}),
        ("part-codec", "A codec with a space.", {"parts": [{**PART, "codec": "avc1 42"}]}),
        ("part-codec-long", "A codec of 65 letters.", {"parts": [{**PART, "codec": "a" * 65}]}),
        ("part-empty", "A part shorter than its tag.", {"parts": [{**PART, "length": 15}]}),
        ("part-huge", "A part of 16 MiB and a byte.", {"parts": [{**PART, "length": 2**24 + 1}]}),
        ("parts-three", "Three parts.", {"parts": [PART] * 3}),
    )
    for name, what, fields in edits:
        yield altered(name, what, base.forged_chunk(put(fields)), "format", base.second, AFTER_CHUNK)


def _runs(base: Base) -> Iterator[Case]:
    own = list(base.take.identity.certificates)
    edits: tuple[tuple[str, str, Fields], ...] = (
        ("run-version", "A run record of a later version.", {"v": 2}),
        ("run-index-negative", "A segment's number below zero.", {"index": -1}),
        ("run-no-certificates", "No certificate.", {"certificates": []}),
        ("run-certificates-many", "Five certificates.", {"certificates": [own[0], *own[1:] * 4]}),
        ("run-certificate-long", "A certificate of 8,193 bytes.", {"certificates": [bytes(8193), own[1]]}),
    )
    for name, what, fields in edits:
        yield altered(name, what, base.forged_run(put(fields)), "format", base.second, "run record")
    empty = {**base.files, base.second: b""}
    yield altered("segment-empty", "A segment without a byte.", empty, "format", base.second, "run record")


def _opens(base: Base) -> Iterator[Case]:
    me: dict[str, Value] = {"name": "A", "key_id": bytes(32), "tracks": ["video", "audio"]}
    shortfall: Value = {"reason": "private", "duration_ns": 1}
    edits: tuple[tuple[str, str, Fields], ...] = (
        ("open-version", "A ledger of a later version.", {"v": 2}),
        ("open-held-negative", "Less than nothing held.", {"held_ns": -1}),
        ("open-reason", "A reason that is none.", {"missing": [{"reason": "bored", "duration_ns": 1}]}),
        ("open-missing-many", "65 reasons.", {"missing": [shortfall] * 65}),
        ("open-marks-many", "Nine marks.", {"marks": ["x"] * 9}),
        ("open-text-long", "A trigger of 1,025 bytes.", {"trigger": "x" * 1025}),
        (
            "open-recipients-many",
            "17 recipients.",
            {"recipients": [{**me, "key_id": bytes([n] * 32)} for n in range(17)]},
        ),
        ("open-recording-short", "A recording's id of 15 bytes.", {"recording": bytes(15)}),
    )
    for name, what, fields in edits:
        yield altered(name, what, base.forged_ledger(0, put(fields)), "format", LEDGER_NAME, "open record")
    nothing = {**base.files, LEDGER_NAME: b""}
    yield altered("ledger-empty", "A ledger without a byte.", nothing, "format", LEDGER_NAME, "open record")
    headless = base.ledger(1, 2, 3, 4)
    yield altered("open-gone", "A ledger without its open.", headless, "format", LEDGER_NAME, "open record")


def _ledger_records(base: Base) -> Iterator[Case]:
    sealed: dict[str, Value] = {"track": "video", "key_id": bytes(32), "ciphertext": b""}
    many: dict[str, Value] = {f"{number:02}": number for number in range(33)}
    rows: tuple[tuple[str, str, int, Fields], ...] = (
        ("keys-version", "Keys of a later version.", 2, {"v": 2}),
        ("keys-range-long", "A range of 65,537 chunks.", 2, {"first_seq": 3, "last_seq": 3 + 2**16}),
        ("keys-track", "Keys of a track that is none.", 2, {"sealed": [{**sealed, "track": "smell"}]}),
        ("keys-sealed-many", "33 ciphertexts.", 2, {"sealed": [sealed] * 33}),
        ("event-version", "An event of a later version.", 3, {"v": 2}),
        ("event-kind", "A kind of event that is none.", 3, {"kind": "nap"}),
        ("event-detail-bytes", "A detail that is bytes.", 3, {"detail": {"x": b""}}),
        ("event-detail-many", "33 details.", 3, {"detail": many}),
        ("event-detail-long", "A detail of 1,025 bytes.", 3, {"detail": {"x": "y" * 1025}}),
        ("close-version", "A close of a later version.", 4, {"v": 2}),
        ("close-chunks-negative", "Fewer chunks than none.", 4, {"chunks": -1}),
        ("close-label", "A label that is none.", 4, {"label": 0}),
    )
    for name, what, at, fields in rows:
        yield altered(
            name,
            what,
            base.forged_ledger(at, put(fields)),
            "format",
            LEDGER_NAME,
            f"the record after the {BEFORE[at]}",
        )


def _receipts(base: Base) -> Iterator[Case]:
    edits: tuple[tuple[str, str, Fields], ...] = (
        ("receipt-version", "A receipt of a later version.", {"v": 2}),
        ("receipt-number-negative", "A number below zero.", {"number": -1}),
        ("receipt-verdict-long", "A verdict of 1,025 bytes.", {"verdict": "x" * 1025}),
    )
    for name, what, fields in edits:
        yield altered(name, what, base.forged_receipt(put(fields)), "format", RECEIPT_NAME, "receipt")
    held = base.forged_receipt(lambda _: None)
    for name, what, data in (
        ("receipt-empty", "A receipt without a byte.", b""),
        ("receipt-trailing", "A byte behind the receipt.", held[RECEIPT_NAME] + b"\0"),
        ("receipt-twice", "Two receipts in the file.", held[RECEIPT_NAME] * 2),
    ):
        yield altered(name, what, {**held, RECEIPT_NAME: data}, "format", RECEIPT_NAME, "receipt")


FAMILIES: Final = (_encodings, _records, _headers, _runs, _opens, _ledger_records, _receipts)
