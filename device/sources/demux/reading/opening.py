"""Opening a file or an address with PyAV: what FFmpeg is told, and what of it matters afterwards.

Rules:

- A stream answers within the patience that it is given or is given up (``source_memory``), and so is one
  whose connection hangs while it is read; one picture each seven seconds is an answer.
- What a reader needs of a track is kept apart from the container, which may then be closed while its last
  packets are still being decoded.
- A cover picture is no video, and neither is text: FFmpeg would show both.

What goes wrong is said in one sentence, which names what to look at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote, urlsplit

import av
from av.stream import Disposition

from device.sources.base import SourceError
from device.sources.demux.reading.source_memory import PATIENCE_S
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

    from device.settings import RtspTransport

_PACED: Final = frozenset({"rtsp", "rtsps", "rtp", "rtmp", "rtmps", "rtmpt", "srt", "udp", "tcp", "rist"})
"""Protocols whose server keeps the pace, also where it plays a file."""

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_USUAL_FPS: Final = 25
_ALIKE: Final = 20
_NO_TIMESTAMPS: Final = 0x0080  # AVFMT_NOTIMESTAMPS


def is_stream(source: str) -> bool:
    """Whether a source is the address of a network stream, and no file of this machine."""
    found = _SCHEME.match(source)
    return found is not None and found[1].lower() != "file"


def file_path(source: str) -> str:
    """The path that a source means; it may be written as a ``file:`` address (RFC 8089)."""
    if not source.lower().startswith("file:/"):
        return source
    return unquote(urlsplit(source).path)


@dataclass(frozen=True, slots=True)
class OpenTrack:
    """A track that can be decoded.

    Attributes:
        track: Which.
        index: Of the stream in its container.
        decoder: Decodes it; used by one thread alone.
        tick_ns: The length of a tick of its stamps.
        length_ns: How long a packet lasts that does not say so: a picture at the usual rate; 0 for sound.
        pixel_aspect: How much wider than high a pixel is, as the container says.
        fps: Pictures a second, where the source states them and means it; None for what varies, for a guess
            of FFmpeg's, and for sound.
    """

    track: Track
    index: int
    decoder: VideoCodecContext | AudioCodecContext
    tick_ns: Fraction
    length_ns: int = 0
    pixel_aspect: Fraction = Fraction(1)
    fps: float | None = None


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A container that is open.

    Attributes:
        container: For the thread that reads packets.
        tracks: The first of each kind that can be decoded.
        live: Whether whoever sends keeps the pace, or nobody knows where it ends.
        stamped: Whether its stamps mean anything; else the coming of a packet is its time.
        start_ns: The first instant of a file, on its own stamps. What lies before 0 is there to warm a
            decoder up and not to be shown.
        duration_ns: Its stated length.
        still: Whether it is of a format for single pictures.
    """

    container: InputContainer
    tracks: dict[Track, OpenTrack]
    live: bool
    stamped: bool
    start_ns: int | None
    duration_ns: int | None
    still: bool


def open_source(source: str, transport: RtspTransport, patience_s: float) -> OpenSource:
    """Open a file or an address.

    Args:
        source: A path or an address.
        transport: How RTSP carries its packets.
        patience_s: How long an address may take to answer.

    Raises:
        SourceError: It does not open. Also ``av.FFmpegError``, ``OSError`` and ``ValueError`` as they come.
    """
    stream = is_stream(source)
    path = source if stream else file_path(source)
    if not stream and not Path(path).is_file():
        raise FileNotFoundError(path)
    container = av.open(
        path,
        options=_options(source, transport) if stream else {},
        timeout=(patience_s, PATIENCE_S) if stream else None,
    )
    duration, start = container.duration, cast("int | None", container.start_time)
    unstamped = bool(container.format.flags & _NO_TIMESTAMPS)
    tracks = _tracks(container, live=stream, unstamped=unstamped)
    return OpenSource(
        container,
        tracks,
        live=stream and (not duration or _scheme(source) in _PACED),
        stamped=not stream or not unstamped,
        start_ns=None if start is None else max(start, 0) * NS_PER_US,
        duration_ns=duration * NS_PER_US if duration else None,
        still=container.format.name == "image2" or container.format.name.endswith("_pipe"),
    )


