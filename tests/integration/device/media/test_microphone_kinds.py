"""Microphones that are not as the usual one, at a real sound server, while a camera films.

One that is named and has another beside it; one that hangs on its plug; one whose sound server dies; one of
another rate with more than one channel. Each is heard within 11 s of being there, and the picture goes on.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from device.capture.capture import Capture
from device.capture.sensors import Sensors, real_sensors
from device.clock import SystemClock
from device.settings import AudioSettings, CaptureSettings, OverlaySettings, VideoSettings
from protocol.footage.format.model import GapCause, Track
from tests.support.media.clapper import NS, LiveClapper, joined_parts
from tests.support.sound.ear import Ear
from tests.support.sound.pulse import SoundServer, sound_server

pytestmark = pytest.mark.real_time

VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")
FOUND_WITHIN_S = 11


@dataclass
class Scene:
    """A camera that films beside a sound server."""

    server: SoundServer
    ear: Ear
    clock: SystemClock

    def heard_within(self, seconds: float, doing: Callable[[], object]) -> None:
        """Do something; what is loud after it comes within so many seconds."""
        doing()
        since_ns = self.clock.boot_ns()
        self.ear.wait(lambda: self.ear.loud_after(since_ns), "sound")
        heard_ns = self.ear.loud_after(since_ns)
        assert heard_ns is not None
        assert heard_ns - since_ns <= seconds * NS

    def lost_after(self, doing: Callable[[], object]) -> None:
        """Do something, after which the microphone is said to be gone."""
        said = len(self.ear.troubles)
        doing()
        self.ear.wait(lambda: len(self.ear.troubles) > said, "that it is gone")
        assert "stopped giving sound" in self.ear.troubles[said]


@pytest.fixture
def filming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AbstractContextManager[Scene]]:
    """Films with a microphone until the end of the block."""

    @contextmanager
    def begin(source: str = "default") -> Iterator[Scene]:
        clock, ear = SystemClock(), Ear()
        clapper = LiveClapper(clock, clock.boot_ns())
        with sound_server(tmp_path) as server:
            for name, value in server.environment.items():
                monkeypatch.setenv(name, value)
            sensors = Sensors(
                clock=clock, open_video=lambda _: clapper, open_audio=real_sensors(clock).open_audio
            )
            settings = CaptureSettings(VIDEO, AudioSettings(source=source), OverlaySettings(enabled=False))
            capture = Capture(sensors, settings, ear.take, ear.trouble)
            capture.start()
            try:
                yield Scene(server, ear, clock)
            finally:
                capture.stop()
        missing = {gap.cause for chunk in ear.chunks for gap in chunk.gaps if gap.track is Track.VIDEO}
        assert GapCause.NO_CAMERA not in missing

    return begin


def test_one_that_is_named_is_found_beside_another_goes_and_comes_back(
    filming: Callable[..., AbstractContextManager[Scene]],
) -> None:
    with filming("throat") as scene:
        scene.server.plug_in("table")
        scene.ear.wait(lambda: any('"table"' in said for said in scene.ear.troubles), "what there is instead")
        assert scene.ear.loud_after(0) is None, "never another one in its place"
        for _ in range(2):
            scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.plug_in("throat"))
            scene.server.unplug("table")  # else PulseAudio itself has the stream go on from there
            scene.lost_after(lambda: scene.server.unplug("throat"))
            scene.server.plug_in("table")


def test_one_that_hangs_on_its_plug_is_left_and_heard_again_when_it_gives_sound(
    filming: Callable[..., AbstractContextManager[Scene]],
) -> None:
    with filming() as scene:
        scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.plug_in("usb"))
        for _ in range(2):
            scene.lost_after(lambda: scene.server.control("suspend-sink", "usb", "1"))
            scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.control("suspend-sink", "usb", "0"))


def test_a_sound_server_that_dies_and_comes_back_takes_nothing_with_it(
    filming: Callable[..., AbstractContextManager[Scene]],
) -> None:
    with filming() as scene:
        scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.plug_in("usb"))
        for _ in range(2):
            scene.lost_after(scene.server.die)
            scene.server.start()
            scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.plug_in("usb"))


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (96_000, 6), (8_000, 1)])
def test_one_of_another_rate_and_more_channels_sounds_as_it_should(
    rate: int, channels: int, filming: Callable[..., AbstractContextManager[Scene]]
) -> None:
    with filming() as scene:
        scene.heard_within(FOUND_WITHIN_S, lambda: scene.server.plug_in("usb", rate=rate, channels=channels))
        first = len(scene.ear.chunks)
        scene.ear.wait(lambda: len(scene.ear.chunks) > first + 4, "some seconds of it")
        heard = scene.ear.chunks[first + 1 :]
    with av.open(io.BytesIO(joined_parts(heard, Track.AUDIO)), "r") as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    spectrum = np.abs(np.fft.rfft(samples[-96_000:] * np.hanning(96_000)))
    assert spectrum.argmax() / 2 == pytest.approx(440, rel=0.006)  # lateness is worked off at 0.5 %
