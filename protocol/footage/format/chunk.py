"""A chunk's record in a segment: about a second of footage under one signed header.

Rules:

- The header names the SHA-256 of every part and of the header before it: one signed hash chain from the
  start of the run, which is checked without any key.
- What the parts hold is encrypted (``sealing.part``), and nothing here opens it.

Record: ``["chunk", header, signature, [part, …]]``, the parts in the header's order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader, Value
from protocol.footage.format.errors import FormatError
from protocol.footage.format.fields import (
    gap_value,
    label_value,
    take_camera,
    take_codec,
    take_digest,
    take_enum,
    take_gaps,
    take_id,
    take_label,
    take_version,
)
from protocol.footage.format.limits import MAX_CHUNK_NS, MAX_HEADER_BYTES, MAX_PART_BYTES, MAX_PARTS, VERSION
from protocol.footage.format.model import ChunkHeader, PartHeader, Track
from protocol.footage.format.sizes import SIGNATURE_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

KIND: Final = "chunk"
TAG_BYTES: Final = 16
"""How much longer a part's ciphertext is than what it holds: the tag of AES-256-GCM."""

TRACK_ORDER: Final = {Track.VIDEO: 0, Track.AUDIO: 1}
"""The order of a chunk's parts."""


@dataclass(frozen=True, slots=True)
class ChunkRecord:
    """A chunk as read from a segment; the parts are slices of the segment's bytes, not copies.

    Attributes:
        header: The decoded header.
        header_bytes: What was hashed and signed.
        signature: Ed25519 over the header bytes under the chunk domain.
        parts: The ciphertext of each track.
        offset: Where the record begins in its segment file.
        end: Where it ends.
        header_offset: Where the header bytes begin.
        part_offsets: Where each part's ciphertext begins.
    """

    header: ChunkHeader
    header_bytes: bytes
    signature: bytes
    parts: Mapping[Track, memoryview]
    offset: int
    end: int
    header_offset: int
    part_offsets: Mapping[Track, int]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the header bytes: the next chunk's ``previous``."""
        return hashlib.sha256(self.header_bytes).digest()


def header_value(header: ChunkHeader) -> Value:
    """Return a header as it is encoded."""
    return {
        "v": VERSION,
        "run": header.run,
        "seq": header.seq,
        "gaps": [gap_value(gap) for gap in header.gaps],
        "label": label_value(header.label),
        "parts": [_part_value(part) for part in header.parts],
        "camera": header.camera,
        "previous": header.previous,
        "start_ns": header.start_ns,
        "duration_ns": header.duration_ns,
    }


def take_header(body: Buffer, *, base: int = 0) -> ChunkHeader:
    """Decode a header, strictly.

    Args:
        body: The header bytes.
        base: Where they begin in their file.

    Raises:
        FormatError: They are not exactly one header of a known version within the limits.
    """
    reader = Reader(body, base=base)
    reader.map(10)
    take_version(reader)
    reader.key("run")
    run = take_id(reader)
    reader.key("seq")
    seq = reader.uint()
    reader.key("gaps")
    gaps = take_gaps(reader)
    reader.key("label")
    label = take_label(reader)
    reader.key("parts")
    parts = _take_parts(reader)
    reader.key("camera")
    camera = take_camera(reader)
    reader.key("previous")
    previous = take_digest(reader)
    reader.key("start_ns")
    start_ns = reader.uint()
    reader.key("duration_ns")
    duration_ns = _take_duration(reader)
    reader.end()
    return ChunkHeader(camera, run, seq, previous, start_ns, duration_ns, label, parts, gaps)


def take_chunk(reader: Reader) -> ChunkRecord:
    """Take one chunk record from a segment.

    Raises:
        FormatError: What is next is not a complete chunk record whose parts are as long as its header says.
    """
    offset = reader.offset
    reader.array(4)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_HEADER_BYTES)
    header_offset = reader.offset - len(body)
    header = take_header(body, base=header_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    reader.array(len(header.parts))
    parts: dict[Track, memoryview] = {}
    offsets: dict[Track, int] = {}
    for part in header.parts:
        parts[part.track] = reader.bytes_(exactly=part.length)
        offsets[part.track] = reader.offset - part.length
    return ChunkRecord(header, bytes(body), signature, parts, offset, reader.offset, header_offset, offsets)


def _part_value(part: PartHeader) -> Value:
    return {"codec": part.codec, "track": str(part.track), "digest": part.digest, "length": part.length}


def _take_parts(reader: Reader) -> tuple[PartHeader, ...]:
    start = reader.offset
    parts = tuple(_take_part(reader) for _ in range(reader.count(MAX_PARTS)))
    tracks = [TRACK_ORDER[part.track] for part in parts]
    if tracks != sorted(set(tracks)):
        raise FormatError(start, "a chunk has each track at most once, video before audio")
    return parts


def _take_part(reader: Reader) -> PartHeader:
    reader.map(4)
    reader.key("codec")
    codec = take_codec(reader)
    reader.key("track")
    track = take_enum(reader, Track, "track")
    reader.key("digest")
    digest = take_digest(reader)
    reader.key("length")
    start, length = reader.offset, reader.uint()
    if not TAG_BYTES <= length <= MAX_PART_BYTES:
        raise FormatError(start, f"a part of {length} bytes is outside {TAG_BYTES} to {MAX_PART_BYTES}")
    return PartHeader(track, codec, length, digest)


def _take_duration(reader: Reader) -> int:
    start, duration_ns = reader.offset, reader.uint()
    if not 0 < duration_ns <= MAX_CHUNK_NS:
        raise FormatError(start, f"a chunk of {duration_ns} ns is outside 1 to {MAX_CHUNK_NS}")
    return duration_ns