def _scheme(source: str) -> str:
    found = _SCHEME.match(source)
    return found[1].lower() if found else ""


def _options(source: str, transport: RtspTransport) -> dict[str, str]:
    """FFmpeg's options for an address (ffmpeg-protocols(1), ffmpeg-formats(1))."""
    options = {"fpsprobesize": "0", "max_delay": "500000"}
    if _scheme(source) in {"rtsp", "rtsps"}:
        options |= {"rtsp_transport": transport} if transport != "auto" else {"rtsp_flags": "prefer_tcp"}
        options["timeout"] = str(round(PATIENCE_S * 1_000_000))
    return options


def _tracks(container: InputContainer, *, live: bool, unstamped: bool) -> dict[Track, OpenTrack]:
    found: dict[Track, OpenTrack] = {}
    if container.format.name != "tty":
        for video in container.streams.video:
            if _decodes(video) and not video.disposition & Disposition.attached_pic:
                found[Track.VIDEO] = _video(video, live=live, unstamped=unstamped)
                break
    for audio in container.streams.audio:
        if _decodes(audio):
            found[Track.AUDIO] = _audio(audio)
            break
    return found


def _decodes(stream: VideoStream | AudioStream) -> bool:
    """Whether there is a decoder; PyAV's types do not say that it may lack."""
    return getattr(stream, "codec_context", None) is not None


def _video(stream: VideoStream, *, live: bool, unstamped: bool) -> OpenTrack:
    # Threads that take whole pictures give each out some pictures late: of a slow stream that is a minute.
    stream.codec_context.thread_type = "SLICE" if live else "AUTO"
    rate = stream.average_rate or stream.guessed_rate or Fraction(_USUAL_FPS)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    length = round(NS_PER_S / rate) if rate > 0 else NS_PER_S // _USUAL_FPS
    fps = None if unstamped else stated_fps(stream.average_rate, stream.base_rate)
    return OpenTrack(Track.VIDEO, stream.index, stream.codec_context, _tick(stream), length, aspect, fps)


def _audio(stream: AudioStream) -> OpenTrack:
    return OpenTrack(Track.AUDIO, stream.index, stream.codec_context, _tick(stream))


def _tick(stream: VideoStream | AudioStream) -> Fraction:
    return (stream.time_base or Fraction(1, 90_000)) * NS_PER_S


def stated_fps(average: Fraction | None, finest: Fraction | None) -> float | None:
    """Pictures a second, where a source has one rate.

    Args:
        average: FFmpeg's ``avg_frame_rate``: pictures by length.
        finest: FFmpeg's ``r_frame_rate``: the lowest rate that all stamps fit into.

    Returns:
        The rate; None where it varies, as with a phone's clip, or is not known.
    """
    if not average or not finest or abs(average - finest) > finest / _ALIKE:
        return None
    return float(average)


def why(error: BaseException) -> str:
    """FFmpeg's or the system's own words for what went wrong."""
    if isinstance(error, av.ExitError):
        return "nothing came in time"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def cannot_open(source: str, track: Track, error: Exception) -> SourceError:
    """Say that a source does not open, in the words of the setting that named it."""
    what, name = ("video", "pictures") if track is Track.VIDEO else ("sound", "sound")
    key = "video.source" if track is Track.VIDEO else "audio.source"
    if isinstance(error, FileNotFoundError) and not is_stream(source):
        if Path(file_path(source)).is_dir():
            return SourceError(f"{source} is a folder: give one file in {key}.")
        if Path(file_path(source)).exists():
            return SourceError(f"{source} is a pipe or a device, and no file: give a file in {key}.")
        return SourceError(f"The {what} file {source} does not exist: check {key}.")
    if is_stream(source):
        return SourceError(
            f"The stream {source} does not answer ({why(error)}): check its address and the network."
        )
    return SourceError(f"{source} cannot be read as {name} ({why(error)}): give another file.")


def has_none(source: str, track: Track) -> SourceError:
    """Say that a source lacks a track."""
    if track is Track.VIDEO:
        return SourceError(f"{source} holds no pictures that can be read: give another file.")
    return SourceError(f"{source} holds no sound: give another file, or set audio.source to none.")
