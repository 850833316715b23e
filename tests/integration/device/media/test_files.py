"""Files as if they were live: paced by their own time stamps, looped, picture and sound together."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest

from device.capture.sensors import real_sensors
from device.frames import VideoFrame
from device.settings import AudioSettings, VideoSettings
from device.sources.base import SourceError
from device.sources.choose import SourceChooser
from device.sources.file_sound import FileSound, file_period_ns
from device.sources.file_video import FileVideo
from device.sources.pace import Playhead, Start
from protocol.footage.format.model import ClockLabel
from tests.support.media.clapper import NS, RATE, beep, clapper_frames

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

MEDIA = Path(__file__).parents[4] / ".." / "shared" / "media"
SIZE = (160, 96)


class _Clock:
    """Time passes while somebody sleeps, and then exactly as long."""

    def __init__(self) -> None:
        self.now = 9 * NS

    def boot_ns(self) -> int:
        return self.now

    def label(self) -> ClockLabel:
        return ClockLabel(0, synchronised=False)

    def sleep(self, seconds: float) -> None:
        self.now += max(round(seconds * NS), 1)


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture(scope="module")
def clapper_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of clapper with sound, the sound 100 ms shorter than the picture."""
    path = tmp_path_factory.mktemp("media") / "clapper.mp4"
    with av.open(str(path), "w") as output:
        video = output.add_stream("libx264", rate=12)
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        audio = output.add_stream("aac", rate=RATE)
        audio.codec_context.layout = "mono"
        for index, frame in enumerate(clapper_frames(3)):
            image = av.VideoFrame.from_ndarray(frame.image, format="yuv420p")
            image.pts, image.time_base = index, Fraction(1, 12)
            output.mux(video.encode(image))
        for first in range(0, 29 * RATE // 10, 1024):
            samples = beep(first, 1024)[np.newaxis, :]
            sound = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
            sound.sample_rate, sound.pts, sound.time_base = RATE, first, Fraction(1, RATE)
            output.mux(audio.encode(sound))
        output.mux(video.encode(None))
        output.mux(audio.encode(None))
    return path


def _flashes(source: FileVideo, until: int) -> list[int]:
    found = []
    while (frame := source.read()) is not None and frame.boot_ns < until:
        if frame.image.mean() > 180:
            found.append(frame.boot_ns)
    return found


def _beeps(source: FileSound, until: int) -> list[int]:
    found: list[int] = []
    while (block := source.read()) is not None and block.boot_ns < until:
        loud = np.flatnonzero(np.abs(block.samples[:, 0]) > 0.2)
        at = block.boot_ns + int(loud[0]) * NS // RATE if len(loud) else None
        if at is not None and (not found or at - found[-1] > NS // 2):
            found.append(at)
    return found


def test_a_looped_file_keeps_sound_and_picture_together_for_ever(clapper_file: Path) -> None:
    playhead = Playhead(file_period_ns(str(clapper_file)), Start())
    clocks = _Clock(), _Clock()
    video = FileVideo(VideoSettings(source=str(clapper_file), fps=30), clocks[0], playhead, clocks[0].sleep)
    sound = FileSound(AudioSettings(source=str(clapper_file)), clocks[1], playhead, clocks[1].sleep)
    video.open()
    sound.open()
    until = clocks[0].now + 30 * NS
    flashes, beeps = _flashes(video, until), _beeps(sound, until)
    assert len(flashes) == len(beeps) == 30
    assert max(abs(beep - flash) for beep, flash in zip(beeps, flashes, strict=True)) < 0.005 * NS
    video.close()
    sound.close()


def test_frames_come_when_they_are_due_and_end_where_the_file_does(clapper_file: Path, clock: _Clock) -> None:
    video = FileVideo(VideoSettings(source=str(clapper_file), loop=False), clock, sleep=clock.sleep)
    video.open()
    assert (video.width, video.height, video.fps) == (*SIZE, 12.0)
    start = clock.now
    times = []
    while (frame := video.read()) is not None:
        assert 0 <= clock.now - frame.boot_ns < NS // 100
        times.append(frame.boot_ns - start)
    assert [round(at * 12 / NS, 3) for at in times] == list(range(36))
    assert video.read() is None
    video.close()


def test_more_frames_than_wanted_are_thinned_out(clapper_file: Path, clock: _Clock) -> None:
    settings = VideoSettings(source=str(clapper_file), fps=6, loop=False)
    video = FileVideo(settings, clock, sleep=clock.sleep)
    video.open()
    assert sum(1 for _ in iter(video.read, None)) == 18
    video.close()


def test_what_is_long_past_is_skipped(clapper_file: Path, clock: _Clock) -> None:
    playhead = Playhead(file_period_ns(str(clapper_file)), Start())
    video = FileVideo(VideoSettings(source=str(clapper_file)), clock, playhead, clock.sleep)
    sound = FileSound(AudioSettings(source=str(clapper_file)), clock, playhead, clock.sleep)
    video.open()
    sound.open()
    assert isinstance(video.read(), VideoFrame)
    assert sound.read() is not None
    clock.now += 20 * NS
    frame, block = video.read(), sound.read()
    assert frame is not None
    assert block is not None
    assert clock.now - frame.boot_ns <= NS
    assert clock.now - block.boot_ns <= NS
    assert block.after_hole
    for source in (video, sound):
        source.close()


def test_a_file_opened_again_is_where_it_would_be_by_now(clapper_file: Path, clock: _Clock) -> None:
    playhead = Playhead(file_period_ns(str(clapper_file)), Start())
    settings = VideoSettings(source=str(clapper_file))
    first = FileVideo(settings, clock, playhead, clock.sleep)
    first.open()
    start = clock.now
    first.close()
    clock.now += 100 * NS
    again = FileVideo(settings, clock, playhead, clock.sleep)
    again.open()
    flashes = _flashes(again, clock.now + 5 * NS)
    assert len(flashes) in {4, 5, 6}
    assert all(abs((flash - start) % NS - NS // 2) < NS // 100 for flash in flashes)
    again.close()


@pytest.mark.parametrize("kind", [".flac", ".ogg", ".wav", ".mp3"])
def test_any_container_and_rate_becomes_48_khz_mono(kind: str, tmp_path: Path, clock: _Clock) -> None:
    path = tmp_path / f"tone{kind}"
    codec = {".flac": "flac", ".ogg": "libopus", ".wav": "pcm_s16le", ".mp3": "libmp3lame"}[kind]
    rate = 48_000 if kind == ".ogg" else 44_100
    with av.open(str(path), "w") as output:
        stream = cast("AudioStream", output.add_stream(codec, rate=rate))
        stream.codec_context.layout = "stereo"
        samples = (beep(0, rate, rate) * 20_000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(
            np.repeat(samples, 2)[np.newaxis, :], format="s16", layout="stereo"
        )
        frame.sample_rate = rate
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    sound = FileSound(AudioSettings(source=str(path)), clock, sleep=clock.sleep)
    sound.open()
    start = clock.now
    beeps = _beeps(sound, start + 3 * NS)
    assert len(beeps) == 3
    assert (
        abs(beeps[0] - start - NS // 2) < 0.06 * NS
    )  # MP3 and Opus begin with a little silence of their own
    sound.close()


def test_a_file_that_ends_gives_all_its_samples(tmp_path: Path, clock: _Clock) -> None:
    path = tmp_path / "tone.wav"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("pcm_s16le", rate=RATE)
        stream.codec_context.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.ones((1, 12_345), np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    sound = FileSound(AudioSettings(source=str(path), loop=False), clock, sleep=clock.sleep)
    sound.open()
    assert sum(len(block.samples) for block in iter(sound.read, None)) == 12_345
    sound.close()


def test_a_picture_without_sound_is_refused_as_sound(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=12)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for frame in clapper_frames(0.5):
            output.mux(stream.encode(av.VideoFrame.from_ndarray(frame.image, format="yuv420p")))
        output.mux(stream.encode(None))
    sound = SourceChooser(_Clock()).audio(AudioSettings(source=str(path)))
    with pytest.raises(SourceError, match="holds no sound"):
        sound.open()


@pytest.mark.skipif(
    not MEDIA.is_dir(), reason="the shared media folder is not here; the clapper serves instead"
)
@pytest.mark.parametrize(
    ("name", "fps", "length_s"),
    [("one-by-one-person-detection.mp4", 10, 139.4), ("face-demographics-walking-and-pause.gif", 12.5, 3.41)],
)
def test_real_pictures_play_at_their_own_pace(name: str, fps: float, length_s: float, clock: _Clock) -> None:
    path = str(MEDIA / name)
    assert abs((file_period_ns(path) or 0) / NS - length_s) < 0.02
    video = FileVideo(VideoSettings(source=path), clock, Playhead(file_period_ns(path)), clock.sleep)
    video.open()
    begin = clock.now
    frames = 0
    while (frame := video.read()) is not None and frame.boot_ns < begin + 10 * NS:
        frames += 1
    assert abs(frames - 10 * fps) <= 5
    video.close()


@pytest.mark.skipif(
    not MEDIA.is_dir(), reason="the shared media folder is not here; the clapper serves instead"
)
def test_real_speech_loops_without_a_seam(clock: _Clock) -> None:
    sound = FileSound(AudioSettings(source=str(MEDIA / "jfk.flac")), clock, sleep=clock.sleep)
    sound.open()
    blocks = [block for block, _ in zip(iter(sound.read, None), range(1_650), strict=False)]
    whole = np.concatenate([block.samples[:, 0] for block in blocks])
    period = 11 * RATE
    assert np.abs(whole[:period] - whole[period : 2 * period]).max() < 0.01
    assert all(
        after.boot_ns - before.boot_ns in {19_999_999, 20_000_000, 20_000_001}
        for before, after in itertools.pairwise(blocks)
    )
    sound.close()


def test_waiting_is_done_by_the_systems_own_sleep_unless_told(clapper_file: Path) -> None:
    sensors = real_sensors()
    video = sensors.open_video(VideoSettings(source=str(clapper_file)))
    video.open()
    begin = time.monotonic()
    for _ in range(4):
        assert video.read() is not None
    assert time.monotonic() - begin > 0.2
    video.close()
