"""A chunk sealed by the camera: encrypted, described and signed, ready to be appended to a segment.

What is written is read back by the strict reader first, so a camera cannot write what a verifier will refuse.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.format.cbor import Buffer, Reader, encode
from protocol.footage.format.chunk import KIND, TRACK_ORDER, header_value, take_chunk
from protocol.footage.format.errors import KeysError
from protocol.footage.format.model import ChunkHeader, PartHeader, PlainChunk, PlainPart, Track
from protocol.footage.format.signing import Domain, Signer
from protocol.footage.format.signing import sign as sign_body
from protocol.footage.sealing.part import PART_KEY_BYTES, PartContext, seal_part

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    plain = sorted(chunk.parts, key=lambda part: TRACK_ORDER[part.track])
    sealed = [_seal(part, keys, PartContext(camera, run, seq, part.track)) for part in plain]
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
    record = encode([KIND, body, sign_body(sign, Domain.CHUNK, body), sealed])
    take_chunk(Reader(record))  # refuses here what every reader would refuse later
    return SealedChunk(header=header, digest=hashlib.sha256(body).digest(), record=record)


def _seal(part: PlainPart, keys: Mapping[Track, Buffer], context: PartContext) -> bytes:
    key = keys.get(part.track)
    if key is None:
        raise KeysError(f"the {part.track} needs a key of {PART_KEY_BYTES} bytes")
    return seal_part(part.data, key, context)


def _describe(part: PlainPart, sealed: bytes) -> PartHeader:
    return PartHeader(part.track, part.codec, len(sealed), hashlib.sha256(sealed).digest())
