"""A chunk: about a second of footage, each track encrypted on its own, under one signed header.

Rules:

- A part's key is 32 random bytes and encrypts exactly one part, ever. So the AES-256-GCM nonce may be the
  constant zero: what must never repeat is the pair of key and nonce (NIST SP 800-38D §8).
- Associated data binds a part to camera, run, sequence number and track, so it opens in its own place only.
- The header names the SHA-256 of every part and of the header before it: one signed hash chain from the
  start of the run, which is checked without any key.
- What is written is read back by the strict reader first, so a camera cannot write what a verifier will
  refuse.

Record: ``["chunk", header, signature, [part, …]]``, the parts in the header's order.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from protocol.footage.format.cbor import Buffer, Reader, Value, encode
from protocol.footage.format.errors import FormatError, KeysError
from protocol.footage.format.fields import (
    SIGNATURE_BYTES,
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
from protocol.footage.format.model import ChunkHeader, PartHeader, PlainChunk, PlainPart, Track
from protocol.footage.format.signing import Domain, Signer, sign

KIND: Final = "chunk"
PART_KEY_BYTES: Final = 32
PART_DOMAIN: Final = b"lapel part v1\0"
_NONCE: Final = bytes(12)
_TAG_BYTES: Final = 16
_ORDER: Final = {Track.VIDEO: 0, Track.AUDIO: 1}


@dataclass(frozen=True, slots=True)
class SealedChunk:
    """A chunk ready to be appended to a segment.

    Attributes:
        header: What the record says.
        digest: SHA-256 of the header bytes: the next chunk's ``previous``.
        record: The bytes to append.
    """

    header: ChunkHeader
    digest: bytes
    record: bytes


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


def seal_chunk(
    chunk: PlainChunk,
    *,
    camera: str,
    run: bytes,
    seq: int,
    previous: bytes,
    keys: Mapping[Track, Buffer],
    sign: Signer,
) -> SealedChunk:
    """Encrypt, describe and sign a chunk.

    Args:
        chunk: The plaintext.
        camera: The camera's id.
        run: The run's 16 bytes.
        seq: The chunk's number in the run.
        previous: The digest of the chunk before, ``FIRST_PREVIOUS`` for the run's first.
        keys: A fresh random key for each track of the chunk; never to be used again.
        sign: The camera's signer.

    Raises:
        KeysError: A track has no key, or one of the wrong length.
        FormatError: The chunk breaks a limit of the format, such as its two seconds.
    """
    plain = sorted(chunk.parts, key=lambda part: _ORDER[part.track])
    sealed = [_seal_part(part, keys, part_context(camera, run, seq, part.track)) for part in plain]
    header = ChunkHeader(
        camera=camera,
        run=run,
        seq=seq,
        previous=previous,
        start_ns=chunk.start_ns,
        duration_ns=chunk.duration_ns,
        label=chunk.label,
        parts=tuple(_describe(part, data) for part, data in zip(plain, sealed, strict=True)),
        gaps=chunk.gaps,
    )
    body = encode(header_value(header))
    record = encode([KIND, body, _sign(sign, body), sealed])
    take_chunk(Reader(record))  # refuses here what every reader would refuse later
    return SealedChunk(header=header, digest=hashlib.sha256(body).digest(), record=record)


def open_part(chunk: ChunkRecord, track: Track, key: Buffer) -> bytes:
    """Decrypt one track of a chunk.

    Raises:
        KeysError: The chunk lacks the track, or the key does not open it.
    """
    header = chunk.header
    if track not in chunk.parts:
        raise KeysError(f"chunk {header.seq} has no {track}")
    context = part_context(header.camera, header.run, header.seq, track)
    try:
        return AESGCM(key).decrypt(_NONCE, chunk.parts[track], context)
    except (InvalidTag, ValueError) as error:
        raise KeysError(
            f"the {track} of chunk {header.seq} does not open: wrong key or changed bytes"
        ) from error


def part_context(camera: str, run: bytes, seq: int, track: Track) -> bytes:
    """Return the associated data that ties a part to its place."""
    return PART_DOMAIN + encode({"camera": camera, "run": run, "seq": seq, "track": str(track)})


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


def _seal_part(part: PlainPart, keys: Mapping[Track, Buffer], context: bytes) -> bytes:
    key = keys.get(part.track)
    if key is None or len(key) != PART_KEY_BYTES:
        raise KeysError(f"the {part.track} needs a key of {PART_KEY_BYTES} bytes")
    return AESGCM(key).encrypt(_NONCE, part.data, context)


def _describe(part: PlainPart, sealed: bytes) -> PartHeader:
    return PartHeader(part.track, part.codec, len(sealed), hashlib.sha256(sealed).digest())


def _sign(signer: Signer, body: bytes) -> bytes:
    return sign(signer, Domain.CHUNK, body)


def _part_value(part: PartHeader) -> Value:
    return {"codec": part.codec, "track": str(part.track), "digest": part.digest, "length": part.length}


def _take_parts(reader: Reader) -> tuple[PartHeader, ...]:
    start = reader.offset
    parts = tuple(_take_part(reader) for _ in range(reader.count(MAX_PARTS)))
    tracks = [_ORDER[part.track] for part in parts]
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
    if not _TAG_BYTES <= length <= MAX_PART_BYTES:
        raise FormatError(start, f"a part of {length} bytes is outside {_TAG_BYTES} to {MAX_PART_BYTES}")
    return PartHeader(track, codec, length, digest)


def _take_duration(reader: Reader) -> int:
    start, duration_ns = reader.offset, reader.uint()
    if not 0 < duration_ns <= MAX_CHUNK_NS:
        raise FormatError(start, f"a chunk of {duration_ns} ns is outside 1 to {MAX_CHUNK_NS}")
    return duration_ns
