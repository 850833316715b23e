"""Files as if they were live: paced by their own time stamps, looped, picture and sound together."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest

from device.capture.sensors import real_sensors
from device.frames import SoundBlock, VideoFrame
from device.settings import AudioSettings, VideoSettings
from device.sources.base import AudioSource, Pause, SourceError, VideoSource
from device.sources.choose import SourceChooser
from device.sources.pace import LATE_FILE_NS
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


class _Player:
    """A file's picture and sound, each on the clock that it needs."""

    def __init__(self, path: Path | str, clock: _Clock, *, fps: float = 30, loop: bool = True) -> None:
        self._chooser = SourceChooser(clock, sleep=clock.sleep)
        self._video = VideoSettings(source=str(path), fps=fps, loop=loop)
        self._audio = AudioSettings(source=str(path), loop=loop)

    def video(self) -> VideoSource:
        source = self._chooser.video(self._video)
        source.open()
        return source

    def sound(self) -> AudioSource:
        source = self._chooser.audio(self._audio)
        source.open()
        return source


def _frame(source: VideoSource) -> VideoFrame | None:
    while isinstance(item := source.read(), Pause):
        assert item.sentence == ""
    return item


def _block(source: AudioSource) -> SoundBlock | None:
    while isinstance(item := source.read(), Pause):
        assert item.sentence == ""
    return item


def _frames(source: VideoSource) -> Iterator[VideoFrame]:
    while (frame := _frame(source)) is not None:
        yield frame


def _blocks(source: AudioSource) -> Iterator[SoundBlock]:
    while (block := _block(source)) is not None:
        yield block


def _flashes(source: VideoSource, until: int) -> list[int]:
    shown = itertools.takewhile(lambda frame: frame.boot_ns < until, _frames(source))
    return [frame.boot_ns for frame in shown if frame.image.mean() > 150]


def _beeps(source: AudioSource, until: int) -> list[int]:
    found: list[int] = []
    for block in itertools.takewhile(lambda block: block.boot_ns < until, _blocks(source)):
        loud = np.flatnonzero(np.abs(block.samples[:, 0]) > 0.2)
        at = block.boot_ns + int(loud[0]) * NS // RATE if len(loud) else None
        if at is not None and (not found or at - found[-1] > NS // 2):
            found.append(at)
    return found


def test_a_looped_file_keeps_sound_and_picture_together_for_ever(clapper_file: Path) -> None:
    clocks = _Clock(), _Clock()
    begin = clocks[0].now
    video, sound = _Player(clapper_file, clocks[0]).video(), _Player(clapper_file, clocks[1]).sound()
    flashes, beeps = _flashes(video, begin + 30 * NS), _beeps(sound, begin + 30 * NS)
    assert len(flashes) == len(beeps) == 30
    assert max(abs(beep - flash) for beep, flash in zip(beeps, flashes, strict=True)) < 0.005 * NS
    video.close()
    sound.close()


def test_frames_come_when_they_are_due_and_end_where_the_file_does(clapper_file: Path, clock: _Clock) -> None:
    video = _Player(clapper_file, clock, loop=False).video()
    start = clock.now
    times = []
    while (frame := _frame(video)) is not None:
        assert 0 <= clock.now - frame.boot_ns < NS // 100
        times.append(frame.boot_ns - start)
    assert (video.width, video.height) == SIZE
    assert [round(at * 12 / NS, 3) for at in times] == list(range(36))
    assert video.read() is None
    video.close()


def test_more_frames_than_wanted_are_thinned_out(clapper_file: Path, clock: _Clock) -> None:
    video = _Player(clapper_file, clock, fps=6, loop=False).video()
    assert len(list(_frames(video))) == 18
    video.close()


def test_what_is_long_past_is_skipped(clapper_file: Path, clock: _Clock) -> None:
    player = _Player(clapper_file, clock)
    video, sound = player.video(), player.sound()
    assert _frame(video) is not None
    assert _block(sound) is not None
    clock.now += 20 * NS
    frame, block = _frame(video), _block(sound)
    assert frame is not None
    assert block is not None
    assert clock.now - frame.boot_ns <= LATE_FILE_NS
    assert clock.now - block.boot_ns <= LATE_FILE_NS
    assert block.after_hole
    for source in (video, sound):
        source.close()


def test_a_file_opened_again_is_where_it_would_be_by_now(clapper_file: Path, clock: _Clock) -> None:
    player = _Player(clapper_file, clock)
    start = clock.now
    player.video().close()
    clock.now += 100 * NS
    again = player.video()
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
    sound = _Player(path, clock).sound()
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
    sound = _Player(path, clock, loop=False).sound()
    assert sum(len(block.samples) for block in _blocks(sound)) == 12_345
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
    with pytest.raises(SourceError, match="holds no sound"):
        _Player(path, _Clock()).sound()


@pytest.mark.skipif(
    not MEDIA.is_dir(), reason="the shared media folder is not here; the clapper serves instead"
)
@pytest.mark.parametrize(
    ("name", "fps"),
    [("one-by-one-person-detection.mp4", 10), ("face-demographics-walking-and-pause.gif", 12.5)],
)
def test_real_pictures_play_at_their_own_pace(name: str, fps: float, clock: _Clock) -> None:
    begin = clock.now
    video = _Player(MEDIA / name, clock).video()
    frames = list(itertools.takewhile(lambda frame: frame.boot_ns < begin + 10 * NS, _frames(video)))
    assert abs(len(frames) - 10 * fps) <= 5
    video.close()


@pytest.mark.skipif(
    not MEDIA.is_dir(), reason="the shared media folder is not here; the clapper serves instead"
)
def test_real_speech_loops_without_a_seam(clock: _Clock) -> None:
    sound = _Player(MEDIA / "jfk.flac", clock).sound()
    blocks = list(itertools.islice(_blocks(sound), 1_650))
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
        assert _frame(video) is not None
    assert time.monotonic() - begin > 0.1  # half of what three pictures take: the first may come late
    video.close()
