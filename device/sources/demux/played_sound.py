"""The sound of a file or stream, by its own times, as 48 kHz mono in blocks of 20 ms."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final, cast

import av
import numpy as np

from device.frames import SoundBlock
from device.settings import AUDIO_RATE
from device.sources.base import Pause, SourceError
from device.sources.demux.decoding import Decoded, Decoding, Ended
from device.sources.demux.mono import MonoResampler
from device.sources.demux.reading.address import is_stream
from device.sources.demux.sound_line import Heard, SoundLine
from device.sources.pace import Pacer
from protocol.footage.format.model import GapCause, Track
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.audio.frame import AudioFrame

    from device.clock import Clock
    from device.settings import AudioSettings
    from device.sources.demux.reading.connection import Connection

_OPEN_S: Final = 1.0


class PlayedSound:
    """Sound of a connection, each block when it is over.

    Args:
        settings: The source.
        clock: Paces it.
        connect: Gives the connection of the source, which its picture uses too.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(
        self,
        settings: AudioSettings,
        clock: Clock,
        connect: Callable[[], Connection],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source = settings.source
        self._clock = clock
        self._connect = connect
        self._live = is_stream(settings.source)
        self._pacer = Pacer(clock, sleep)
        self._connection: Connection | None = None
        self._decoding: Decoding | None = None
        self._resampler = MonoResampler()
        self._line = SoundLine()
        self._follows_ns = 0
        self._ready: deque[Heard] = deque()
        self._skipped = False
        self._ended = False

    def open(self) -> None:
        """Join the source where it is by now.

        Raises:
            SourceError: It is missing or holds no sound.
        """
        self._connection = connection = self._connect()
        connection.attach(Track.AUDIO)
        self._decoding = Decoding(self._source, connection, Track.AUDIO, self._pacer.late)
        connection.wait_open(Track.AUDIO, _OPEN_S)

    def read(self) -> SoundBlock | Pause | None:
        """The next block when it is over; ``None`` after the last.

        Raises:
            SourceError: The source broke off.
        """
        while True:
            while not self._ready:
                if self._ended:
                    return None
                if not self._decode():
                    behind = self._connection is not None and self._connection.is_behind
                    return Pause(late=not self._live and behind)
            if not self._pacer.wait(self._ready[0].end_ns):
                return Pause()
            heard = self._ready.popleft()
            if not self._pacer.late(heard.begin_ns):
                hole = heard.after_hole or self._skipped
                self._skipped = False
                if not self._live:
                    self._pacer.wait_for_slow_machines()
                samples = heard.samples[:, np.newaxis]
                return SoundBlock(samples, AUDIO_RATE, heard.begin_ns, hole, GapCause.STALLED)
            self._skipped = True

    def close(self) -> None:
        """Let go of the source."""
        if self._connection is not None:
            self._connection.detach(Track.AUDIO)
            self._connection = None

    def _decode(self) -> bool:
        """Decode some more; whether anything was there."""
        if self._decoding is None:
            raise SourceError("The sound source was read before it was opened.")
        passes = self._decoding.passes
        try:
            frames = self._decoding.next()
        except Ended:
            self._finish_pass()
            self._ready.extend(self._line.flush())
            self._ended = True
            return True
        for frame in frames or ():
            self._hear(frame)
        if self._decoding.passes != passes:
            self._finish_pass()
            self._line.new_pass()
        return frames is not None

    def _hear(self, decoded: Decoded) -> None:
        frame = cast("AudioFrame", decoded.frame)
        if frame.sample_rate <= 0 or not frame.samples:
            return
        try:
            if self._resampler.would_change(frame):
                self._finish_pass()
                self._line.new_pass()
            samples, begin = self._resampler.push(frame, decoded.begin_ns)
        except (av.FFmpegError, ValueError):
            self._resampler = MonoResampler()
            return
        self._follows_ns = begin + len(samples) * NS_PER_S // AUDIO_RATE
        self._ready.extend(self._line.push(samples, begin))

    def _finish_pass(self) -> None:
        self._ready.extend(self._line.push(self._resampler.flush(), self._follows_ns))
