"""Sensors that do not open are tried again, but not in a loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from device import sensor_control
from device.capture import chunk_queue
from device.capture.capture import Capture
from device.capture.chunk_queue import LineOfFootage
from device.capture.sensors import Sensors
from device.clock import SystemClock
from device.errors import DeviceError
from device.frames import VideoFrame
from device.ring.window import Window
from device.sensor_control import OPEN_STILL, SensorControl
from device.settings import CaptureSettings, OverlaySettings, VideoSettings
from protocol.footage.format.model import GapCause, PlainChunk
from tests.support.storage.disks import PATIENCE_S, until


def test_an_encoder_that_does_not_open_again_is_tried_once_in_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried, in_a_loop, tries = threading.Event(), threading.Event(), 0

    class Busy:
        def __init__(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 - whatever a capture takes
            nonlocal tries
            tries += 1
            tried.set()
            if tries > 2:
                in_a_loop.set()
            raise DeviceError("The encoder is busy.")

    recorder = SimpleNamespace(
        sensors=False, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    monkeypatch.setattr(sensor_control, "Capture", Busy)
    monkeypatch.setattr(sensor_control, "ANEW_S", 60)
    keeping = SensorControl(recorder, None, None)  # type: ignore[arg-type]  # neither is looked into
    keeping.start()
    try:
        recorder.sensors = True
        recorder.on_sensors()
        assert tried.wait(20)
        assert not in_a_loop.wait(0.3)
        assert keeping.troubles == ("The encoder is busy.",)
    finally:
        keeping.stop()


@pytest.mark.parametrize("cause", GapCause)
def test_what_is_older_is_dropped_only_where_it_is_not_the_wearer_s_own(cause: GapCause) -> None:
    window = Window(None, None)  # type: ignore[arg-type]  # neither is looked into
    window.begin(7, cause)
    assert window.since_ns == (7 if cause in {"private", "not assigned", "docked"} else 0)


class Kept:
    """A capture that closes when it is told to, or not."""

    def __init__(self) -> None:
        self.closed = self.broken = False
        self.closes = True
        self.troubles: tuple[str, ...] = ()
        self.conditions = None
        self.line = LineOfFootage(lambda: 0, None, goes_on=False)

    def start(self) -> None:
        pass

    def mark_recording(self, *, recording: bool) -> None:
        pass

    def close(self) -> None:
        self.closed = self.closes


@dataclass(frozen=True)
class NoSensors:
    """Nothing to perceive with."""

    prefill: None = None


# proves C11
def test_a_sensor_that_does_not_close_is_told_of_until_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = Kept()
    capture.closes = False
    recorder = SimpleNamespace(
        sensors=True, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    monkeypatch.setattr(sensor_control, "Capture", lambda *_, **__: capture)
    keeping = SensorControl(recorder, NoSensors(), None)  # type: ignore[arg-type]  # neither is looked into
    keeping._follow()
    recorder.sensors = False
    keeping._follow()
    assert not keeping.wait_until_closed(0)
    assert keeping.troubles == (OPEN_STILL,)
    capture.closed = True
    assert keeping.wait_until_closed(0)
    assert not keeping.troubles


# proves C11
def test_sensors_that_are_about_to_open_are_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = SimpleNamespace(
        sensors=True, recording=False, push=None, expire=lambda: None, tick=lambda: None
    )
    answers: list[bool] = []

    def make(*_: Any, **__: Any) -> Kept:  # noqa: ANN401 - whatever a capture takes
        recorder.sensors = False  # it is made private while the capture is made
        answers.append(keeping.wait_until_closed(0))
        return Kept()

    monkeypatch.setattr(sensor_control, "Capture", make)
    keeping = SensorControl(recorder, NoSensors(), None)  # type: ignore[arg-type]  # neither is looked into
    keeping._follow()
    assert answers == [False]
    assert keeping.wait_until_closed(0)


@dataclass
class Scene:
    """A real capture of a grey wall for a recorder whose card hangs until it is to answer."""

    sensors: bool = True
    recording: bool = True
    opened: int = 0
    is_open: bool = False
    taken: list[PlainChunk] = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)
    answers: threading.Event = field(default_factory=threading.Event)
    captures: list[Capture] = field(default_factory=list)
    on_sensors: Callable[[], None] = lambda: None
    cut: Callable[[], None] = lambda: None
    clock: SystemClock = field(default_factory=SystemClock)
    fps: float = 30

    def open(self) -> None:
        self.opened += 1
        self.is_open = True

    def read(self) -> VideoFrame:
        threading.Event().wait(1 / self.fps)
        return VideoFrame(np.full((96, 160, 3), 128, np.uint8), self.clock.boot_ns())

    def close(self) -> None:
        self.is_open = False

    def push(self, chunk: PlainChunk) -> None:
        self.hangs.set()
        assert self.answers.wait(PATIENCE_S)
        self.taken.append(chunk)

    def expire(self) -> None:
        pass

    def tick(self) -> None:
        pass

    def notice(self, _: object) -> None:
        pass

    def want(self, *, sensors: bool) -> None:
        self.sensors = sensors
        self.on_sensors()

    def have_chunks(self, count: int) -> None:
        """Wait until the capture that was opened last has made so many chunks, the last one cut for that."""
        last = self.captures[-1]
        until(lambda: last.counts.frames > last.counts.chunks * 5 + 5)
        while last.counts.chunks < count:
            made = last.counts.chunks
            last.cut()
            until(lambda: last.counts.chunks > made)  # noqa: B023 - asked for in this very round


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Scene, SensorControl]]:
    scene = Scene()

    def capture(*args: Any, **named: Any) -> Capture:  # noqa: ANN401 - whatever a capture takes
        scene.captures.append(Capture(*args, **named))
        return scene.captures[-1]

    monkeypatch.setattr(sensor_control, "Capture", capture)
    video = VideoSettings(
        width=160, height=96, fps=30, bit_rate=200_000, preset="ultrafast", encoder="libx264"
    )
    sensors = Sensors(clock=scene.clock, open_video=lambda _: scene)  # type: ignore[arg-type,return-value]  # as far as it is looked at
    settings = CaptureSettings(video, None, OverlaySettings(enabled=False))
    control = SensorControl(scene, sensors, settings)  # type: ignore[arg-type]  # it is what is looked at
    control.start()
    yield scene, control
    scene.answers.set()
    control.stop()


# proves C3, C6 and C11
def test_sensors_open_again_while_the_card_hangs_and_nothing_that_was_filmed_is_lost(
    scene: tuple[Scene, SensorControl], monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed, control = scene
    monkeypatch.setattr(chunk_queue, "HAND_OVER_S", 0.01)  # nothing is given up before the camera stops
    filmed.have_chunks(2)
    assert filmed.hangs.wait(PATIENCE_S)
    for times in (1, 2):
        filmed.want(sensors=False)
        assert control.wait_until_closed(PATIENCE_S)
        assert not filmed.is_open
        assert not control.troubles
        filmed.want(sensors=True)
        until(lambda: filmed.is_open)
        assert filmed.opened == times + 1
        filmed.have_chunks(1)
    assert not filmed.answers.is_set()
    assert not filmed.taken
    for before in filmed.captures[:-1]:
        until(lambda: before._path._encoder is None)  # noqa: B023 - one by one; memory that no card may hold
    filmed.answers.set()
    filmed.want(sensors=False)
    assert control.wait_until_closed(PATIENCE_S)
    until(filmed.captures[-1].line.over.is_set)
    counts = [each.counts for each in filmed.captures]
    assert len(filmed.taken) == sum(each.chunks for each in counts)
    assert not any(each.lost_chunks for each in counts)
    for earlier, later in pairwise(filmed.taken):
        assert later.start_ns >= earlier.start_ns + earlier.duration_ns, "each in its order"


# proves C11
def test_a_camera_that_ends_while_its_card_hangs_says_what_is_lost(
    scene: tuple[Scene, SensorControl], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    filmed, control = scene
    filmed.have_chunks(2)
    assert filmed.hangs.wait(PATIENCE_S)
    filmed.want(sensors=False)
    assert control.wait_until_closed(PATIENCE_S)
    assert "is lost" not in caplog.text
    monkeypatch.setattr(chunk_queue, "HAND_OVER_S", 0.01)
    control.stop()
    assert "The last footage was not stored within" in caplog.text
    assert "is lost: check the card." in caplog.text
    filmed.answers.set()
    until(filmed.captures[-1].line.over.is_set)
    assert len(filmed.taken) == 1, "no chunk is handed over once it was given up"
