"""Whether a decrypted part is what its chunk's signed header says, and which parts are looked at. Pure.

Rules:
- the first and the last part of each track are looked at, and ``SOME`` between them. Which ones follows from
  the ledger's bytes: the same for the same recording, and not known to a camera before it has signed it all;
- a part is one fragment of one track, of the codec that the header names, and decodes alone;
- it has no edit list, which would shift them when it plays; cameras write none;
- its times are those of the header: it lies within its chunk to within ``TOLERANCE_NS``, and lasts as long,
  but for what the camera stated to be missing and for ``SHORTER_NS``. So footage cannot play at another speed
  than it was recorded at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from fleet.footage.errors import MediaError
from fleet.footage.media.boxes import find_optional
from fleet.footage.media.codec import check_samples, codec_of, is_codec
from fleet.footage.media.fragment import Part, read_part
from fleet.footage.timeline.chunks import ChunkRef
from protocol.footage.format.model import Gap, Track
from protocol.units import NS_PER_MS, NS_PER_S

TOLERANCE_NS = 100 * NS_PER_MS
"""How far a part's times may be off its chunk's: more than a packet of sound or one picture."""

SHORTER_NS = 300 * NS_PER_MS
"""How much shorter than its chunk a part may be: the sound of a capture may end 250 ms before its picture
without a stated gap, and with it a packet of sound."""

SOME = 6
"""How many parts of each track are looked at between its first and its last."""

_SEVERAL = 3
_HANDLERS = {Track.VIDEO: "vide", Track.AUDIO: "soun"}
_SEEING = "the chunk's header says"


@dataclass(frozen=True, slots=True)
class PartLength:
    """What a part lasts and what its chunk claims less what is stated to be missing, in nanoseconds."""

    found_ns: int
    claimed_ns: int


def choose(count: int, seed: bytes, *, some: int = SOME) -> tuple[int, ...]:
    """Choose which of ``count`` parts in a row to look at: the first, the last and some between.

    Args:
        count: how many there are.
        seed: what the choice follows from.
        some: how many between.

    >>> choose(3, b"")
    (0, 1, 2)
    """
    between = range(1, count - 1)
    drawn = sorted(between, key=lambda at: hashlib.sha256(seed + at.to_bytes(8, "big")).digest())[:some]
    return tuple(sorted({0, count - 1, *drawn})) if count else ()


def check_part(data: bytes, chunk: ChunkRef, track: Track, gaps: Iterable[Gap] = ()) -> PartLength:
    """Check a decrypted part against its chunk.

    Args:
        data: the part in plaintext.
        chunk: what the chunk's header says.
        track: which of its tracks the part is.
        gaps: what the ledger's events state to be missing; those of the header are known.

    Raises:
        MediaError: it is not what the header says.
    """
    part = read_part(data)
    head, claimed = part.initialisation, chunk.part(track)
    if head.handler != _HANDLERS[track]:
        raise MediaError(f"The part holds {head.handler!r} where {_SEEING} {track}.")
    if claimed is not None and not is_codec(head, claimed.codec):
        raise MediaError(f"The part is {codec_of(head)!r} where {_SEEING} {claimed.codec!r}.")
    check_samples(part)
    if find_optional(head.data, "moov/trak/edts") is not None:
        raise MediaError("The part has an edit list, by which it does not play at the times that it has.")
    return _check_times(part, chunk, _missing_ns(chunk, track, gaps))


def check_speed(seen: Sequence[PartLength]) -> None:
    """Check that no more than half of several parts of one track last less than half of what they claim.

    A single part is given ``SHORTER_NS``, which chunks that are no longer than that could use up.

    Raises:
        MediaError: they do not.
    """
    found, claimed = sum(each.found_ns for each in seen), sum(each.claimed_ns for each in seen)
    fast = sum(2 * each.found_ns < each.claimed_ns for each in seen)
    if len(seen) >= _SEVERAL and 2 * fast > len(seen):
        raise MediaError(
            f"Parts last {found / NS_PER_S:.2f} s where their chunks' headers say {claimed / NS_PER_S:.2f} s."
        )


def _check_times(part: Part, chunk: ChunkRef, missing_ns: int) -> PartLength:
    scale = part.initialisation.timescale
    start, length = _ns(part.decode_time, scale), _ns(part.ticks, scale)
    first, last = _shown(part)
    begins, ends = min(start, _ns(first, scale)), max(start + length, _ns(last, scale))
    if begins < chunk.start_ns - TOLERANCE_NS or ends > chunk.end_ns + TOLERANCE_NS:
        raise MediaError(
            f"The part runs from {_s(begins)} to {_s(ends)} where {_SEEING} {_s(chunk.start_ns)} to "
            f"{_s(chunk.end_ns)}."
        )
    claimed_ns = max(0, chunk.duration_ns - missing_ns)
    if length < claimed_ns - SHORTER_NS:
        raise MediaError(f"The part lasts {_s(length)} where {_SEEING} {_s(chunk.duration_ns)}.")
    return PartLength(length, claimed_ns)


def _shown(part: Part) -> tuple[int, int]:
    """Return when the first sample is shown and the last one is over, in ticks."""
    time, first, last = part.decode_time, part.decode_time + part.ticks, 0
    for sample in part.samples:
        first = min(first, time + sample.composition)
        last = max(last, time + sample.composition + sample.duration)
        time += sample.duration
    return first, last


def _missing_ns(chunk: ChunkRef, track: Track, gaps: Iterable[Gap]) -> int:
    """Return how much of a chunk is stated to be missing for a track."""
    stated = [each for each in (*chunk.gaps, *gaps) if each.track is track]
    shares = (
        min(each.start_ns + each.duration_ns, chunk.end_ns) - max(each.start_ns, chunk.start_ns)
        for each in stated
    )
    return sum(share for share in shares if share > 0)


def _ns(ticks: int, scale: int) -> int:
    return int(Fraction(ticks * NS_PER_S, scale))


def _s(ns: int) -> str:
    return f"{ns / NS_PER_S:.2f} s"
