"""The sound of a file or stream through PyAV: any container and codec, as 48 kHz mono, as if it were live.

Rules:

- Blocks are 20 ms, stamped by counting samples from the playhead: they never jitter.
- A looped file repeats after the playhead's period, padded with silence or cut to it, to the sample.
- A network stream sets its own pace: its blocks are stamped as they arrive.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import av
import numpy as np
from av.audio.resampler import AudioResampler

from device.frames import SoundBlock
from device.settings import AUDIO_RATE
from device.sources.base import SourceError
from device.sources.pace import Pacer, Playhead
from protocol.units import NS_PER_S, NS_PER_US, US_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from numpy.typing import NDArray

    from device.clock import Clock
    from device.settings import AudioSettings

BLOCK: Final = AUDIO_RATE // 50

_TIMEOUT_S: Final = 5.0


def file_period_ns(path: str) -> int | None:
    """The length of a file's longest track; ``None`` where it cannot be read or states none."""
    try:
        with av.open(path) as container:
            return container.duration * NS_PER_US if container.duration else None
    except (av.FFmpegError, OSError):
        return None


class FileSound:
    """The first sound track of a file or stream.

    Args:
        settings: The path or address, and whether it loops.
        clock: Paces it.
        playhead: Shared with the picture of the same file.
        sleep: Waits; of the same pace as the clock.
    """

    def __init__(
        self,
        settings: AudioSettings,
        clock: Clock,
        playhead: Playhead | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._pacer = Pacer(clock, sleep)
        self._playhead = playhead or Playhead(file_period_ns(settings.source))
        self._container: InputContainer | None = None
        self._pieces: Iterator[NDArray[np.float32]] = iter(())
        self._rest = np.empty(0, np.float32)
        self._start_ns = 0
        self._position = 0
        self._length: int | None = None
        self._live = "://" in settings.source

    def open(self) -> None:
        """Open the file and join it where it is by now.

        Raises:
            SourceError: It is missing or holds no sound.
        """
        self._container = self._open_container()
        now = self._pacer.now()
        self._start_ns = self._playhead.start.at(now)
        self._length = self._loop_length()
        elapsed = (now - self._start_ns) * AUDIO_RATE // NS_PER_S
        self._position = elapsed // self._length * self._length if self._length else 0  # whole loops are over
        self._rest = np.empty(0, np.float32)
        self._pieces = self._play(self._length)

    def read(self) -> SoundBlock | None:
        """Wait until 20 ms more are over; ``None`` at the end of a file that is not looped.

        Raises:
            SourceError: The file cannot be decoded any further.
        """
        skipped = False
        while True:
            block = self._take(BLOCK)
            if block is None:
                return None
            if self._live:
                return SoundBlock(block[:, np.newaxis], AUDIO_RATE, self._pacer.now() - _span(len(block)))
            begin = self._due(self._position)
            self._position += len(block)
            if self._pacer.late(begin):
                skipped = True
                continue
            self._pacer.wait(self._due(self._position))
            return SoundBlock(block[:, np.newaxis], AUDIO_RATE, begin, after_hole=skipped)

    def close(self) -> None:
        """Let go of the file."""
        self._pieces = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def _due(self, position: int) -> int:
        return self._start_ns + _span(position)

    def _loop_length(self) -> int | None:
        """Samples after which the file repeats; ``None`` where it does not, or only its end will tell."""
        period = self._playhead.period_ns if self._settings.loop else None
        return period * AUDIO_RATE // NS_PER_S if period else None

    def _take(self, count: int) -> NDArray[np.float32] | None:
        """The next samples: fewer at the very end, ``None`` after it."""
        while len(self._rest) < count:
            try:
                piece = next(self._pieces, None)
            except (av.FFmpegError, OSError) as error:
                raise SourceError(
                    f"The sound of {self._settings.source} broke off: {_why(error)}."
                ) from error
            if piece is None:
                break
            self._rest = np.concatenate((self._rest, piece))
        block, self._rest = self._rest[:count], self._rest[count:]
        return block if len(block) else None

    def _open_container(self) -> InputContainer:
        source = self._settings.source
        try:
            container = av.open(source, timeout=_TIMEOUT_S if self._live else None)
        except FileNotFoundError as error:
            raise SourceError(f"The sound file {source} does not exist: check audio.source.") from error
        except (av.FFmpegError, OSError) as error:
            raise SourceError(
                f"{source} cannot be read as sound ({_why(error)}): give another file."
            ) from error
        if not container.streams.audio:
            container.close()
            raise SourceError(f"{source} holds no sound: give another file, or set audio.source to none.")
        return container

    def _play(self, length: int | None) -> Iterator[NDArray[np.float32]]:
        """The file's samples, pass after pass, each of ``length`` if that is known."""
        while True:
            played = 0
            for piece in self._decode_once():
                fit = piece if length is None else piece[: length - played]
                played += len(fit)
                yield fit
            if not self._settings.loop:
                return
            if not played:
                raise SourceError(f"{self._settings.source} holds no sound: give another file.")
            if length is not None:
                yield np.zeros(length - played, np.float32)

    def _decode_once(self) -> Iterator[NDArray[np.float32]]:
        """The file from its beginning to its end, with silence where its sound begins late."""
        if self._container is None:
            self._container = self._open_container()
        container, self._container = self._container, None
        with container:
            resampler = AudioResampler(format="flt", layout="mono", rate=AUDIO_RATE)
            stream = container.streams.audio[0]
            lead: int | None = None
            for frame in container.decode(stream):
                if lead is None:
                    lead = _lead(frame, container)
                    yield np.zeros(lead, np.float32)
                yield from _samples(resampler, frame)
            yield from _samples(resampler, None)


def _span(samples: int) -> int:
    return samples * NS_PER_S // AUDIO_RATE


def _lead(frame: AudioFrame, container: InputContainer) -> int:
    """How many samples after the file's beginning its sound begins."""
    begin = frame.time or 0.0
    start = (container.start_time or 0) / US_PER_S
    return max(round((begin - start) * AUDIO_RATE), 0)


def _samples(resampler: AudioResampler, frame: AudioFrame | None) -> Iterator[NDArray[np.float32]]:
    for piece in resampler.resample(frame):
        yield piece.to_ndarray().reshape(-1).astype(np.float32, copy=False)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
