"""Moving pictures: a copy as an ordinary MP4 with the first picture track and the first sound track alone.

Rules:
- H.264 in MP4 is copied as it is, without what cameras write between the pictures (SEI); anything
  else is decoded and encoded anew as H.264;
- sound is copied where it is AAC beside such pictures, and else encoded anew;
- all other tracks, and what the file says of itself, stay behind: places and devices stand there.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError, megapixels
from fleet.imagery.rules.formats import FORMAT_WORDS, ImportFormat

_PLAYED = frozenset({"yuv420p", "yuvj420p"})
_MUXER = {"fflags": "+bitexact"}
_ENCODER = {"preset": "veryfast", "crf": "20"}
_TICKS = 90_000
_RATE = 48_000
_QUARTER = 90


class ReadSource(Protocol):
    """A file that is read, from wherever somebody seeks to."""

    def read(self, size: int) -> bytes:
        """Return up to so many bytes."""
        ...

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place; return it."""
        ...

    def tell(self) -> int:
        """Return the place."""
        ...


def copy_movie(
    source: ReadSource,
    target: Any,  # noqa: ANN401 - whatever PyAV writes into
    kind: ImportFormat,
    limits: ReadingLimits,
) -> ReadFacts:
    """Write the copy of a clip, and return what it is.

    Raises:
        ReadingRefusedError: it has no pictures, cannot be decoded, is too large or too long.
    """
    try:
        with opened_movie(source, kind) as container:
            video = video_of(container, kind)
            checked(container, video, limits)
            first = next(container.decode(video), None)
            if first is None:
                raise ReadingRefusedError("The file has no picture that can be decoded.")
            is_copied = (
                kind is ImportFormat.MP4
                and video.codec_context.name == "h264"
                and first.format.name in _PLAYED
            )
            turned = int(round(first.rotation / _QUARTER) * _QUARTER) % 360
        source.seek(0)
        with (
            opened_movie(source, kind) as container,
            av.open(target, "w", format="mp4", options=_MUXER) as out,
        ):
            video = video_of(container, kind)
            if is_copied:
                size = _copied(container, out, video, limits)
                turned = 0
            else:
                size = _made_anew(container, out, video, limits, turned)
    except av.FFmpegError as error:
        raise ReadingRefusedError(
            f"The file begins as {FORMAT_WORDS[kind]} does, and cannot be read whole ({error.strerror})."
        ) from error
    return ReadFacts(
        format=kind,
        codec=video.codec_context.name,
        width=size.width,
        height=size.height,
        duration_s=round(size.seconds, 3),
        has_sound=size.has_sound,
        is_made_anew=not is_copied,
    )


class _Size:
    """What was written: its width and height, how long it is, and whether it has sound."""

    def __init__(self, width: int, height: int, *, has_sound: bool) -> None:
        self.width, self.height, self.has_sound = width, height, has_sound
        self.seconds = 0.0

    def lasts(self, seconds: float, limits: ReadingLimits) -> None:
        """Note that it lasts until then.

        Raises:
            ReadingRefusedError: that is too long.
        """
        if seconds > limits.minutes * 60:
            raise _too_long(limits)
        self.seconds = max(self.seconds, seconds)


def opened_movie(source: ReadSource, kind: ImportFormat) -> Any:  # noqa: ANN401 - of PyAV's many
    """Open a file with the one demuxer of its kind; it opens nothing by address."""
    return av.open(source, "r", format=str(kind), options={"protocol_whitelist": "", "enable_drefs": "0"})


def video_of(container: Any, kind: ImportFormat) -> Any:  # noqa: ANN401 - of PyAV's many
    """Return the first track of pictures.

    Raises:
        ReadingRefusedError: there is none that can be decoded.
    """
    found = next((each for each in container.streams.video if each.codec_context is not None), None)
    if found is None:
        raise ReadingRefusedError(
            f"The file is {FORMAT_WORDS[kind]}, and has no pictures that can be decoded."
        )
    found.codec_context.thread_count = 2
    return found


def checked(container: Any, video: Any, limits: ReadingLimits) -> None:  # noqa: ANN401 - of PyAV's many
    """Refuse what is larger or longer than is allowed.

    Raises:
        ReadingRefusedError: it is, or does not say.
    """
    width, height = video.codec_context.width, video.codec_context.height
    if not width or not height:
        raise ReadingRefusedError("The file does not say how large its pictures are.")
    if width * height > limits.pixels:
        raise ReadingRefusedError(
            f"The pictures have {width} by {height} pixels; {megapixels(limits.pixels)} are allowed."
        )
    video.codec_context.options = {"max_pixels": str(limits.pixels)}
    if container.duration is not None and container.duration / av.time_base > limits.minutes * 60:
        raise _too_long(limits)


def _too_long(limits: ReadingLimits) -> ReadingRefusedError:
    longest = "1 minute" if limits.minutes == 1 else f"{limits.minutes} minutes"
    return ReadingRefusedError(f"The clip is longer than {longest}; import it in parts.")


