"""A segment: a file of consecutive chunks of one run, begun by a run record, never rewritten.

It is a CBOR sequence (RFC 8742): a run record, then chunk records to the end of the file.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader
from protocol.footage.format.certificates import signing_key
from protocol.footage.format.chunk import ChunkRecord, take_chunk
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.format.limits import MAX_SEGMENT_BYTES, MAX_SEGMENT_CHUNKS
from protocol.footage.format.run_record import RunEntry, RunRecord, take_run, write_run_record
from protocol.footage.format.signing import Domain, check
from protocol.naming import SEGMENT_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ChunkRecord",
    "RunEntry",
    "RunRecord",
    "Segment",
    "iter_segment",
    "parse_segment_name",
    "parts_fit",
    "read_segment",
    "segment_name",
    "valid_prefix",
    "write_run_record",
]

_NAME: Final = re.compile(SEGMENT_NAME)


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


def valid_prefix(data: Buffer) -> int:
    """Return how many bytes from the start are complete records, signed and with the right digests.

    What recovery needs after a power cut: the last segment of a run may end in an incomplete record, which
    is cut off here. Not for a segment that was closed and synced: damage in the middle of one is for the
    verifier to say, not to cut.
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
