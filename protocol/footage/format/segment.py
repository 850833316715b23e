"""A segment: a file of consecutive chunks of one run, begun by a run record, never rewritten.

Record: ``["run", body, signature]``, then chunk records to the end of the file (a CBOR sequence, RFC 8742).

A segment carries the certificates that its signatures are checked with, so it can be judged on its own.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from protocol.footage.format.cbor import Buffer, Reader, Value, encode
from protocol.footage.format.certificates import signing_key
from protocol.footage.format.chunk import ChunkRecord, take_chunk
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.format.fields import (
    SIGNATURE_BYTES,
    label_value,
    take_camera,
    take_certificates,
    take_digest,
    take_id,
    take_label,
    take_version,
)
from protocol.footage.format.limits import MAX_HEADER_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENT_CHUNKS, VERSION
from protocol.footage.format.model import ClockLabel
from protocol.footage.format.signing import Domain, Signer, check, sign
from protocol.naming import SEGMENT_NAME

KIND: Final = "run"
_NAME: Final = re.compile(SEGMENT_NAME)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """How a segment begins.

    Attributes:
        camera: The camera's id.
        run: The run's 16 bytes.
        index: The segment's number in the run, from 0.
        first_seq: The number of its first chunk.
        previous: That chunk's ``previous``: the digest of the last chunk before this segment.
        certificates: DER, the camera's first, then its authority's.
        window_ns: How much pre-record the camera keeps.
        label: Wall time when the segment was begun.
        started_ns: Boot-clock time when it was begun.
    """

    camera: str
    run: bytes
    index: int
    first_seq: int
    previous: bytes
    certificates: tuple[bytes, ...]
    window_ns: int
    label: ClockLabel
    started_ns: int


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run record as read: with what was signed, and where it lies in the file."""

    record: RunRecord
    body: bytes
    signature: bytes
    offset: int
    end: int
    body_offset: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A whole segment as read. ``chunks`` refer to the bytes that were given, without copying them."""

    run: RunRecord
    chunks: tuple[ChunkRecord, ...]
    entry: RunEntry


def segment_name(run: bytes, index: int) -> str:
    """Return the file name of a segment: ``<run hex>-00000012.seg``. Names sort as the segments follow."""
    return f"{run.hex()}-{index:08d}.seg"


def parse_segment_name(name: str) -> tuple[bytes, int] | None:
    """Return the run and index that a file name stands for, or None if it is not a segment's name."""
    match = _NAME.fullmatch(name)
    return (bytes.fromhex(match[1]), int(match[2])) if match else None


def write_run_record(record: RunRecord, sign_with: Signer) -> bytes:
    """Return the bytes that begin a segment.

    Raises:
        FormatError: The record breaks a limit of the format.
    """
    body = encode(_value(record))
    data = encode([KIND, body, sign(sign_with, Domain.RUN, body)])
    take_run(Reader(data))  # refuses here what every reader would refuse later
    return data


def read_segment(data: Buffer) -> Segment:
    """Read a whole segment, strictly. Signatures, digests and the chain are the verifier's.

    Raises:
        FormatError: The bytes are not exactly one run record and its chunks.
    """
    items = iter_segment(data)
    entry = next(items)
    if not isinstance(entry, RunEntry):
        raise TypeError("internal error: a segment's first item is its run record")
    chunks = tuple(item for item in items if isinstance(item, ChunkRecord))
    return Segment(run=entry.record, chunks=chunks, entry=entry)


def iter_segment(data: Buffer) -> Iterator[RunEntry | ChunkRecord]:
    """Read a segment record by record: the run record, then its chunks.

    Raises:
        FormatError: When the iteration reaches bytes that are not a record; all before them has been given.
    """
    reader = Reader(data)
    if reader.left > MAX_SEGMENT_BYTES:
        raise FormatError(MAX_SEGMENT_BYTES, f"a segment is at most {MAX_SEGMENT_BYTES} bytes long")
    entry = take_run(reader)
    yield entry
    count = 0
    while reader.left:
        count += 1
        if count > MAX_SEGMENT_CHUNKS:
            raise FormatError(reader.offset, f"a segment holds at most {MAX_SEGMENT_CHUNKS} chunks")
        yield take_chunk(reader)


def take_run(reader: Reader) -> RunEntry:
    """Take a run record.

    Raises:
        FormatError: What is next is not a complete run record.
    """
    offset = reader.offset
    reader.array(3)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_HEADER_BYTES)
    body_offset = reader.offset - len(body)
    record = _take_body(body, base=body_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    return RunEntry(record, bytes(body), signature, offset, reader.offset, body_offset)


def valid_prefix(data: Buffer) -> int:
    """Return how many bytes from the start are complete records, signed and with the right digests.

    What recovery needs after a power cut: the last segment of a run may end in a torn record, which is cut
    off here. Not for a segment that was closed and synced: damage in the middle of one is for the verifier
    to say, not to cut.
    """
    end = 0
    try:
        items = iter_segment(data)
        entry = next(items)
        if not isinstance(entry, RunEntry):
            raise TypeError("internal error: a segment's first item is its run record")
        key = signing_key(entry.record.certificates[0])
        check(key, Domain.RUN, entry.body, entry.signature)
        end = entry.end
        for chunk in items:
            if not isinstance(chunk, ChunkRecord) or not parts_fit(chunk):
                break
            check(key, Domain.CHUNK, chunk.header_bytes, chunk.signature)
            end = chunk.end
    except (FormatError, SignatureError, CertificateError):
        return end
    return end


def parts_fit(chunk: ChunkRecord) -> bool:
    """Tell whether every part of a chunk has the digest that the header states."""
    return all(hashlib.sha256(chunk.parts[part.track]).digest() == part.digest for part in chunk.header.parts)


def _value(record: RunRecord) -> Value:
    return {
        "v": VERSION,
        "run": record.run,
        "index": record.index,
        "label": label_value(record.label),
        "camera": record.camera,
        "previous": record.previous,
        "first_seq": record.first_seq,
        "window_ns": record.window_ns,
        "started_ns": record.started_ns,
        "certificates": list(record.certificates),
    }


def _take_body(body: Buffer, *, base: int) -> RunRecord:
    reader = Reader(body, base=base)
    reader.map(10)
    take_version(reader)
    reader.key("run")
    run = take_id(reader)
    reader.key("index")
    index = reader.uint()
    reader.key("label")
    label = take_label(reader)
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("first_seq")
    first_seq = reader.uint()
    reader.key("window_ns")
    window_ns = reader.uint()
    reader.key("started_ns")
    started_ns = reader.uint()
    reader.key("certificates")
    certificates = take_certificates(reader)
    reader.end()
    return RunRecord(camera, run, index, first_seq, previous, certificates, window_ns, label, started_ns)
