"""Parts that can be opened, of any length and without an encoder in every test: and parts that lie.

``footage_chunk`` stands in for ``plain_chunk`` where the fleet opens what it is sent. It takes one second of
picture and sound that was encoded once, and writes new times around the same samples. ``cut`` writes whatever
fragment a test asks for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache

from fleet.footage.media.boxes import make, make_full
from fleet.footage.media.fragment import Part, read_part
from protocol.footage.format.model import Gap, PlainChunk, PlainPart, Track
from tests.support.media.media import make_media
from tests.support.media.recordings import BOTH, SECOND_NS, label_at

_BASE_IS_MOOF = 0x20000
_OFFSET, _DURATION, _SIZE, _FLAGS = 0x1, 0x100, 0x200, 0x400
_SYNC, _NOT_SYNC = 0x02000000, 0x01010000
_EMPTY = len(make("free"))


@dataclass(frozen=True)
class Encoded:
    """One track of the second that was encoded: what its header says, and the part."""

    codec: str
    part: Part


@cache
def encoded(track: Track) -> Encoded:
    """Encode a second of a track, once."""
    (chunk,) = make_media(seconds=1, start_ns=0)
    plain = next(part for part in chunk.parts if part.track is track)
    return Encoded(plain.codec, read_part(plain.data))


def cut(part: Part, *, start_ns: int, duration_ns: int, payload: bytes | None = None) -> bytes:
    """Write the samples of a part as a fragment (``moof mdat``) of other times, and maybe of other bytes."""
    scale = part.initialisation.timescale
    start, end = start_ns * scale // SECOND_NS, (start_ns + duration_ns) * scale // SECOND_NS
    count = len(part.samples)
    marks = [start + (end - start) * at // count for at in range(count + 1)]
    rows = b"".join(
        struct.pack(">III", marks[at + 1] - marks[at], sample.size, _SYNC if sample.sync else _NOT_SYNC)
        for at, sample in enumerate(part.samples)
    )
    flags = _OFFSET | _DURATION | _SIZE | _FLAGS
    head = make_full("tfhd", 0, _BASE_IS_MOOF, struct.pack(">I", 1))
    time = make_full("tfdt", 1, 0, struct.pack(">Q", start))

    def moof(offset: int) -> bytes:
        run = make_full("trun", 0, flags, struct.pack(">Ii", count, offset), rows)
        return make("moof", make_full("mfhd", 0, 0, struct.pack(">I", 1)), make("traf", head, time, run))

    return moof(len(moof(0)) + 8) + make("mdat", part.payload if payload is None else payload)


def footage_part(track: Track, *, start_ns: int, duration_ns: int, size: int = 0) -> PlainPart:
    """Make a part that is what it says, padded to ``size`` bytes where it is shorter."""
    one = encoded(track)
    data = one.part.initialisation.data + cut(one.part, start_ns=start_ns, duration_ns=duration_ns)
    missing = size - len(data)
    if missing > 0:
        data += make("free", bytes(max(0, missing - _EMPTY)))
    return PlainPart(track, one.codec, data)


def footage_chunk(
    start_ns: int,
    *,
    duration_ns: int = SECOND_NS,
    tracks: frozenset[Track] = BOTH,
    gaps: tuple[Gap, ...] = (),
    size: int = 40,
) -> PlainChunk:
    """Make a chunk of real footage, with the arguments of ``plain_chunk``."""
    parts = tuple(
        footage_part(track, start_ns=start_ns, duration_ns=duration_ns, size=size)
        for track in Track
        if track in tracks
    )
    return PlainChunk(start_ns, duration_ns, label_at(start_ns), parts, gaps)