def _copied(container: Any, out: Any, video: Any, limits: ReadingLimits) -> _Size:  # noqa: ANN401 - of PyAV's many
    sound = next((each for each in container.streams.audio if each.codec_context is not None), None)
    is_aac = sound is not None and sound.codec_context.name == "aac"
    made = out.add_stream_from_template(video)
    bare = BitStreamFilterContext("filter_units=remove_types=6", video, made)
    heard = _Sound(out, sound, is_copied=is_aac) if sound is not None else None
    size = _Size(video.codec_context.width, video.codec_context.height, has_sound=sound is not None)
    start = container.start_time or 0
    for packet in container.demux([each for each in (video, sound) if each is not None]):
        if packet.stream is sound and heard is not None:
            heard.take(packet)
        elif packet.dts is not None:
            if packet.pts is not None:
                until = float((packet.pts + (packet.duration or 0)) * packet.time_base) - start / av.time_base
                size.lasts(until, limits)
            for each in bare.filter(packet):
                each.stream = made
                out.mux(each)
    for each in bare.filter(None):
        each.stream = made
        out.mux(each)
    if heard is not None:
        heard.finish()
    return size


def _made_anew(
    container: Any,  # noqa: ANN401 - of PyAV's many
    out: Any,  # noqa: ANN401
    video: Any,  # noqa: ANN401
    limits: ReadingLimits,
    turned: int,
) -> _Size:
    sound = next((each for each in container.streams.audio if each.codec_context is not None), None)
    made = out.add_stream("libx264", rate=25)
    made.pix_fmt, made.time_base = "yuv420p", Fraction(1, _TICKS)
    made.codec_context.time_base = Fraction(1, _TICKS)
    made.codec_context.max_b_frames, made.codec_context.thread_count = 0, 2
    made.codec_context.options = dict(_ENCODER)
    # Before anything is written: the first thing that is written of either track opens both encoders.
    sides = [max(2, side & ~1) for side in (video.codec_context.width, video.codec_context.height)]
    made.width, made.height = reversed(sides) if turned % (2 * _QUARTER) else sides
    heard = _Sound(out, sound, is_copied=False) if sound is not None else None
    video.codec_context.options = {"max_pixels": str(limits.pixels)}
    size, last = _Size(made.width, made.height, has_sound=sound is not None), -1
    rate = float(video.average_rate or video.guessed_rate or 25)
    begin = None
    for packet in container.demux([each for each in (video, sound) if each is not None]):
        if packet.stream is sound and heard is not None:
            heard.take(packet)
            continue
        for frame in packet.decode():
            at = frame.time if frame.time is not None else (last / _TICKS + 1 / rate if last >= 0 else 0.0)
            begin = at if begin is None else begin
            picture = upright(frame, turned)
            if (picture.width, picture.height) != (size.width, size.height):
                picture = picture.reformat(size.width, size.height)
            picture.pts = last = max(last + 1, round((at - begin) * _TICKS))
            picture.time_base = Fraction(1, _TICKS)
            size.lasts(last / _TICKS + 1 / rate, limits)
            out.mux(made.encode(picture))
    out.mux(made.encode(None))
    if heard is not None:
        heard.finish()
    return size


def upright(frame: av.VideoFrame, turned: int) -> av.VideoFrame:
    """Return the pixels of a picture, with even sides, turned as the file says that it is held."""
    width, height = max(2, frame.width & ~1), max(2, frame.height & ~1)
    if not turned:
        return frame.reformat(width, height, "yuv420p")
    pixels = np.rot90(frame.to_ndarray(width=width, height=height, format="rgb24"), turned // _QUARTER)
    made = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels, np.uint8), format="rgb24")
    return made.reformat(format="yuv420p")


class _Sound:
    """Writes the sound, copied or encoded anew as AAC."""

    def __init__(self, out: Any, sound: Any, *, is_copied: bool) -> None:  # noqa: ANN401 - of PyAV's many
        self._out, self._is_copied = out, is_copied
        if is_copied:
            self._made = out.add_stream_from_template(sound)
            return
        self._made = out.add_stream("aac", rate=_RATE)
        self._made.layout = "mono" if sound.codec_context.channels == 1 else "stereo"
        self._resampler: Any = None

    def take(self, packet: Any) -> None:  # noqa: ANN401 - of PyAV's many
        if self._is_copied:
            if packet.dts is not None:
                packet.stream = self._made
                self._out.mux(packet)
            return
        for frame in packet.decode():
            frame.pts = None
            self._encode(frame)

    def finish(self) -> None:
        if not self._is_copied:
            if self._resampler is not None:
                self._encode(None)
            self._out.mux(self._made.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        if self._resampler is None:
            context = self._made.codec_context
            self._resampler = av.AudioResampler(context.format.name, context.layout.name, _RATE, 1024)
        for each in self._resampler.resample(frame):
            self._out.mux(self._made.encode(each))
