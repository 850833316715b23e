"""What the camera's readers of files give, in driven time: by the same classes, as fast as can be decoded.

    filmed = driven_capture(path, seconds=10.2)
    filmed.flashes, filmed.tones, filmed.holes(Track.AUDIO), filmed.troubles

The clock stands while a reader works and goes on while it waits, so a loaded machine changes nothing. Streams
keep a pace of their own and cannot be driven: ``tests.support.media.field`` films them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from device.frames import PixelFormat, SoundBlock, VideoFrame
from device.settings import AudioSettings, VideoSettings
from device.sources.base import AudioSource, Pause, SourceError, VideoSource
from device.sources.choose import SourceChooser
from device.sources.pace import Start
from protocol.footage.format.model import ClockLabel, Track
from tests.support.media.clapper import NS, RATE, label
from tests.support.media.shown import HEIGHT, Shown

RETRY_NS = NS
_STEP_NS = NS // 50
_NOTHING_CAME_S = 0.05
_MOST_IDLE = 400
"""Looks in a row without anything, each of up to a tenth of a second, while nothing may go on."""


class DrivenClock:
    """A boot clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_ns = 1000 * NS

    def boot_ns(self) -> int:
        return self.now_ns

    def label(self) -> ClockLabel:
        return label(self.now_ns)

    def sleep(self, seconds: float) -> None:
        self.now_ns += max(round(seconds * NS), 1)


@dataclass
class DrivenCapture(Shown):
    """Pictures and sound of a source, in seconds from when it began to play."""

    seen: list[tuple[float, NDArray[np.uint8]]] = field(default_factory=list)
    shapes: list[tuple[float, int, int, float]] = field(default_factory=list)
    """Time, width, height and shape of pixels, at each picture that differs in them from the last."""
    brightness: list[float] = field(default_factory=list)
    heard: list[tuple[float, NDArray[np.float32]]] = field(default_factory=list)
    marked: list[float] = field(default_factory=list)
    """When blocks began that said that sound is missing before them."""
    troubles: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    ended: set[Track] = field(default_factory=set)
    fps: float = 0.0
    height: int | None = HEIGHT

    @property
    def pictures(self) -> list[tuple[float, NDArray[np.uint8]]]:
        return self.seen

    @property
    def sound(self) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        if not self.heard:
            return np.empty(0), np.empty(0, np.float32)
        times = [at + np.arange(len(samples)) / RATE for at, samples in self.heard]
        return np.concatenate(times), np.concatenate([samples for _, samples in self.heard])

    def holes(self, track: Track, longer_than: float = 0.1) -> list[tuple[float, float]]:
        """Begin and length of what is missing between the beginning of the file and the last that came."""
        if track is Track.VIDEO:
            spans = [(at, at) for at, _ in self.seen]
        else:
            spans = [(at, at + len(samples) / RATE) for at, samples in self.heard]
        found, end = [], 0.0
        for begin, until in spans:
            if begin - end > longer_than:
                found.append((round(end, 2), round(begin - end, 2)))
            end = until
        return found


def driven_capture(
    source: str | Path,
    *,
    seconds: float,
    sound: str | Path | None = None,
    loop: bool = True,
    fps: float = 25,
    height: int | None = HEIGHT,
) -> DrivenCapture:
    """Film a file.

    Args:
        source: Of the picture.
        seconds: For so long, on the driven clock.
        sound: Of the sound; the same where it is None, none where it is empty.
        loop: Whether a file begins again.
        fps: Pictures a second at most.
        height: To which pictures are scaled, their pixels made square; None leaves them as they come.
    """
    clock = DrivenClock()
    origin = clock.boot_ns()
    chooser = SourceChooser(clock, Start(origin), clock.sleep)
    filmed = DrivenCapture(height=height)
    video = _Reader(
        lambda: chooser.video(VideoSettings(str(source), loop=loop, fps=fps)), filmed, clock, Track.VIDEO
    )
    readers = [video]
    if sound != "":
        settings = AudioSettings(str(sound or source), loop=loop)
        readers.append(_Reader(lambda: chooser.audio(settings), filmed, clock, Track.AUDIO))
    end_ns, idle = origin + round(seconds * NS), 0
    try:
        while clock.boot_ns() < end_ns and not all(reader.over for reader in readers):
            before = clock.boot_ns()
            waits = [reader.read(origin) for reader in readers]
            if clock.boot_ns() == before and not any(waits):
                clock.now_ns += _STEP_NS
            idle = 0 if clock.boot_ns() > before else idle + 1
            assert idle < _MOST_IDLE, "nothing comes, though it would be due"
    finally:
        for reader in readers:
            reader.close()
    return filmed


