"""The words of the footage format as types: what a chunk is before and after it is sealed.

Times: ``*_ns`` are nanoseconds on the camera's boot-time clock, which orders and measures everything;
``utc_us`` is microseconds since 1970-01-01 UTC and only a label (promise C10).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from protocol.footage.format.cbor import Buffer

__all__ = [
    "Buffer",
    "ChunkHeader",
    "ClockLabel",
    "Gap",
    "GapCause",
    "PartHeader",
    "PlainChunk",
    "PlainPart",
    "Track",
]


class Track(StrEnum):
    """What a part holds. Each is sealed under keys of its own, so one can be given without the other."""

    VIDEO = "video"
    AUDIO = "audio"


class GapCause(StrEnum):
    """Why footage is missing, as the camera knows it (promises C6 and C7)."""

    JUST_BOOTED = "just booted"
    PRIVATE = "private"
    NOT_ASSIGNED = "not assigned"
    DOCKED = "docked"
    STORAGE = "storage fault"
    ENCODER = "encoder gap"
    OVERFLOW = "overflow"
    NO_CAMERA = "no camera"
    NO_MICROPHONE = "no microphone"
    MUTED = "muted"
    STALLED = "sensor stalled"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class ClockLabel:
    """What the camera's wall clock said, and how far it is to be trusted.

    Attributes:
        utc_us: Microseconds since 1970-01-01 UTC.
        synchronised: Whether the clock was disciplined by a time source at that moment.
        error_us: The estimated error in microseconds, where known.
    """

    utc_us: int
    synchronised: bool
    error_us: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A span of one track that was not recorded, and why."""

    track: Track
    start_ns: int
    duration_ns: int
    cause: GapCause

    @property
    def end_ns(self) -> int:
        """Where it ends on the boot-time clock."""
        return self.start_ns + self.duration_ns


@dataclass(frozen=True, slots=True)
class PlainPart:
    """One track of a chunk, before sealing.

    Attributes:
        track: Which track.
        codec: RFC 6381 codec string, such as ``avc1.42C01E`` or ``mp4a.40.2``.
        data: A self-initialising CMAF file (``ftyp moov moof mdat``), so that each chunk decodes alone and
            no codec initialisation is ever stored in the clear. ``baseMediaDecodeTime`` is absolute
            boot-clock time.
    """

    track: Track
    codec: str
    data: bytes


@dataclass(frozen=True, slots=True)
class PlainChunk:
    """About a second of footage, one closed group of pictures and its sound, before sealing."""

    start_ns: int
    duration_ns: int
    label: ClockLabel
    parts: tuple[PlainPart, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class PartHeader:
    """What a chunk's header says of one part: ``length`` and SHA-256 ``digest`` are of the ciphertext."""

    track: Track
    codec: str
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class ChunkHeader:
    """The signed description of a chunk.

    Attributes:
        camera: The camera's id.
        run: The 16 random bytes that name one boot of the camera.
        seq: The chunk's number in the run, from 0.
        previous: SHA-256 of the header bytes of the chunk before it; 32 zero bytes for the first of a run.
        start_ns: Start on the boot-time clock.
        duration_ns: Length, at most two seconds.
        label: Wall time at the start.
        parts: One per track that was recorded, video before audio.
        gaps: What is missing in, or right before, this chunk.
    """

    camera: str
    run: bytes
    seq: int
    previous: bytes
    start_ns: int
    duration_ns: int
    label: ClockLabel
    parts: tuple[PartHeader, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def end_ns(self) -> int:
        """Where the chunk ends on the boot-time clock."""
        return self.start_ns + self.duration_ns

    def part(self, track: Track) -> PartHeader | None:
        """Return the description of a track's part, or None where the chunk lacks the track."""
        return next((part for part in self.parts if part.track is track), None)
