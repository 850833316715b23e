"""What encoders hand over: packets on the boot clock, and what a decoder must know to start.

Times are nanoseconds of the boot clock that lie exactly on the ticks of the track's timescale, so that a time
survives the way through a container and back unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from device.errors import DeviceError
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from protocol.footage.format.model import GapCause, Track

VIDEO_TIMESCALE: Final = 90_000
AAC_FRAME: Final = 1024

GOP_NS: Final = NS_PER_S
"""A closed group of pictures, and so a chunk, is this long; one without pictures too."""


class EncoderError(DeviceError):
    """No encoder opens, or one failed while in use: one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class StreamParams:
    """What is the same for every packet of a stream.

    Attributes:
        track: Picture or sound.
        codec: As RFC 6381 writes it: "avc1.42C01E", "mp4a.40.2".
        timescale: Ticks per second.
        header: The CMAF header (ftyp and moov) that a decoder starts from.
    """

    track: Track
    codec: str
    timescale: int
    header: bytes


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One encoded picture, or one AAC frame.

    Attributes:
        track: Picture or sound.
        pts_ns: When it is shown or heard, on the boot clock. There is no reordering: decoding order is the
            same.
        duration_ns: How long. A picture's is nominal until its successor is known.
        keyframe: Whether decoding can begin here; always so for sound.
        data: The bytes as MP4 stores them; H.264 NAL units carry 4-byte lengths (ISO/IEC 14496-15).
        params: The stream it belongs to.
    """

    track: Track
    pts_ns: int
    duration_ns: int
    keyframe: bool
    data: bytes
    params: StreamParams

    @property
    def start_ns(self) -> int:
        """Where it begins."""
        return self.pts_ns

    @property
    def end_ns(self) -> int:
        """Where it ends."""
        return self.pts_ns + self.duration_ns

    @property
    def until_ns(self) -> int:
        """Up to when this says something: its beginning, since a packet comes when it began at the latest."""
        return self.pts_ns


@dataclass(frozen=True, slots=True)
class Lost:
    """Samples or pictures missing between two others, with exact limits: a statement, not a state."""

    track: Track
    start_ns: int
    until_ns: int
    cause: GapCause


@dataclass(frozen=True, slots=True)
class Absent:
    """A source that gives nothing: since when, and until when this is known. It may go on."""

    track: Track
    start_ns: int
    until_ns: int
    cause: GapCause


def to_ticks(ns: int, timescale: int) -> int:
    """The nearest tick to a time."""
    return (ns * timescale + NS_PER_S // 2) // NS_PER_S


def to_ns(ticks: int, timescale: int) -> int:
    """The time of a tick; ``to_ticks`` gives the same tick back."""
    return (ticks * NS_PER_S + timescale // 2) // timescale