class _Reader:
    """What a feed does with a source, on the thread of the one who drives it."""

    def __init__(
        self,
        make: Callable[[], VideoSource | AudioSource],
        filmed: DrivenCapture,
        clock: DrivenClock,
        track: Track,
    ) -> None:
        self._make = make
        self._into = filmed
        self._clock = clock
        self._track = track
        self._source: VideoSource | AudioSource | None = None
        self._again_ns = 0
        self.over = False

    def read(self, origin: int) -> bool:
        """Take what is there; whether the clock has to stand until more has been read."""
        if self.over or self._clock.boot_ns() < self._again_ns:
            return False
        try:
            item = self._read_on(self._opened(), origin)
        except SourceError as error:
            self.close()
            self._again_ns = self._clock.boot_ns() + RETRY_NS
            _once(self._into.troubles, str(error))
            return False
        if item is None:
            self.over = True
            self._into.ended.add(self._track)
        if not isinstance(item, Pause):
            return False
        _once(self._into.remarks, item.sentence)
        return item.late

    def _opened(self) -> VideoSource | AudioSource:
        if self._source is None:
            self._source = self._make()
            self._source.open()
        return self._source

    def _read_on(
        self, source: VideoSource | AudioSource, origin: int
    ) -> VideoFrame | SoundBlock | Pause | None:
        """Read until it is the other one's turn, or nothing is there; the last that came."""
        until, began = self._clock.boot_ns() + _STEP_NS, time.perf_counter()
        while (item := source.read()) is not None and self._clock.boot_ns() <= until:
            if not isinstance(item, Pause):
                self._take(item, origin)
                began = time.perf_counter()
            elif time.perf_counter() - began > _NOTHING_CAME_S or item.late:
                return item  # else it was a picture that is not wanted
        if item is not None and not isinstance(item, Pause):
            self._take(item, origin)
        return item

    def close(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _take(self, item: VideoFrame | SoundBlock, origin: int) -> None:
        at = (item.boot_ns - origin) / NS
        if isinstance(item, SoundBlock):
            self._into.heard.append((at, item.samples[:, 0].copy()))
            if item.after_hole:
                self._into.marked.append(at)
            return
        luma = _luma(item)
        height, width = luma.shape
        shape = (width, height, item.pixel_aspect)
        if not self._into.shapes or self._into.shapes[-1][1:] != shape:
            self._into.shapes.append((at, *shape))
        self._into.fps = getattr(self._source, "fps", 0.0)
        self._into.brightness.append(float(luma.mean()))
        if (high := self._into.height) is not None:
            wide = max(round(high * width * item.pixel_aspect / height), 1)
            luma = cv2.resize(luma, (wide, high), interpolation=cv2.INTER_AREA).astype(np.uint8)
        self._into.seen.append((at, luma))


def _once(said: list[str], sentence: str) -> None:
    if sentence and sentence not in said:
        said.append(sentence)


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    if frame.format is PixelFormat.I420:
        return frame.image[: frame.image.shape[0] * 2 // 3]
    grey = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.asarray(16 + grey * (219 / 255)).astype(np.uint8)
