"""The tables of the camera's configuration, each key with what it means and what is allowed.

Rules:

- Every key has a unit in its description and a default where one makes sense; ``docs/configuration.md`` is
  printed from here.
- An unknown key is an error, and so is a value of the wrong type: nothing is guessed.
- What picture and sound are by default is said once, in ``device.settings``.
- A source is printed without what could open it (``protocol.addresses``), also in what it refuses.

It reads no file, and does not look at the hardware: whether a camera or microphone exists shows when
it is opened.
"""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 - pydantic evaluates it
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from device import settings
from protocol.addresses import without_secrets
from protocol.units import NS_PER_S

KBIT = 1000
_VIDEO = settings.VideoSettings()
_AUDIO = settings.AudioSettings()


def _check_source(source: str) -> str:
    if "://" in source and re.search(r"\s", source):
        raise ValueError("an address holds no space: write %20 for one in a name or a password")
    return source


# Printed without what could open it, whoever prints: a configuration ends up in tickets.
_Source = Annotated[
    str,
    AfterValidator(_check_source),
    PlainSerializer(without_secrets, return_type=str),
    Field(min_length=1, repr=False),
]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, validate_default=True)


class CameraSection(_Section):
    """What the camera is and how it behaves."""

    state_dir: Annotated[Path, Field(strict=False)] = Field(  # TOML has no paths: a string becomes one
        description="Folder for identity, ring and recordings; relative to this file. It needs hard links: "
        "ext4, f2fs, btrfs or xfs."
    )
    require_assignment: bool = Field(
        default=True,
        description="Stay in standby, sensors off, until the fleet hands the camera to an officer.",
    )
    window_s: float = Field(
        default=180.0, ge=5, le=3600, description="Pre-record kept before a press, in seconds."
    )
    window_mib: int = Field(
        default=1024, ge=8, le=65536, description="Most that the pre-record may take on the card, in MiB."
    )
    roll_over_min: float = Field(
        default=240.0, ge=0.05, le=1440, description="A recording this long goes on in a new one, in minutes."
    )


class VideoSection(_Section):
    """Picture: where it comes from and how it is encoded."""

    source: _Source = Field(
        default=_VIDEO.source,
        description="Camera number, video file (looped) or stream address.",
    )
    rtsp_transport: settings.RtspTransport = Field(
        default=_VIDEO.access.rtsp_transport,
        description="How RTSP brings its packets; auto: tcp, or else udp.",
    )
    trust: str = Field(
        default=_VIDEO.access.trust,
        min_length=1,
        description="Who vouches for a stream over TLS: system, anybody, or a file of certificates (PEM).",
    )
    width: int = Field(
        default=_VIDEO.width, ge=160, le=4096, multiple_of=2, description="Picture width in pixels."
    )
    height: int = Field(
        default=_VIDEO.height, ge=120, le=2304, multiple_of=2, description="Picture height in pixels."
    )
    fps: int = Field(default=round(_VIDEO.fps), ge=1, le=60, description="Pictures per second.")
    bitrate_kbit: int = Field(
        default=_VIDEO.bit_rate // KBIT,
        ge=100,
        le=50_000,
        description="Most that the picture may take, in kbit/s.",
    )
    encoder: str = Field(
        default="auto",
        pattern=r"^[a-z0-9_]+$",
        description="An H.264 encoder of PyAV; auto takes the first that opens.",
    )
    preset: settings.Preset = Field(
        default=_VIDEO.preset,
        description="Effort of the software encoder: faster costs less CPU and more bits.",
    )
    overlay: bool = Field(
        default=settings.OverlaySettings().enabled,
        description="Burn time (UTC), camera and recording mark into the picture.",
    )


class AudioSection(_Section):
    """Sound: where it comes from and how it is encoded."""

    source: _Source = Field(
        default=_AUDIO.source,
        description="default, a microphone's number or name, a file (its sound, looped), or none.",
    )
    rate: Literal[48000] = Field(
        default=settings.AUDIO_RATE, description="Samples per second; AAC at this rate is what all can play."
    )
    bitrate_kbit: int = Field(
        default=_AUDIO.bit_rate // KBIT, ge=16, le=320, description="Sound's bit rate, in kbit/s."
    )
    coder: Literal["twoloop", "fast"] = Field(
        default=_AUDIO.coder,
        description="How the AAC encoder searches: fast costs half the CPU, and 2 dB where it is noisy.",
    )


class StorageSection(_Section):
    """The card."""

    after_receipt: Literal["keep", "delete"] = Field(
        default="keep", description="What to do with a recording once the fleet's receipt verifies."
    )
    segment_chunks: int = Field(
        default=1,
        ge=1,
        le=60,
        description="Chunks (about seconds) per segment file: what a destroyed camera had not sent yet.",
    )
    segment_mib: int = Field(default=8, ge=1, le=16, description="A segment is closed at this size, in MiB.")
    alert_percent: tuple[Annotated[int, Field(ge=1, le=99)], ...] = Field(
        default=(80, 90), strict=False, description="Alert when the card is this full, in percent."
    )
    reserve_mib: int = Field(
        default=16,
        ge=1,
        le=4096,
        description="Room kept back so that a press succeeds on a full card, in MiB.",
    )


class LinkSection(_Section):
    """Talking to the fleet. Addresses come with the enrolment, not from here."""

    upload_kbit: int = Field(
        default=0, ge=0, le=10_000_000, description="Cap on uploads, in kbit/s; 0 for none."
    )
    uploads_at_once: int = Field(default=2, ge=1, le=8, description="Segments uploaded at the same time.")
    status_s: float = Field(
        default=10.0, ge=0.5, le=300, description="A status goes out at least this often, in seconds."
    )
    retry_max_s: float = Field(
        default=60.0, ge=0.5, le=3600, description="Longest pause between two attempts, in seconds."
    )


class Config(_Section):
    """The whole configuration."""

    camera: CameraSection
    video: VideoSection = VideoSection()
    audio: AudioSection = AudioSection()
    storage: StorageSection = StorageSection()
    link: LinkSection = LinkSection()

    @property
    def window_ns(self) -> int:
        """The pre-record window in nanoseconds."""
        return round(self.camera.window_s * NS_PER_S)

    def capture(self, camera: str) -> settings.CaptureSettings:
        """What the capture is asked for.

        Args:
            camera: The camera's id, for the overlay.
        """
        video, audio = self.video, self.audio
        access = settings.StreamAccess(video.rtsp_transport, video.trust)
        sound = settings.AudioSettings(
            source=audio.source,
            access=access,
            bit_rate=audio.bitrate_kbit * KBIT,
            coder=audio.coder,
        )
        return settings.CaptureSettings(
            video=settings.VideoSettings(
                source=video.source,
                access=access,
                width=video.width,
                height=video.height,
                fps=video.fps,
                bit_rate=video.bitrate_kbit * KBIT,
                encoder=None if video.encoder == "auto" else video.encoder,
                preset=video.preset,
            ),
            audio=None if audio.source == "none" else sound,
            overlay=settings.OverlaySettings(enabled=video.overlay, camera=camera),
        )

    @property
    def roll_over_ns(self) -> int:
        """The longest recording in nanoseconds."""
        return round(self.camera.roll_over_min * 60 * NS_PER_S)
