"""The copy of a clip cut into seconds: parts of one track each that decode alone, as a camera's do.

What is chosen or hidden of a recording is chosen and hidden by parts (``fleet.releases``,
``fleet.redaction``). A clip from elsewhere has none: its pictures refer to others over any length, and
stand at any times. So both tracks are encoded anew on a grid of whole seconds.

Rules:
- a picture lies in the second in which it begins, at its own time, turned upright and with even sides; one
  that is shown for longer than a second is there again at each whole second;
- sound is AAC-LC of one or two channels. Where nothing was heard between two packets, silence stands there,
  so that it keeps its time;
- time counts from the first thing that is shown or heard.

Each part is written behind a head: its track, its second, how long that is, and its length.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Protocol

import av
import numpy as np

from fleet.footage.media.filler import FRAME
from fleet.footage.media.fragment import Sample
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.movie import ReadSource, checked, opened_movie, upright, video_of
from fleet.imagery.rules.formats import ImportFormat
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.fragment_writer import write_part
from fleet.redaction.making.group_encoder import GroupEncoder
from fleet.redaction.making.sound_head import sound_head

TICKS = 90_000
RATE = 48_000
PART_HEAD = struct.Struct(">BIQI")
"""0 for pictures and 1 for sound, the second, how long that is in nanoseconds, and the bytes that follow."""
PICTURES, SOUND = 0, 1
_NS = 1_000_000_000
_DRIFT = RATE // 20
"""Samples by which sound may be away from its time before silence is put in, or some of it left out."""
_QUARTER = 90
_ITS_OWN = "deblock=-1,-1"
"""Stands in the head of every picture: so one that is encoded once more is another one, where nothing moves
too, and what is hidden can be told from what was there by the coded bytes (``fleet.redaction.checking``)."""


class Target(Protocol):
    """What parts are written to, one after the other."""

    def write(self, data: bytes) -> int:
        """Append bytes."""
        ...


def cut_movie(source: ReadSource, target: Target, limits: ReadingLimits) -> ReadFacts:
    """Write the copy of a clip as parts, and return what they are.

    Raises:
        ReadingRefusedError: it cannot be decoded or encoded, or is too large or too long.
    """
    try:
        with opened_movie(source, ImportFormat.MP4) as container:
            video = video_of(container, ImportFormat.MP4)
            checked(container, video, limits)
            sound = next((each for each in container.streams.audio if each.codec_context is not None), None)
            seen, heard = _Pictures(target, video, limits), None if sound is None else _Sound(target, sound)
            begin: float | None = None
            for packet in container.demux([each for each in (video, sound) if each is not None]):
                for frame in packet.decode():
                    at = 0.0 if frame.time is None else frame.time
                    begin = at if begin is None else begin
                    if heard is not None and packet.stream is sound:
                        heard.take(frame, at - begin)
                    else:
                        seen.take(frame, at - begin)
            lasts = seen.finish()
            if heard is not None:
                heard.finish(lasts)
    except (av.FFmpegError, RedactionError) as error:
        said = error.strerror if isinstance(error, av.FFmpegError) else str(error)
        raise ReadingRefusedError(f"The clip cannot be cut into seconds ({said}).") from error
    return ReadFacts(
        format=ImportFormat.MP4,
        codec="h264",
        width=seen.size[0],
        height=seen.size[1],
        duration_s=round(lasts, 3),
        has_sound=sound is not None,
        is_made_anew=True,
    )


class _Pictures:
    """Writes the pictures; the one that came last is held until it is known how long it is shown."""

    def __init__(self, target: Target, video: Any, limits: ReadingLimits) -> None:  # noqa: ANN401 - of PyAV's many
        self._target, self._limits = target, limits
        self._rate = max(1, round(float(video.average_rate or video.guessed_rate or 25)))
        self._held: tuple[av.VideoFrame, int] | None = None
        self._turned: int | None = None
        self._encoder: GroupEncoder | None = None
        self._second = 0
        self._last = -1
        self.size = (0, 0)

    def take(self, frame: av.VideoFrame, at: float) -> None:
        if frame.is_corrupt:
            raise RedactionError("it has a picture that is damaged: nobody can say what it shows")
        if at > self._limits.minutes * 60:
            raise RedactionError("it is longer than a clip may be")
        if self._turned is None:
            self._turned = int(round(frame.rotation / _QUARTER) * _QUARTER) % 360
        picture = upright(frame, self._turned)
        if not any(self.size):
            self.size = picture.width, picture.height
        elif (picture.width, picture.height) != self.size:
            picture = picture.reformat(*self.size)
        tick = max(self._last + 1, round(at * TICKS), 0)
        self._show(tick)
        self._held, self._last = (picture, tick), tick

    def finish(self) -> float:
        """Write what is left; return when the last picture ends, in seconds."""
        if self._held is None:
            raise RedactionError("it has no picture that can be decoded")
        end = self._last + max(1, TICKS // self._rate)
        self._show(end)
        self._close(end, is_last=True)
        return end / TICKS

    def _show(self, until: int) -> None:
        """Encode the picture that is held, which is shown until then."""
        if self._held is None:
            return
        frame, tick = self._held
        for begin in _beginnings(tick, until):
            if self._encoder is not None and begin // TICKS != self._second:
                self._close(begin, is_last=False)
            if self._encoder is None:
                self._second = begin // TICKS
                self._encoder = GroupEncoder(TICKS, rate=self._rate, profile="high", more=_ITS_OWN)
            self._encoder.add(frame, begin)

    def _close(self, until: int, *, is_last: bool) -> None:
        if self._encoder is None:
            return
        begin = self._second * TICKS
        length = (until - begin) * _NS // TICKS if is_last else _NS
        write(self._target, PICTURES, self._second, max(length, 1), self._encoder.finish(until))
        self._encoder = None


def _beginnings(tick: int, until: int) -> Iterator[int]:
    """Give when a picture is shown anew: at once, and where it lasts for long at each whole second."""
    yield tick
    if until - tick > TICKS:
        yield from range((tick // TICKS + 1) * TICKS, until, TICKS)


class _Sound:
    """Writes the sound."""

    def __init__(self, target: Target, sound: Any) -> None:  # noqa: ANN401 - of PyAV's many
        self._target = target
        channels = 1 if sound.codec_context.channels == 1 else 2
        self._layout = "mono" if channels == 1 else "stereo"
        self._head = sound_head(RATE, self._layout)
        self._coder: Any = av.CodecContext.create("aac", "w")
        self._coder.sample_rate, self._coder.layout, self._coder.format = RATE, self._layout, "fltp"
        self._coder.time_base = Fraction(1, RATE)
        self._resampler = av.AudioResampler("fltp", self._layout, RATE, FRAME)
        self._fed = self._taken = 0
        self._second = 0
        self._packets: list[tuple[int, bytes]] = []

    def take(self, frame: av.AudioFrame, at: float) -> None:
        wanted = round(at * RATE)
        if wanted - self._taken > _DRIFT:
            self._silence(wanted - self._taken)
        elif self._taken - wanted > _DRIFT:
            return  # it would be heard while something else is
        self._taken += round(frame.samples * RATE / frame.sample_rate)
        frame.pts = None
        for each in self._resampler.resample(frame):
            self._feed(each)

    def finish(self, lasts: float) -> None:
        """Write what is left; what is heard after the last picture ends is kept."""
        for each in (*self._resampler.resample(None), None):
            if each is None or each.samples:
                self._feed(each)
        end = max((at + FRAME for at, _ in self._packets), default=0)
        begin = self._second * RATE
        is_last = self._second + 1 >= lasts  # else pictures go on behind it, second by second
        self._write((end - begin) * _NS // RATE if is_last else _NS)

    def _silence(self, samples: int) -> None:
        channels = 1 if self._layout == "mono" else 2
        for _ in range(samples // FRAME):
            quiet = np.zeros((channels, FRAME), np.float32)
            frame = av.AudioFrame.from_ndarray(quiet, format="fltp", layout=self._layout)
            frame.sample_rate = RATE
            self._feed(frame)
            self._taken += FRAME

    def _feed(self, frame: av.AudioFrame | None) -> None:
        if frame is not None:
            frame.pts, frame.time_base = self._fed, Fraction(1, RATE)
            self._fed += frame.samples
        for packet in self._coder.encode(frame):
            at = int(packet.pts or 0)
            if at < 0:
                continue  # what an encoder puts before the first sample
            if at // RATE != self._second:
                self._write(_NS)
                self._second = at // RATE
            self._packets.append((at, bytes(packet)))

    def _write(self, length: int) -> None:
        if not self._packets:
            return
        samples = [Sample(FRAME, len(data), sync=True, composition=0) for _, data in self._packets]
        payload = b"".join(data for _, data in self._packets)
        part = write_part(self._head, self._packets[0][0], samples, payload)
        write(self._target, SOUND, self._second, max(length, 1), part)
        self._packets = []


def write(target: Target, track: int, second: int, length_ns: int, part: bytes) -> None:
    """Write a part behind its head."""
    target.write(PART_HEAD.pack(track, second, length_ns, len(part)) + part)
