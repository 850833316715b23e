"""A camera whose driver hangs: whoever reads it never does, says so, and never piles up threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from device.clock import SystemClock
from device.frames import VideoFrame
from device.settings import VideoSettings
from device.sources import choose
from device.sources.apart import SILENT_S, Apart
from device.sources.base import Pause, SourceError
from device.sources.choose import SourceChooser

PATIENCE_S = 30


@dataclass
class _Camera:
    """Gives ``pictures`` pictures, and then hangs until it is let go."""

    pictures: int = 0
    refuses: str = ""
    hangs_in_open: bool = False
    width: int = 64
    height: int = 48
    fps: float = 25.0
    read_so_far: int = 0
    let_go: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        if self.hangs_in_open:
            assert self.let_go.wait(PATIENCE_S)
        if self.refuses:
            raise SourceError(self.refuses)

    def read(self) -> VideoFrame | None:
        if self.read_so_far == self.pictures:
            assert self.let_go.wait(PATIENCE_S)
            return None
        self.read_so_far += 1
        return VideoFrame(np.zeros((48, 64, 3), np.uint8), self.read_so_far)

    def close(self) -> None:
        self.closed.set()


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def camera() -> Iterator[_Camera]:
    made = _Camera()
    yield made
    made.let_go.set()


def _pictures(source: Apart, count: int) -> list[int]:
    found: list[int] = []
    while len(found) < count:
        item = source.read()
        if isinstance(item, VideoFrame):
            found.append(item.boot_ns)
    return found


def test_pictures_come_in_order_and_what_is_known_once_open(camera: _Camera) -> None:
    camera.pictures = 40
    source = Apart(lambda: camera, "0")
    source.open()
    assert (source.width, source.height, source.fps) == (64, 48, 25.0)
    assert _pictures(source, 40) == list(range(1, 41))
    camera.let_go.set()
    while isinstance(item := source.read(), Pause):
        pass
    assert item is None
    source.close()
    assert camera.closed.is_set()
    assert not source.hangs


def test_a_camera_is_never_read_far_ahead(camera: _Camera) -> None:
    camera.pictures = 1000
    source = Apart(lambda: camera, "0")
    source.open()
    _pictures(source, 10)
    assert camera.read_so_far <= 10 + 1, "what was taken last may still be looked at, and one waits"
    source.close()
    assert camera.closed.is_set()


def test_a_driver_that_hangs_keeps_nobody_waiting_and_is_given_up(camera: _Camera) -> None:
    seconds = _Seconds()
    camera.pictures = 2
    source = Apart(lambda: camera, "0", seconds)
    source.open()
    _pictures(source, 2)
    assert source.read() == Pause()
    seconds.now = SILENT_S + 1
    with pytest.raises(SourceError, match="The camera 0 has given no picture for 9 s: unplug it"):
        source.read()


def test_a_camera_that_hangs_while_it_opens_is_given_up_too(
    camera: _Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.sources.apart._OPEN_S", 0.01)
    seconds = _Seconds()
    camera.hangs_in_open = True
    source = Apart(lambda: camera, "0", seconds)
    source.open()
    assert source.read() == Pause()
    seconds.now = SILENT_S + 1
    with pytest.raises(SourceError, match="has given no picture"):
        source.read()


def test_what_the_source_says_is_said(camera: _Camera) -> None:
    camera.refuses = "The camera /dev/video0 does not open."
    with pytest.raises(SourceError, match="does not open"):
        Apart(lambda: camera, "0").open()


def test_a_camera_that_still_hangs_is_not_opened_again_until_its_driver_answers(
    camera: _Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.sources.apart._CLOSE_S", 0.01)
    monkeypatch.setattr(choose, "LiveVideo", lambda *_: camera)
    chooser = SourceChooser(SystemClock())
    source = chooser.video(VideoSettings(source="0"))
    source.open()
    source.close()
    with pytest.raises(SourceError, match="The camera 0 hangs, its driver does not answer: unplug it"):
        chooser.video(VideoSettings(source="0"))
    camera.let_go.set()
    assert camera.closed.wait(PATIENCE_S)
    source.close()
    chooser.video(VideoSettings(source="0"))
