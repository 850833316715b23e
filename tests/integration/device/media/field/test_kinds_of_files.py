"""Files as people have them: any container, codec and sound is filmed, or refused in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from protocol.footage.format.model import Track
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg
from tests.support.media.field_checks import QUICK, seconds_are, together

pytestmark = [pytest.mark.broker, pytest.mark.real_time]


def test_a_file_may_be_written_as_an_address(base: Path, tmp_path: Path, export: Export) -> None:
    path = tmp_path / "a clip.mp4"
    path.write_bytes(base.read_bytes())
    filmed = capture_source(path.as_uri(), seconds=3.2, speed=QUICK)
    for shown in (filmed, export(filmed)):
        seconds_are(shown.flashes, range(3), 0.02)
        together(shown, 3)
    assert filmed.troubles == []


@pytest.mark.parametrize("name", ["one.mp4", "one.png", "one.jpg", "one.gif"])
def test_a_still_image_says_what_it_is(name: str, base: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    ffmpeg("-i", str(base), "-frames:v", "1", "-an", str(path))
    filmed = capture_source(path, seconds=4, sound="", until=lambda filmed: bool(filmed.troubles))
    assert filmed.troubles == [
        f"{path} is a single picture, not a video: give a video, a stream or a camera."
    ]


def test_a_single_picture_does_not_take_its_sound_down(base: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.mp4"
    ffmpeg("-i", str(base), "-filter:v", "select='eq(n,0)'", "-c:v", "libx264", "-c:a", "copy", str(path))
    filmed = capture_source(path, seconds=6, speed=QUICK)
    seconds_are(filmed.tones, range(5))
    assert filmed.troubles == [
        f"{path} is a single picture, not a video: give a video, a stream or a camera."
    ]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.mp4", b"", "holds no pictures|cannot be read as pictures"),
        ("words.txt", b"Hello, this is a text.\n" * 50, "holds no pictures|cannot be read as pictures"),
        ("noise.mp4", bytes(range(256)) * 40, "holds no pictures|cannot be read as pictures"),
    ],
)
def test_what_is_no_video_is_refused_in_a_sentence(
    name: str, content: bytes, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    filmed = capture_source(path, seconds=4, sound="", until=lambda filmed: bool(filmed.troubles))
    assert len(filmed.troubles) == 1
    assert any(part in filmed.troubles[0] for part in sentence.split("|"))
    assert str(path) in filmed.troubles[0]


def test_a_pipe_is_said_to_be_no_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    filmed = capture_source(path, seconds=4, sound="", until=lambda filmed: bool(filmed.troubles))
    assert filmed.troubles == [f"{path} is a pipe or a device, and no file: give a file in video.source."]


@pytest.mark.parametrize(
    ("suffix", "coding"),
    [
        ("mkv", "-ac 8 -c:a flac"),
        ("mov", "-filter_complex asplit=12,amerge=inputs=12 -c:a pcm_s16le"),
        ("mkv", "-ac 6 -ar 96000 -c:a pcm_s24le"),
        ("wav", "-ar 8000 -c:a pcm_mulaw"),
        ("mp3", "-c:a libmp3lame"),
        ("avi", "-c:a adpcm_ms"),
    ],
)
def test_any_sound_is_heard_at_its_time(suffix: str, coding: str, base: Path, tmp_path: Path) -> None:
    path = tmp_path / f"sound.{suffix}"
    ffmpeg("-i", str(base), "-vn", "-t", "5", *coding.split(), str(path))
    filmed = capture_source(base, sound=path, seconds=4.8, speed=QUICK)
    assert [code for code, _ in filmed.tones][:4] == [0, 1, 2, 3]
    assert all(at == pytest.approx(code + 0.52, abs=0.06) for code, at in filmed.tones[:4])
    assert filmed.gaps(Track.AUDIO, 0.1) == []


@pytest.mark.parametrize(
    ("suffix", "coding"),
    [
        ("mp4", "-c:v libx264 -bf 3 -preset fast -c:a aac"),
        ("mp4", "-c:v libx264 -preset ultrafast -c:a aac -movflags frag_keyframe+empty_moov"),
        (
            "mkv",
            "-c:v libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv422p10le -c:a libopus",
        ),
        ("avi", "-c:v mpeg4 -c:a libmp3lame"),
        ("flv", "-c:v flv1 -ar 44100 -c:a libmp3lame"),
        ("ts", "-c:v mpeg2video -c:a mp2"),
    ],
)
def test_any_container_and_codec_keeps_picture_and_sound_together(
    suffix: str, coding: str, base: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"clip.{suffix}"
    ffmpeg("-i", str(base), "-t", "4", *coding.split(), str(path))
    filmed = capture_source(path, seconds=7.7, speed=QUICK)
    assert [code for code, _ in filmed.flashes][:7] == [0, 1, 2, 3, 0, 1, 2]
    together(filmed, 7)
    assert filmed.gaps(Track.VIDEO) == []
