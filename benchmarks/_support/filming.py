"""One whole camera that films 1080p30, in a process of its own: ``python -m benchmarks._support.filming``.

It fills its ring, is pressed, records, is stopped, and says as JSON what that cost. What the camera costs
beside capture and encode is a difference within this one run: all that the process used, less what was used
while a sensor was read, a picture converted, and a picture or sound encoded, and less the threads of x264 and
OpenCV. So it matters little what else the machine does.

It has a link, which finds no fleet: what uploads cost is not in these figures.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2

from benchmarks._support.panning import FPS, HEIGHT, WIDTH, Hiss, PanningCamera, panorama
from benchmarks._support.processor import foreign_threads_s, resident_mb
from device.camera import Camera
from device.capture.sensors import Sensors
from device.clock import SystemClock
from device.config.file import check_config
from device.encode.aac import AacStream
from device.encode.picture import Canvas, for_encoder
from device.encode.video import VideoEncoder
from device.errors import DeviceError
from device.frames import VideoFrame
from device.process.memory import keep_one_heap
from device.settings import VideoSettings
from protocol.footage.verifying.verify import verify_recording
from protocol.units import NS_PER_S
from tests.support.camera.identities import enrol_without_fleet
from tests.support.media.recordings import make_identity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CAPTURE_AND_ENCODE: Final = (
    (PanningCamera, "read"),
    (Hiss, "read"),
    (Canvas, "fit"),
    (VideoEncoder, "encode"),
    (AacStream, "encode"),
)
_SETTLE_S: Final = 3.0
_ENCODER_PICTURES: Final = 60
_LOOKS: Final = 10


@dataclass(frozen=True, slots=True)
class Costs:
    """What a camera cost.

    Attributes:
        idle: Beside capture and encode while the ring fills and is full, in percent of a core.
        recording: The same while it records.
        capture_and_encode: These themselves, in percent of a core.
        resident_mb: What the process held with a full ring, less the benchmark's own picture; the median of
            some looks.
        recorded_s: Length of the recording.
        gaps: In the recording, each of one track.
        missing_s: How long they are together.
        verdict: Of the recording, as ``lapel-verify`` says it.
    """

    idle: float
    recording: float
    capture_and_encode: float
    resident_mb: float
    recorded_s: float
    gaps: int
    missing_s: float
    verdict: str


class Meter:
    """Counts the processor time of what is wrapped, by the thread that does it."""

    def __init__(self) -> None:
        self._spent_ns: Counter[int] = Counter()

    def wrap(self, owner: type, name: str) -> None:
        """Have every call of a method counted; none that is wrapped may call another."""
        method: Callable[..., Any] = getattr(owner, name)

        @wraps(method)
        def counted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever is wrapped
            began = time.thread_time_ns()
            try:
                return method(*args, **kwargs)
            finally:
                self._spent_ns[threading.get_ident()] += time.thread_time_ns() - began

        setattr(owner, name, counted)

    @property
    def spent_s(self) -> float:
        """How much so far, of all threads."""
        return sum(self._spent_ns.copy().values()) / NS_PER_S


class Phase:
    """A time of which the cost is wanted; begins when it is made."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._began = time.perf_counter()
        self._before = self._now()

    def percent(self) -> tuple[float, float]:
        """Beside capture and encode, and these, in percent of a core since the beginning."""
        seconds = time.perf_counter() - self._began
        whole, known = (now - then for now, then in zip(self._now(), self._before, strict=True))
        return 100 * (whole - known) / seconds, 100 * known / seconds

    def _now(self) -> tuple[float, float]:
        return time.process_time(), self._meter.spent_s + foreign_threads_s()


def measure(state: Path, *, window_s: int, idle_s: int, recording_s: int) -> Costs:
    """Film, and say what it cost."""
    identity = make_identity()
    enrol_without_fleet(state, identity)
    meter, clock, wide = Meter(), SystemClock(), panorama()
    cv2.setNumThreads(1)  # so that what converts is counted in the thread that asks for it
    for owner, name in CAPTURE_AND_ENCODE:
        meter.wrap(owner, name)
    sensors = Sensors(
        clock=clock, open_video=lambda _: PanningCamera(clock, wide), open_audio=lambda _: Hiss(clock)
    )
    camera = Camera(check_config(_config(state, window_s)), sensors)
    camera.start()
    time.sleep(_SETTLE_S)
    phase = Phase(meter)
    while camera.status().recorder.prerecord_s < window_s - 1:
        time.sleep(1)
    looks = []
    for _ in range(_LOOKS):
        time.sleep(idle_s / _LOOKS)
        looks.append(resident_mb() - wide.nbytes / 1e6)
    idle, _ = phase.percent()
    pressed = camera.press()
    if not pressed.ok or pressed.number is None:
        raise DeviceError(pressed.sentence)
    phase = Phase(meter)
    time.sleep(recording_s)
    recording, known = phase.percent()
    camera.stop()
    camera.shutdown()
    folder = state / "recordings" / f"{pressed.number:08d}"
    report = verify_recording(
        {path.name: path.read_bytes() for path in folder.iterdir()}, authorities=[identity.authority]
    )
    return Costs(
        idle=idle,
        recording=recording,
        capture_and_encode=known,
        resident_mb=statistics.median(looks),
        recorded_s=(report.duration_ns or 0) / NS_PER_S,
        gaps=len(report.gaps),
        missing_s=sum(gap.duration_ns for gap in report.gaps) / NS_PER_S,
        verdict=report.sentence,
    )


def encoder_mb() -> float:
    """What an encoder for such pictures holds in memory once it is at work, in MB."""
    canvas, wide = Canvas(WIDTH, HEIGHT), panorama()
    frames = [canvas.own(VideoFrame(wide[:, left : left + WIDTH], 0)) for left in range(0, 40, 4)]
    before = resident_mb()
    encoder = VideoEncoder(VideoSettings(width=WIDTH, height=HEIGHT, fps=FPS, encoder="libx264"))
    for number in range(_ENCODER_PICTURES):
        encoder.encode(for_encoder(frames[number % len(frames)]), number * NS_PER_S // FPS)
    return resident_mb() - before


def _config(state: Path, window_s: int) -> dict[str, Any]:
    return {
        "camera": {"state_dir": str(state), "window_s": float(window_s), "require_assignment": False},
        "video": {"width": WIDTH, "height": HEIGHT, "fps": FPS, "encoder": "libx264"},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line: the result is one line of JSON."""
    parser = argparse.ArgumentParser(description="Film with one camera, and say what it costs.")
    parser.add_argument("state", type=Path)
    parser.add_argument("--window", type=int, default=180, help="seconds of pre-record")
    parser.add_argument("--idle", type=int, default=30, help="seconds with a full ring before the press")
    parser.add_argument("--recording", type=int, default=60, help="seconds from press to stop")
    parser.add_argument("--encoder", action="store_true", help="say what an encoder holds, and film nothing")
    asked = parser.parse_args(arguments)
    keep_one_heap()  # as ``lapel-device run`` does
    if asked.encoder:
        print(json.dumps(encoder_mb()))
        return
    made = measure(asked.state, window_s=asked.window, idle_s=asked.idle, recording_s=asked.recording)
    print(json.dumps(asdict(made)), flush=True)
    os._exit(0)  # threads of the link may hang in the network


if __name__ == "__main__":
    main()
