"""Which source a setting means, and what is said when it is not there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from device.capture.sensors import real_sensors
from device.clock import SystemClock
from device.frames import VideoFrame
from device.settings import AudioSettings, VideoSettings
from device.sources.apart import Apart
from device.sources.base import SourceError
from device.sources.choose import SourceChooser
from device.sources.demux.played_sound import PlayedSound
from device.sources.demux.played_video import PlayedVideo
from device.sources.live_video import LiveVideo, taken_at
from device.sources.microphone import Microphone
from tests.support.media.clips import write_clip


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("0", Apart),
        ("/dev/video2", Apart),
        ("rtsp://camera.example/1", PlayedVideo),
        ("walk.mp4", PlayedVideo),
        ("clips/walk", PlayedVideo),
    ],
)
def test_a_picture_source_is_what_its_name_says(source: str, kind: type) -> None:
    assert isinstance(real_sensors().open_video(VideoSettings(source=source)), kind)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("default", Microphone),
        ("3", Microphone),
        ("USB mic", Microphone),
        ("USB Audio 2.0", Microphone),
        ("talk.flac", PlayedSound),
        ("clips/talk", PlayedSound),
        ("http://radio.example/now", PlayedSound),
    ],
)
def test_a_sound_source_is_what_its_name_says(source: str, kind: type) -> None:
    assert isinstance(SourceChooser(SystemClock()).audio(AudioSettings(source=source)), kind)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("63", "The camera /dev/video63 does not open: this machine has .*; check video.source"),
        ("/dev/video63", "The camera /dev/video63 does not open"),
        ("nowhere.mp4", "The video file nowhere.mp4 does not exist: check video.source."),
        ("pyproject.toml", "pyproject.toml holds no pictures that can be read"),
    ],
)
def test_a_missing_picture_source_is_one_sentence(
    source: str, sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError, match=sentence) as caught:
        real_sensors().open_video(VideoSettings(source=source)).open()
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")  # OpenCV and FFmpeg are quiet


def test_a_stream_that_does_not_answer_is_one_sentence_without_its_password(
    capfd: pytest.CaptureFixture[str],
) -> None:
    source = real_sensors().open_video(VideoSettings(source="rtsp://user:secret@127.0.0.1:1/cam"))
    with pytest.raises(SourceError, match=r"The stream rtsp://127\.0\.0\.1:1/… does not answer") as caught:
        source.open()
    assert "secret" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("nowhere.flac", "The sound file nowhere.flac does not exist: check audio.source."),
        ("./pyproject.toml", "pyproject.toml (cannot be read as|holds no) sound"),
        ("http://127.0.0.1:1/radio", "does not answer"),
    ],
)
def test_a_missing_sound_source_is_one_sentence(source: str, sentence: str) -> None:
    with pytest.raises(SourceError, match=sentence) as caught:
        SourceChooser(SystemClock()).audio(AudioSettings(source=source)).open()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("stamp_ms", "expected"),
    [(950.0, 99_950_000_000), (1_000.0, 100_000_000_000), (0.0, 100_000_000_000), (1_020.0, 100_000_000_000)],
)
def test_a_frame_is_as_old_as_its_driver_says(stamp_ms: float, expected: int) -> None:
    assert taken_at(100_000_000_000, 1_000_000_000, stamp_ms) == expected


def test_reading_before_opening_is_an_error_and_closing_twice_is_none(tmp_path: Path) -> None:
    source = SourceChooser(SystemClock()).video(VideoSettings(source=str(tmp_path / "x.mp4")))
    with pytest.raises(SourceError, match="before it was opened"):
        source.read()
    source.close()
    source.close()


def test_what_a_camera_gives_is_lent_and_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=1)
    monkeypatch.setattr(cv2, "CAP_V4L2", cv2.CAP_FFMPEG)  # a file stands in for a camera
    video = LiveVideo(VideoSettings(source=str(clip), fps=1e6), SystemClock())
    video.open()
    given = (video.read(), video.read(), video.read())
    frames = [frame for frame in given if isinstance(frame, VideoFrame)]
    video.close()
    assert len(frames) == 3
    assert not any(frame.owned for frame in frames)
    assert np.shares_memory(frames[0].image, frames[2].image)
    assert not np.shares_memory(frames[0].image, frames[1].image), "another thread may still look at it"
