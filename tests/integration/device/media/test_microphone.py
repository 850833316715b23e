"""Microphones that come late, go, and come back, at a real sound server, while a camera films."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from device.capture.capture import Capture
from device.capture.sensors import Sensors, real_sensors
from device.clock import SystemClock
from device.settings import AudioSettings, CaptureSettings, OverlaySettings, VideoSettings
from protocol.footage.format.model import GapCause, Track
from protocol.footage.verifying.report import Verdict
from tests.support.media.clapper import NS, LiveClapper
from tests.support.media.exported import Export, Exported
from tests.support.media.field import Filmed
from tests.support.sound.ear import LOUD, PATIENCE_S, Ear
from tests.support.sound.pulse import SoundServer, sound_server

pytestmark = [pytest.mark.broker, pytest.mark.real_time]

VIDEO = VideoSettings(width=160, height=96, fps=12, bit_rate=200_000, preset="ultrafast", encoder="libx264")
FOUND_WITHIN_S = 11


def test_a_microphone_that_comes_late_goes_and_comes_back_is_heard_within_11_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: Export
) -> None:
    clock, ear = SystemClock(), Ear()
    began_ns, heard = clock.boot_ns(), []
    clapper = LiveClapper(clock, clock.boot_ns())
    with sound_server(tmp_path) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        sensors = Sensors(
            clock=clock, open_video=lambda _: clapper, open_audio=real_sensors(clock).open_audio
        )
        settings = CaptureSettings(VIDEO, AudioSettings(), OverlaySettings(enabled=False))
        capture = Capture(sensors, settings, ear.take, ear.trouble)
        capture.start()
        try:
            ear.wait(lambda: any("no microphone connected" in said for said in ear.troubles), "a sentence")
            ear.wait(lambda: len(ear.chunks) > 8, "the longest pause between two attempts")
            for name in ("usb", "another"):
                heard.append(_plug_in_and_pull_out(name, server, ear, clock))
                assert capture.troubles != ()
        finally:
            capture.stop()
    causes = {
        track: {gap.cause for chunk in ear.chunks for gap in chunk.gaps if gap.track is track}
        for track in Track
    }
    assert GapCause.NO_CAMERA not in causes[Track.VIDEO]
    assert GapCause.NO_MICROPHONE in causes[Track.AUDIO]
    for chunk in ear.chunks:
        missing = sum(gap.duration_ns for gap in chunk.gaps if gap.track is Track.AUDIO)
        sounds = any(part.track is Track.AUDIO for part in chunk.parts)
        assert sounds or missing >= chunk.duration_ns - NS // 100
    _exported_as_heard(
        export(Filmed(began_ns, ear.chunks, ear.troubles)), [(at - began_ns) / NS for at in heard]
    )


def _exported_as_heard(exported: Exported, heard_s: list[float]) -> None:
    """The export sounds from when each microphone was heard; between them is a gap of the sound alone."""
    times, samples = exported.sound
    loud = times[np.abs(samples) > LOUD]
    assert loud[0] == pytest.approx(heard_s[0], abs=0.1)
    gaps = exported.missing(Track.AUDIO)
    for at in heard_s:
        assert np.abs(loud - at).min() <= 0.1
        assert any(begin < at <= begin + length + 0.2 for begin, length in gaps), "nothing right before it"
    for begin, length in gaps:
        assert not ((loud > begin + 0.1) & (loud < begin + length - 0.1)).any(), "no sound in a gap"
    assert exported.missing(Track.VIDEO) == []
    assert exported.report.verdict is Verdict.INTACT_WITH_GAPS


def _plug_in_and_pull_out(name: str, server: SoundServer, ear: Ear, clock: SystemClock) -> int:
    """Plug a microphone in and pull it out again; when it was heard first."""
    plugged_ns = clock.boot_ns()
    server.plug_in(name)
    ear.wait(lambda: ear.loud_after(plugged_ns), f"the sound of {name}")
    heard_ns = ear.loud_after(plugged_ns)
    assert heard_ns is not None
    assert heard_ns - plugged_ns <= FOUND_WITHIN_S * NS
    said = len(ear.troubles)
    server.unplug(name)
    ear.wait(lambda: len(ear.troubles) > said, "that it is gone")
    assert "stopped giving sound" in ear.troubles[said]
    gone_ns = clock.boot_ns()
    ear.wait(lambda: _ends_ns(ear) > gone_ns + 8 * NS, "the longest pause again")
    return heard_ns


def _ends_ns(ear: Ear) -> int:
    return ear.chunks[-1].start_ns + ear.chunks[-1].duration_ns if ear.chunks else 0


def test_a_program_s_own_stream_plays_on_while_a_microphone_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sound_server(tmp_path) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        server.plug_in("usb")
        open_audio = real_sensors().open_audio
        assert open_audio is not None
        ours = open_audio(AudioSettings())
        ours.open()
        ours.close()
        import sounddevice  # noqa: PLC0415 - a program that embeds a camera and listens itself

        heard = threading.Semaphore(0)
        with sounddevice.InputStream(channels=1, callback=lambda *_: heard.release()) as stream:
            for _ in range(3):
                with pytest.raises(Exception, match="no such microphone"):
                    open_audio(AudioSettings(source="no such microphone")).open()
            while heard.acquire(blocking=False):
                pass
            assert heard.acquire(timeout=PATIENCE_S)
            assert stream.active
