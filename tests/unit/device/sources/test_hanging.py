"""A call that hangs in the network, in a name server or on a disk: nobody waits for it, and it is said."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from device.clock import SystemClock
from device.settings import VideoSettings
from device.sources.base import Pause, SourceError
from device.sources.choose import MOST_HANGING, SourceChooser
from device.sources.demux import played_video
from device.sources.demux.reading import connection as module
from device.sources.demux.reading.connection import Connection
from device.sources.demux.reading.source_memory import QUICK_S, SourceMemory
from device.sources.pace import Start
from protocol.footage.format.model import Track

PATIENCE_S = 30


class _Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Opening anything hangs until this is set, and then fails."""
    let_go = threading.Event()

    def hang(*_: object) -> None:
        assert let_go.wait(PATIENCE_S)
        raise OSError("let go")

    monkeypatch.setattr(module, "open_source", hang)
    yield let_go
    let_go.set()


@pytest.mark.parametrize(
    ("source", "check"),
    [
        (
            "rtsp://admin:hunter2@10.0.0.7/cam",
            "rtsp://10.0.0.7/… has not answered for 20 s: check it and its",
        ),
        (
            "/media/card/walk.mp4",
            "/media/card/walk.mp4 has not answered for 20 s: check what it is stored on",
        ),
    ],
)
def test_whoever_takes_gives_up_a_source_that_does_not_open(
    source: str, check: str, hanging: threading.Event
) -> None:
    seconds, memory = _Seconds(), SourceMemory()
    connection = Connection(source, SystemClock(), start=Start(), memory=memory, monotonic=seconds)
    connection.attach(Track.VIDEO)
    connection.wait_open(Track.VIDEO, 0.01)
    seconds.now = QUICK_S
    assert connection.take(Track.VIDEO, 0.01) is None
    seconds.now = 20
    connection.take(Track.VIDEO, 0.01)
    with pytest.raises(SourceError, match=check):
        connection.take(Track.VIDEO, 0.01)
    assert connection.hangs
    assert memory.unanswered == 1


def test_attempts_that_hang_do_not_pile_up(hanging: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(played_video, "_OPEN_S", 0.01)
    before = set(threading.enumerate())  # other tests leave theirs behind
    chooser = SourceChooser(SystemClock())
    settings = VideoSettings(source="rtsp://10.0.0.7/cam")
    for _ in range(MOST_HANGING):
        source = chooser.video(settings)
        source.open()
        assert source.read() == Pause()
        source.close()
    with pytest.raises(SourceError, match=rf"{MOST_HANGING} attempts to open it still hang: check it, its"):
        chooser.video(settings).open()
    began = [each for each in threading.enumerate() if each.name == "capture-demux" and each not in before]
    assert len(began) == MOST_HANGING
    hanging.set()
    for thread in began:
        thread.join(PATIENCE_S)
    monkeypatch.setattr(played_video, "_OPEN_S", float(PATIENCE_S))
    with pytest.raises(SourceError, match="let go"):
        chooser.video(settings).open()
