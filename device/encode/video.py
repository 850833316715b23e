"""H.264 from pictures: the first encoder that opens, one closed group of pictures a second, no delay.

Rules:

- A group begins with an IDR picture that we force: by time, when a second is over, and at ``cut``. Nothing
  else begins one (no scene cuts), so chunk boundaries are ours.
- No B-pictures and no look-ahead: a picture in is a packet out.
- The bit rate is capped over one second; below the cap, quality decides.
- Hardware encoders are tried first and must prove themselves on a grey picture. FFmpeg's own messages stay
  quiet.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from fractions import Fraction
from glob import glob
from typing import TYPE_CHECKING, Any, Final, cast

import av
from av.codec.context import Flags
from av.video.frame import PictureType

from device.encode import h264
from device.encode.packets import (
    GOP_NS,
    VIDEO_TIMESCALE,
    EncodedPacket,
    EncoderError,
    StreamParams,
    to_ns,
    to_ticks,
)
from device.encode.part import cmaf_header
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from av.video.codeccontext import VideoCodecContext

    from device.settings import VideoSettings


_SMALL_PICTURE: Final = 1280 * 720
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Candidate:
    """An encoder worth trying.

    Attributes:
        name: FFmpeg's name.
        device: A pattern of device files, without which trying is pointless; empty for software.
        options: What it needs beyond the common settings.
        pixels: The pixel format that it takes.
    """

    name: str
    device: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"


CANDIDATES: Final = (
    Candidate("h264_v4l2m2m", "/dev/video1[0-9]"),
    Candidate(
        "h264_nvenc",
        "/dev/nvidia[0-9]*",
        {"forced-idr": "1", "zerolatency": "1", "tune": "ull", "delay": "0"},
    ),
    Candidate("h264_qsv", "/dev/dri/renderD*", {"forced_idr": "1", "async_depth": "1"}, "nv12"),
    Candidate("libx264"),
)


class VideoEncoder:
    """One H.264 stream.

    Args:
        settings: Size, rate, quality, and the encoder if it is pinned.

    Raises:
        EncoderError: No encoder opens, or the pinned one does not.
    """

    def __init__(self, settings: VideoSettings) -> None:
        self._interval_ns = round(NS_PER_S / settings.fps)
        self._context, self.params = _open_first(settings)
        self._gop_start: int | None = None
        self._last_tick = -1
        self._cut = False

    @property
    def name(self) -> str:
        """FFmpeg's name of the encoder that opened."""
        return self._context.name

    def cut(self) -> None:
        """Begin a new group of pictures with the next picture; may be called from any thread."""
        self._cut = True

    def encode(self, picture: av.VideoFrame, boot_ns: int) -> list[EncodedPacket]:
        """Encode one picture.

        Args:
            picture: yuv420p of the size in the settings.
            boot_ns: When it was taken. One that is not after its predecessor is moved just behind it.

        Raises:
            EncoderError: The encoder gave up.
        """
        tick = max(to_ticks(boot_ns, VIDEO_TIMESCALE), self._last_tick + 1)
        self._last_tick = tick
        if self._context.pix_fmt != "yuv420p":
            picture = picture.reformat(format=self._context.pix_fmt)
        picture.pts = tick
        picture.time_base = Fraction(1, VIDEO_TIMESCALE)
        picture.pict_type = PictureType.I if self._begins_group(boot_ns) else PictureType.NONE
        return self._run(picture)

    def flush(self) -> list[EncodedPacket]:
        """What the encoder still holds; it is finished then."""
        return self._run(None)

    def _begins_group(self, boot_ns: int) -> bool:
        """Whether a group begins here: at the picture nearest to a second after the last beginning."""
        over = self._gop_start is None or boot_ns - self._gop_start >= GOP_NS - self._interval_ns // 2
        if not (over or self._cut):
            return False
        self._cut = False
        self._gop_start = boot_ns
        return True

    def _run(self, picture: av.VideoFrame | None) -> list[EncodedPacket]:
        try:
            packets = self._context.encode(picture)
        except av.FFmpegError as error:
            raise EncoderError(
                f"The encoder {self.name} gave up ({error.strerror}): restart the camera."
            ) from error
        return [self._packet(packet) for packet in packets]

    def _packet(self, packet: av.Packet[Any]) -> EncodedPacket:
        tick = packet.pts if packet.pts is not None else self._last_tick
        return EncodedPacket(
            track=Track.VIDEO,
            pts_ns=to_ns(tick, VIDEO_TIMESCALE),
            duration_ns=self._interval_ns,
            keyframe=packet.is_keyframe,
            data=h264.to_sample(h264.split_annex_b(bytes(packet))),
            params=self.params,
        )


