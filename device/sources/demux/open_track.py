"""What a reader needs of one track of a container that is open, so that it can be decoded.

It is kept apart from the container, which may be closed while the last packets of a track are still being
decoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from device.sources.demux.fields import Fields, stated_fields
from device.sources.demux.picture import LARGE
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.stream import AudioStream
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

_USUAL_FPS: Final = 25
_ALIKE: Final = 20
_REPEATING: Final = "theora"
"""The codec whose empty packets say that the picture before is shown on (Theora specification, 7.11)."""

_CHANGING: Final = frozenset({"mpegts", "mpeg", "hls", "rtp_mpegts"})


@dataclass(frozen=True, slots=True)
class OpenTrack:
    """A track that can be decoded.

    Attributes:
        track: Which.
        index: Of the stream in its container.
        decoder: Decodes it; used by one thread alone.
        tick_ns: The length of a tick of its stamps.
        length_ns: How long a packet lasts that does not say so: a picture at the usual rate; 0 for sound.
        frame_ns: How long one of sound lasts by its codec, to the nanosecond; 0 where that varies,
            and for pictures.
        pixel_aspect: How much wider than high a pixel is, as the container says.
        fps: Pictures a second, where the source states them and means it; None for what varies, for a guess
            of FFmpeg's, and for sound.
        fields: How pictures are woven from fields that do not say so themselves.
        codec_may_change: Whether packets of another codec may follow on the same track.
        width: Pixels of a picture, as the source states them; 0 for sound.
        height: Likewise.
    """

    track: Track
    index: int
    decoder: VideoCodecContext | AudioCodecContext
    tick_ns: Fraction
    length_ns: int = 0
    frame_ns: int = 0
    pixel_aspect: Fraction = Fraction(1)
    fps: float | None = None
    fields: Fields = Fields.AS_STATED
    codec_may_change: bool = False
    width: int = 0
    height: int = 0


def video_track(stream: VideoStream, *, live: bool, unstamped: bool) -> OpenTrack:
    """A track of pictures.

    Args:
        stream: Of a container that is open.
        live: Whether it is a stream's.
        unstamped: Whether the container has no stamps.
    """
    # Threads that take whole pictures give each out some pictures late: of a slow stream that is a minute.
    repeats = stream.codec_context.codec.canonical_name == _REPEATING
    # Each of them also has pictures of its own, of 50 MB in 8K.
    pixels = stream.width * stream.height
    stream.codec_context.thread_type = "SLICE" if live or repeats or pixels > LARGE else "AUTO"
    rate = stream.average_rate or stream.guessed_rate or Fraction(_USUAL_FPS)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    length = round(NS_PER_S / rate) if rate > 0 else NS_PER_S // _USUAL_FPS
    fps = None if unstamped else stated_fps(stream.average_rate, stream.base_rate)
    decoder = stream.codec_context
    fields = stated_fields(decoder.codec.canonical_name, decoder.field_order)
    return OpenTrack(
        Track.VIDEO,
        stream.index,
        decoder,
        _tick(stream),
        length_ns=length,
        pixel_aspect=aspect,
        fps=fps,
        fields=fields,
        codec_may_change=stream.container.format.name in _CHANGING,
        width=stream.width,
        height=stream.height,
    )


def audio_track(stream: AudioStream) -> OpenTrack:
    """A track of sound."""
    changes = stream.container.format.name in _CHANGING
    decoder = stream.codec_context
    frame = decoder.frame_size * NS_PER_S // decoder.sample_rate if decoder.sample_rate else 0
    return OpenTrack(
        Track.AUDIO, stream.index, decoder, _tick(stream), frame_ns=frame, codec_may_change=changes
    )


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


def _tick(stream: VideoStream | AudioStream) -> Fraction:
    return (stream.time_base or Fraction(1, 90_000)) * NS_PER_S
