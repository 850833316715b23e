"""A file from anywhere to its end, as fast as somebody asks: for who makes something of its contents.

It is the camera's own way of opening, putting times right, decoding and deinterlacing; without a clock, a
thread and a second pass, since nothing is due here. Whoever films a file takes ``played_video`` and
``played_sound``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, cast

import av
import av.error

from device.settings import AUDIO_RATE, StreamAccess
from device.sources.demux.decoding import Decoding, Ended
from device.sources.demux.deinterlacer import Deinterlacer
from device.sources.demux.mono import MonoResampler
from device.sources.demux.picture import pixel_aspect, to_frame
from device.sources.demux.reading.due_times import DueTimes
from device.sources.demux.reading.opening import OpenSource, links_of, open_source, packets
from device.sources.demux.reading.track_queue import DuePacket, NewPass, SourceEnd
from device.sources.demux.reading.troubles import cannot_open, has_none
from device.sources.demux.sound_line import Heard, SoundLine
from protocol.footage.format.model import Track
from protocol.units import NS_PER_S, NS_PER_US

if TYPE_CHECKING:
    from collections.abc import Iterator

    from av.audio.frame import AudioFrame
    from av.video.frame import VideoFrame as Picture

    from device.frames import VideoFrame
    from device.sources.demux.decoding import Decoded
    from device.sources.demux.reading.links import FileSpan
    from device.sources.demux.reading.track_queue import Item

_TROUBLES: Final = (av.error.FFmpegError, OSError, ValueError)


class _Packets:
    """The packets of one track, each when it is asked for; of files that lie one behind the other, of all.

    Args:
        path: The file.
        track: Which track.
        from_s: Where to begin, as ``pictures`` says.

    Raises:
        SourceError: It cannot be read, or lacks the track.
    """

    def __init__(self, path: str, track: Track, from_s: float = 0.0) -> None:
        self._path = path
        self._track = track
        self._times = DueTimes(None)
        self._times.begin_pass()
        links = links_of(path)
        self._links: Iterator[FileSpan | None] = iter(links or (None,))
        self._is_new = False
        self._source = open_source(path, StreamAccess(), 0.0, next(self._links))
        if track not in self._source.tracks:
            self.close()
            raise has_none(path, track)
        if from_s > 0 and not links:
            _search(self._source, from_s)
        self._begin()

    def take(self, _track: Track, _seconds: float) -> Item:
        """What is next; there is no waiting."""
        if self._is_new:
            self._is_new = False
            return NewPass(self._own)
        for packet in self._packets:
            if packet is not None and packet.stream_index == self._own.index:
                begin, shift = self._times.place(self._source, self._own, packet, 0, held=False)
                return DuePacket(cast("Any", packet), begin, shift)
        return self.take(_track, _seconds) if self._next() else SourceEnd.END

    def length_ns(self) -> int:
        """How long the track is; takes all that is left of it."""
        while self.take(self._track, 0) is not SourceEnd.END:
            pass
        self._times.end_pass(self._source, 0)
        return self._times.period_ns or 0

    def close(self) -> None:
        """Let go of it."""
        self._source.close()

    def _begin(self) -> None:
        """Begin with a file that is open."""
        self._own = self._source.tracks[self._track]
        if self._track is Track.VIDEO:
            self._own.decoder.thread_count = 1  # many read files beside each other
        self._packets = packets(self._source)
        self._is_new = True

    def _next(self) -> bool:
        """Go on with the next file that has the track; what cannot be opened behind the first is none."""
        for link in self._links:
            try:
                source = open_source(self._path, StreamAccess(), 0.0, link)
            except _TROUBLES:
                return False
            self._times.next_link(self._source)
            self._source.close()
            self._source = source
            if self._track in source.tracks:
                self._begin()
                return True
        return False


def length_ns(path: str, track: Track) -> int:
    """How long a pass of a file is, as it is played: 0 where there is nothing in it.

    Raises:
        SourceError: It cannot be read, or lacks the track.
    """
    with _opened(path, track) as found:
        return found.length_ns()


def pictures(path: str, from_s: float = 0.0) -> Iterator[VideoFrame]:
    """The pictures of a file, upright and whole, each with its time from the file's beginning.

    Args:
        path: The file.
        from_s: Begin with one that is no later than that, where the file can be searched; of several files
            that lie one behind the other with the first.

    Raises:
        SourceError: It cannot be read, or holds no pictures.
    """
    with _opened(path, Track.VIDEO, from_s) as found:
        deinterlacer = Deinterlacer(path)
        for decoded in _decoded(path, found, Track.VIDEO):
            yield from map(_shown, deinterlacer.push(decoded))
        yield from map(_shown, deinterlacer.flush())


def sound(path: str) -> Iterator[Heard]:
    """The sound of a file as 48 kHz mono, in blocks, each with its time from the file's beginning.

    Raises:
        SourceError: It cannot be read, or holds no sound.
    """
    resampler, line, follows = MonoResampler(), SoundLine(), 0
    with _opened(path, Track.AUDIO) as found:
        for decoded in _decoded(path, found, Track.AUDIO):
            frame = cast("AudioFrame", decoded.frame)
            if resampler.would_change(frame):
                yield from line.push(resampler.flush(), follows)
            samples, begin = resampler.push(frame, decoded.begin_ns)
            follows = begin + len(samples) * NS_PER_S // AUDIO_RATE
            yield from line.push(samples, begin)
        yield from line.push(resampler.flush(), follows)
        yield from line.flush()


@contextmanager
def _opened(path: str, track: Track, from_s: float = 0.0) -> Iterator[_Packets]:
    try:
        found = _Packets(path, track, from_s)
    except _TROUBLES as error:
        raise cannot_open(path, track, error) from error
    try:
        yield found
    except _TROUBLES as error:
        raise cannot_open(path, track, error) from error
    finally:
        found.close()


def _search(source: OpenSource, from_s: float) -> None:
    """Go to the last key picture before an instant; what cannot be searched is read from its beginning."""
    at_us = (source.start_ns or 0) // NS_PER_US + round(from_s * 1_000_000)
    try:
        source.container.seek(at_us)
    except _TROUBLES:
        source.container.seek(0)


def _decoded(path: str, found: _Packets, track: Track) -> Iterator[Decoded]:
    decoding = Decoding(path, found, track, lambda _: False)
    while True:
        try:
            yield from decoding.next() or ()
        except Ended:
            return


def _shown(decoded: Decoded) -> VideoFrame:
    picture = cast("Picture", decoded.frame)
    return to_frame(picture, decoded.begin_ns, pixel_aspect(decoded.aspect), decoded.turned)