def _open_first(settings: VideoSettings) -> tuple[VideoCodecContext, StreamParams]:
    tried = []
    for candidate in _candidates(settings.encoder):
        try:
            params = _probe(settings, candidate)
            return _open(settings, candidate), params
        except (av.FFmpegError, ValueError) as error:
            tried.append(f"{candidate.name}: {getattr(error, 'strerror', None) or error}")
    raise EncoderError(
        f"No H.264 encoder opens for {settings.width} by {settings.height} ({'; '.join(tried)}): "
        "check video.encoder and the size of the picture."
    )


def _candidates(pinned: str | None) -> Sequence[Candidate]:
    if pinned is None:
        return [known for known in CANDIDATES if not known.device or glob(known.device)]  # noqa: PTH207 - device files, not a folder to walk
    return [known for known in CANDIDATES if known.name == pinned] or [Candidate(pinned)]


def _open(settings: VideoSettings, candidate: Candidate) -> VideoCodecContext:
    context = cast("VideoCodecContext", av.CodecContext.create(candidate.name, "w"))
    context.width, context.height = settings.width, settings.height
    context.pix_fmt = candidate.pixels
    context.time_base = Fraction(1, VIDEO_TIMESCALE)
    context.framerate = Fraction(settings.fps).limit_denominator(1001)
    context.max_b_frames = 0
    context.gop_size = max(round(settings.fps), 2)  # for encoders that do not heed a forced picture type
    context.color_range, context.colorspace = 1, 6  # limited range, BT.601: what OpenCV converts to
    context.flags |= Flags.global_header | Flags.closed_gop | Flags.low_delay
    if settings.width * settings.height < _SMALL_PICTURE:
        context.thread_count = 1  # slices of small pictures cost more than they save
    context.options = {**candidate.options, **_rate_control(settings, candidate.name)}
    context.open(strict=False)
    return context


def _rate_control(settings: VideoSettings, name: str) -> dict[str, str]:
    limit = str(settings.bit_rate)
    if name != "libx264":
        return {"b": limit, "maxrate": limit, "bufsize": limit}
    return {
        "preset": settings.preset,
        "tune": "zerolatency",
        "crf": str(settings.quality),
        "maxrate": limit,
        "bufsize": limit,
        "forced-idr": "1",
        "x264-params": "scenecut=0:keyint=infinite:open-gop=0",
    }


def _probe(settings: VideoSettings, candidate: Candidate) -> StreamParams:
    """Encode a grey picture with an encoder of its own: does it work, and what does its stream look like?"""
    context = _open(settings, candidate)
    grey = av.VideoFrame(settings.width, settings.height, candidate.pixels)
    for plane in grey.planes:
        plane.update(bytes([_GREY]) * plane.buffer_size)
    grey.pts = 0
    grey.pict_type = PictureType.I
    first = next(iter([*context.encode(grey), *context.encode(None)]), None)
    if first is None or not first.is_keyframe:
        raise ValueError("gives no key picture")
    units = [*h264.split_annex_b(context.extradata or b""), *h264.split_annex_b(bytes(first))]
    return _params(h264.parameter_sets(units), units)


def _params(sets: list[bytes], units: list[bytes]) -> StreamParams:
    """Describe the stream: FFmpeg reads a key picture with its parameter sets and writes the header."""
    pictures = [unit for unit in units if unit not in sets]
    codec = h264.codec_string(sets)
    unique = list(dict.fromkeys(sets))
    with av.open(io.BytesIO(h264.join_annex_b([*unique, *pictures])), format="h264") as raw:
        header = cmaf_header(raw.streams[0], VIDEO_TIMESCALE)
    return StreamParams(Track.VIDEO, codec, VIDEO_TIMESCALE, header)
