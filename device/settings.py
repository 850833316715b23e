"""What a capture is asked for: frozen settings, made by the configuration and read by sources and encoders.

They are plain values: the configuration checks and explains what a person wrote; nothing is checked here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

AUDIO_RATE: Final = 48_000
"""Samples per second of all sound that is encoded; AAC at this rate is what every player can play."""

RtspTransport: TypeAlias = Literal["auto", "tcp", "udp"]

Preset: TypeAlias = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium"]

AacCoder: TypeAlias = Literal["twoloop", "fast"]

DEFAULT_MICROPHONE: Final = "default"

SYSTEM: Final = "system"
ANYBODY: Final = "anybody"


@dataclass(frozen=True, slots=True)
class StreamAccess:
    """How a stream is reached.

    Attributes:
        rtsp_transport: How RTSP carries its packets: "tcp", "udp", or "auto" for TCP where that is taken.
        trust: Who vouches for a stream over TLS: ``SYSTEM`` for the machine's authorities, the path of a file
            of certificates (PEM), or ``ANYBODY``.
    """

    rtsp_transport: RtspTransport = "auto"
    trust: str = SYSTEM


@dataclass(frozen=True, slots=True)
class VideoSettings:
    """The picture.

    Attributes:
        source: A device ("0", "/dev/video0"), a stream ("rtsp://…", "http://…") or the path of a file.
        loop: Whether a file begins again at its end.
        access: How a stream is reached.
        width: Pixels; even. The picture is scaled to fit, with black borders where the shape differs.
        height: Pixels; even.
        fps: Frames per second at most; a source that gives more is thinned out, one that gives less is kept.
        bit_rate: Upper limit, bit/s over one second.
        encoder: An FFmpeg encoder to use and no other ("libx264"); ``None`` takes the first that opens.
        preset: x264's effort, "ultrafast" to "medium"; other encoders ignore it.
        quality: x264's constant rate factor, 0 to 51; smaller is better. The bit rate still limits it.
    """

    source: str = field(default="0", repr=False)  # an address may hold a password
    loop: bool = True
    access: StreamAccess = field(default_factory=StreamAccess)
    width: int = 1920
    height: int = 1080
    fps: float = 30.0
    bit_rate: int = 8_000_000
    encoder: str | None = None
    preset: Preset = "veryfast"
    quality: int = 23


@dataclass(frozen=True, slots=True)
class AudioSettings:
    """The sound: always encoded as AAC, 48 kHz, mono.

    Attributes:
        source: "default" for the system's own microphone, the number or (a part of) the name of another, or
            the path or address of any file or stream with sound.
        loop: Whether a file begins again at its end.
        access: How a stream is reached, as for the picture.
        bit_rate: In bit/s.
        coder: How FFmpeg's AAC encoder searches: "fast" costs half as much, and 2 dB where it is noisy.
    """

    source: str = field(default=DEFAULT_MICROPHONE, repr=False)
    loop: bool = True
    access: StreamAccess = field(default_factory=StreamAccess)
    bit_rate: int = 64_000
    coder: AacCoder = "twoloop"


@dataclass(frozen=True, slots=True)
class OverlaySettings:
    """What is burned into the picture.

    Attributes:
        enabled: Whether anything is.
        camera: The camera's id, as shown.
    """

    enabled: bool = True
    camera: str = ""


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """Everything that a capture is asked for; ``audio`` is ``None`` where no sound is wanted at all."""

    video: VideoSettings = field(default_factory=VideoSettings)
    audio: AudioSettings | None = field(default_factory=AudioSettings)
    overlay: OverlaySettings = field(default_factory=OverlaySettings)
