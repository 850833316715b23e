"""A segment as it is released: the camera's signed records, and of each part what is given away. Pure.

It is a CBOR sequence: the segment's run record as it was, then ``["released", header, signature, [part, …]]``
for each chunk, with header and signature as they were, and the parts as ``released_part`` has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.format.cbor import Buffer, Reader, encode
from protocol.footage.format.chunk import ChunkRecord, take_header
from protocol.footage.format.errors import FormatError
from protocol.footage.format.limits import MAX_HEADER_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENT_CHUNKS
from protocol.footage.format.run_record import RunEntry, take_run
from protocol.footage.format.segment import iter_segment, parse_segment_name
from protocol.footage.format.sizes import SIGNATURE_BYTES
from protocol.footage.released.released_part import ReleasedPart, part_value, take_released_part
from protocol.footage.sealing.part import PartContext

if TYPE_CHECKING:
    from protocol.footage.format.model import ChunkHeader, Track

KIND: Final = "released"
MAX_RELEASED_BYTES: Final = 2 * MAX_SEGMENT_BYTES
"""The longest file: keys come to what a segment holds, and a changed part may be longer than it was."""

_SEGMENT_END, _RELEASED_END = ".seg", ".rel"
Treat = Callable[["ChunkHeader", "Track"], ReleasedPart]
"""What becomes of a chunk's part."""


@dataclass(frozen=True, slots=True)
class ReleasedChunk:
    """A chunk of a release.

    Attributes:
        record: As the verifier judges it; its ``parts`` are the ciphertexts of those that are untouched.
        parts: What is given away of each track.
    """

    record: ChunkRecord
    parts: dict[Track, ReleasedPart]


def released_name(segment: str) -> str:
    """Return the file name of what is released of a segment: ``….rel`` for ``….seg``."""
    return segment.removesuffix(_SEGMENT_END) + _RELEASED_END


def segment_of(name: str) -> str | None:
    """Return the file name of the segment that a file of a release is of; None of any other file."""
    if not name.endswith(_RELEASED_END):
        return None
    segment = name.removesuffix(_RELEASED_END) + _SEGMENT_END
    return segment if parse_segment_name(segment) is not None else None


def write_released_segment(segment: Buffer, treat: Treat) -> bytes:
    """Return what is released of a segment.

    Args:
        segment: The whole segment.
        treat: Says of each part what is given away; untouched parts with their content and key.

    Raises:
        FormatError: The segment is none, or a part is longer than the format allows.
    """
    whole, out = memoryview(segment), bytearray()
    for item in iter_segment(segment):
        if isinstance(item, RunEntry):
            out += whole[item.offset : item.end]
        else:
            parts = [part_value(treat(item.header, part.track)) for part in item.header.parts]
            out += encode([KIND, item.header_bytes, item.signature, parts])
    for _ in iter_released_segment(out):
        pass  # refuses here what every reader would refuse later
    return bytes(out)


def iter_released_segment(data: Buffer) -> Iterator[RunEntry | ReleasedChunk]:
    """Read what is released of a segment record by record: the run record, then its chunks.

    Raises:
        FormatError: When the iteration reaches bytes that are not a record; all before them has been given.
    """
    reader = Reader(data)
    if reader.left > MAX_RELEASED_BYTES:
        raise FormatError(MAX_RELEASED_BYTES, f"it is at most {MAX_RELEASED_BYTES} bytes long")
    yield take_run(reader)
    count = 0
    while reader.left:
        count += 1
        if count > MAX_SEGMENT_CHUNKS:
            raise FormatError(reader.offset, f"a segment holds at most {MAX_SEGMENT_CHUNKS} chunks")
        yield _take_chunk(reader)


def _take_chunk(reader: Reader) -> ReleasedChunk:
    offset = reader.offset
    reader.array(4)
    reader.key(KIND)
    body = reader.bytes_(limit=MAX_HEADER_BYTES)
    header_offset = reader.offset - len(body)
    header = take_header(body, base=header_offset)
    signature = bytes(reader.bytes_(exactly=SIGNATURE_BYTES))
    reader.array(len(header.parts))
    parts: dict[Track, ReleasedPart] = {}
    sealed: dict[Track, memoryview] = {}
    offsets: dict[Track, int] = {}
    for part in header.parts:
        offsets[part.track] = reader.offset
        parts[part.track] = take_released_part(reader, part)
        ciphertext = parts[part.track].sealed(PartContext(header.camera, header.run, header.seq, part.track))
        if ciphertext is not None:
            sealed[part.track] = memoryview(ciphertext)
    record = ChunkRecord(
        header, bytes(body), signature, sealed, offset, reader.offset, header_offset, offsets
    )
    return ReleasedChunk(record, parts)
