"""Inputs from the field, made by ffmpeg on the spot, and the real capture that films them.

The coded clapper: in second k a white bar 32 (k + 1) pixels wide for two pictures from k + 0.52 s, and a tone
of 600 + 200 k Hz for 80 ms from k + 0.52 s, so that both name their second.

    filmed = capture_source(source, seconds=11, speed=3)
    filmed.flashes, filmed.tones, filmed.gaps
"""

from __future__ import annotations

import io
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av

from device.capture.capture import Capture
from device.capture.sensors import Sensors
from device.clock import SystemClock
from device.settings import (
    AudioSettings,
    CaptureSettings,
    OverlaySettings,
    RtspTransport,
    StreamAccess,
    VideoSettings,
)
from device.sources.choose import SourceChooser
from device.sources.pace import Start
from protocol.footage.format.model import ClockLabel, Gap, PlainChunk, Track
from tests.support.media.clapper import NS, RATE, joined_parts
from tests.support.media.shown import BAR, FIRST_HZ, HEIGHT, STEP_HZ, WIDTH, Shown

PATIENCE_S = 60


def ffmpeg(*arguments: str) -> None:
    """Run the system's ffmpeg."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", *arguments], check=True)


def clapper_arguments(seconds: int = 10) -> list[str]:
    """The two inputs of the coded clapper."""
    bars = ",".join(
        f"drawbox=w={BAR * (1 + second % 10)}:h=ih:c=white:t=fill:"
        f"enable='between(t,{second}.519,{second}.59)'"
        for second in range(seconds)
    )
    tone = f"0.8*sin(2*PI*({FIRST_HZ}+{STEP_HZ}*mod(floor(t)\\,10))*t)*between(mod(t\\,1),0.52,0.6)"
    return [
        *("-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r=25:d={seconds},{bars}"),
        *("-f", "lavfi", "-i", f"aevalsrc='{tone}':s={RATE}:d={seconds}"),
    ]


def write_base(path: Path) -> Path:
    """Ten seconds of the coded clapper as MP4."""
    coding = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac -b:a 96k"
    ffmpeg(*clapper_arguments(), *coding.split(), str(path))
    return path


class QuickClock:
    """The system's clock, so many times faster from when it was made.

    Args:
        speed: How much faster.
        stands_still: Whether it stands still with a machine that does nothing for a moment: so long as nobody
            asks for the time, little of it passes, and a busy machine films all of a file.
    """

    def __init__(self, speed: float, *, stands_still: bool = False) -> None:
        self._speed = speed
        self._inner = SystemClock()
        self._longest_ns = NS // 10 if stands_still else None
        self._lock = threading.Lock()
        self._asked_ns = self._inner.boot_ns()
        self._now_ns = float(self._asked_ns)

    def boot_ns(self) -> int:
        with self._lock:
            asked_ns = self._inner.boot_ns()
            passed_ns = asked_ns - self._asked_ns
            if self._longest_ns is not None:
                passed_ns = min(passed_ns, self._longest_ns)
            self._asked_ns, self._now_ns = asked_ns, self._now_ns + passed_ns * self._speed
            return int(self._now_ns)

    def label(self) -> ClockLabel:
        return self._inner.label()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / self._speed)


class _SeenStart(Start):
    """When files began to play, as whoever films them may look it up."""

    seen_ns: int | None = None

    def at(self, now_ns: int) -> int:
        self.seen_ns = super().at(now_ns)
        return self.seen_ns


@dataclass
class Filmed(Shown):
    """What a capture made of a source. Times in seconds from ``origin_ns``: when the file began to
    play, or filming a stream did."""

    origin_ns: int
    chunks: list[PlainChunk]
    troubles: list[str]

    def __post_init__(self) -> None:
        super().__init__(
            lambda track: av.open(io.BytesIO(joined_parts(self.chunks, track)), "r"),
            lambda: self.origin_ns / NS,
        )

    def gaps(self, track: Track, longer_than: float = 0.0) -> list[tuple[float, float]]:
        """Begin and length of what is stated as missing after the first picture or sound of that track."""
        joined: list[list[int]] = []
        for gap in self._stated(track):
            if joined and gap.start_ns - (joined[-1][0] + joined[-1][1]) < NS // 100:
                joined[-1][1] = gap.start_ns + gap.duration_ns - joined[-1][0]
            else:
                joined.append([gap.start_ns, gap.duration_ns])
        return [
            ((start - self.origin_ns) / NS, length / NS)
            for start, length in joined
            if length > longer_than * NS
        ]

    def _stated(self, track: Track) -> list[Gap]:
        return [gap for chunk in self.chunks for gap in chunk.gaps if gap.track is track]


def capture_source(
    source: str | Path,
    *,
    seconds: float,
    speed: float = 1.0,
    sound: str | Path | None = None,
    loop: bool = True,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    fps: float = 25,
    until: Callable[[Filmed], bool] | None = None,
    transport: RtspTransport = "auto",
) -> Filmed:
    """Film a source with the real capture.

    Args:
        source: Of the picture.
        seconds: For so long, on the camera's clock; shorter if ``until`` holds.
        speed: How much faster than the world the camera's clock runs: for files alone.
        sound: Of the sound; the same where it is None, none where it is empty.
        loop: Whether a file begins again.
        size: Of the recording.
        fps: At most.
        until: When to stop, asked at each chunk.
        transport: How RTSP brings its packets.
    """
    is_file = "://" not in str(source) or str(source).startswith("file:")
    clock = QuickClock(speed, stands_still=is_file)
    start = _SeenStart()
    chooser = SourceChooser(clock, sleep=clock.sleep, start=start)
    sensors = Sensors(clock=clock, open_video=chooser.video, open_audio=chooser.audio)
    settings = _settings(source, sound, size, fps, StreamAccess(transport), loop=loop)
    filmed = Filmed(clock.boot_ns(), [], [])
    changed = threading.Condition()

    def take(chunk: PlainChunk) -> None:
        with changed:
            filmed.chunks.append(chunk)
            changed.notify_all()

    def done() -> bool:
        end_ns = round(seconds * NS) + (start.seen_ns or filmed.origin_ns)
        reached = bool(filmed.chunks) and filmed.chunks[-1].start_ns + filmed.chunks[-1].duration_ns >= end_ns
        return reached or (until is not None and until(filmed))

    capture = Capture(sensors, settings, take, filmed.troubles.append)
    filmed.origin_ns = clock.boot_ns()
    capture.start()
    with changed:
        assert changed.wait_for(done, PATIENCE_S + seconds)
    capture.stop()
    if is_file:
        filmed.origin_ns = start.at(filmed.origin_ns)
    return filmed


def _settings(
    source: str | Path,
    sound: str | Path | None,
    size: tuple[int, int],
    fps: float,
    access: StreamAccess,
    *,
    loop: bool,
) -> CaptureSettings:
    video = VideoSettings(
        source=str(source),
        loop=loop,
        width=size[0],
        height=size[1],
        fps=fps,
        preset="ultrafast",
        encoder="libx264",
        access=access,
    )
    audio = None if sound == "" else AudioSettings(str(sound or source), loop=loop, access=access)
    return CaptureSettings(video, audio, OverlaySettings(enabled=False))
