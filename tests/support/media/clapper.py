"""A clapper, to show sound and picture together: a white frame and a beep, once a second.

Both begin in the middle of each second. ``clapper_frames`` and ``clapper_blocks`` make them with exact times,
``LiveClapper`` and ``LiveBeeper`` are sources that show them in real time, and ``decode`` takes chunks apart
again with FFmpeg's decoders and says when pictures flash and when sound begins.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from device.clock import Clock
from device.frames import PixelFormat, SoundBlock, VideoFrame
from protocol.footage.format.model import ClockLabel, PlainChunk, Track

NS = 1_000_000_000
RATE = 48_000
BEEP_S = 0.05
BEEP_HZ = 1_000.0


def label(boot_ns: int) -> ClockLabel:
    """A wall clock that began with the boot clock, in 2026."""
    return ClockLabel(1_790_000_000_000_000 + boot_ns // 1000, synchronised=True, error_us=100)


def picture(index: int, fps: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The I420 picture of that number: grey, with a moving bar, and white in the middle of each second."""
    width, height = size
    image = np.full((height * 3 // 2, width), 128, np.uint8)
    image[:height] = 40
    image[:height, (index * 4) % (width - 8) :][:, :8] = 120
    if index % fps == fps // 2:
        image[:height] = 235
    return image


def beep(first: int, count: int, rate: int = RATE) -> NDArray[np.float32]:
    """Samples from the ``first`` on: silent but for a beep in the middle of each second."""
    time = (first + np.arange(count)) / rate % 1.0
    on = (time >= 0.5) & (time < 0.5 + BEEP_S)
    return (np.sin(2 * np.pi * BEEP_HZ * (time - 0.5)) * on * 0.8).astype(np.float32)


def clapper_frames(
    seconds: float, *, fps: int = 12, size: tuple[int, int] = (160, 96), start_ns: int = 0
) -> Iterator[VideoFrame]:
    """Pictures with exact times."""
    for index in range(round(seconds * fps)):
        yield VideoFrame(picture(index, fps, size), start_ns + index * NS // fps, PixelFormat.I420)


def clapper_blocks(
    seconds: float, *, rate: int = RATE, block: int = 960, start_ns: int = 0, true_rate: float | None = None
) -> Iterator[SoundBlock]:
    """Blocks with exact times.

    Args:
        seconds: How much.
        rate: What the card says it does.
        block: Samples per block.
        start_ns: The time of the first sample.
        true_rate: What it really does by the boot clock.
    """
    real = true_rate or float(rate)
    for first in range(0, round(seconds * rate), block):
        at = start_ns + round(first * NS / real)
        time = (first + np.arange(block)) / real
        yield SoundBlock(_beep_at(time)[:, np.newaxis], rate, at)


def _beep_at(time: NDArray[np.float64]) -> NDArray[np.float32]:
    phase = time % 1.0
    on = (phase >= 0.5) & (phase < 0.5 + BEEP_S)
    return (np.sin(2 * np.pi * BEEP_HZ * (phase - 0.5)) * on * 0.8).astype(np.float32)


class LiveClapper:
    """The clapper's picture as a source, in real time from ``epoch_ns`` on."""

    def __init__(
        self, clock: Clock, epoch_ns: int, *, fps: int = 12, size: tuple[int, int] = (160, 96)
    ) -> None:
        self.width, self.height = size
        self.fps = float(fps)
        self.given: list[int] = []
        self._clock, self._epoch, self._rate, self._size = clock, epoch_ns, fps, size
        self._wait = threading.Event()
        self._index = 0

    def open(self) -> None:
        if self.given:  # opened again: what is past is past
            self._index = (self._clock.boot_ns() - self._epoch) * self._rate // NS + 1

    def read(self) -> VideoFrame | None:
        due = self._epoch + self._index * NS // self._rate
        _wait_until(self._clock, due, self._wait)
        image = picture(self._index, self._rate, self._size)
        self._index += 1
        self.given.append(due)
        return VideoFrame(image, due, PixelFormat.I420)

    def close(self) -> None:
        """Nothing to let go of."""


class LiveBeeper:
    """The clapper's sound as a source, in real time from ``epoch_ns`` on."""

    def __init__(self, clock: Clock, epoch_ns: int, *, block: int = 960) -> None:
        self.given = 0
        self._clock, self._epoch, self._block = clock, epoch_ns, block
        self._wait = threading.Event()
        self._first = 0

    def open(self) -> None:
        if self.given:  # opened again: what is past is past
            heard = (self._clock.boot_ns() - self._epoch) * RATE // NS
            self._first = heard // self._block * self._block

    def read(self) -> SoundBlock | None:
        first, self._first = self._first, self._first + self._block
        _wait_until(self._clock, self._epoch + self._first * NS // RATE, self._wait)
        self.given += self._block
        samples = beep(first, self._block)[:, np.newaxis]
        return SoundBlock(samples, RATE, self._epoch + first * NS // RATE)

    def close(self) -> None:
        """Nothing to let go of."""


def _wait_until(clock: Clock, due_ns: int, never: threading.Event) -> None:
    while (left := due_ns - clock.boot_ns()) > 0:
        never.wait(left / NS)


@dataclass(frozen=True)
class Decoded:
    """What chunks show and let hear, decoded in one go. Times in seconds from ``origin_ns``."""

    frames: int
    samples: int
    flashes: tuple[float, ...]
    beeps: tuple[float, ...]

    @property
    def offsets(self) -> list[float]:
        """For each beep, how much earlier or later than the nearest flash it is, in seconds."""
        return [min((beep - flash for flash in self.flashes), key=abs) for beep in self.beeps]


def joined_parts(chunks: Iterable[PlainChunk], track: Track) -> bytes:
    """The parts of a track as one file: the first whole, of the others the fragments alone."""
    parts = [part.data for chunk in chunks for part in chunk.parts if part.track is track]
    return parts[0] + b"".join(part[part.index(b"moof") - 4 :] for part in parts[1:])


def decode(chunks: Sequence[PlainChunk], origin_ns: int = 0) -> Decoded:
    """Decode all parts of both tracks."""
    flashes, frames = [], 0
    with av.open(io.BytesIO(joined_parts(chunks, Track.VIDEO)), "r") as container:
        for image in container.decode(video=0):
            frames += 1
            if image.to_ndarray()[: image.height].mean() > 180:
                flashes.append(_seconds(image, origin_ns))
    beeps, samples, silent_since = [], 0, -1.0
    with av.open(io.BytesIO(joined_parts(chunks, Track.AUDIO)), "r") as container:
        for sound in container.decode(audio=0):
            begin = _seconds(sound, origin_ns)
            samples += sound.samples
            for loud in np.flatnonzero(np.abs(sound.to_ndarray()[0]) > 0.2):
                at = begin + loud / RATE
                if at - silent_since > 0.3:
                    beeps.append(at)
                silent_since = at
    return Decoded(frames, samples, tuple(flashes), tuple(beeps))


def _seconds(frame: av.VideoFrame | av.AudioFrame, origin_ns: int) -> float:
    assert frame.pts is not None
    assert frame.time_base is not None
    return float(frame.pts * frame.time_base - origin_ns / NS)
