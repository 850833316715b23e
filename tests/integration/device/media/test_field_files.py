"""Files as people have them, filmed by the real capture: shown as meant, or refused in a sentence.

Where a value of the field page is measured, it is measured twice: in what the capture made, and in the export
of the recording that a fleet holds of it.
"""

from __future__ import annotations

import os
import subprocess
import threading
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from device.frames import VideoFrame
from device.sources.demux import played_video
from device.sources.demux.picture import PictureTurn, to_frame
from protocol.footage.format.model import GapCause, Track
from protocol.footage.verifying.report import Verdict
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg, write_base
from tests.support.media.shown import Shown

pytestmark = pytest.mark.broker

QUICK = 1.25
HELD_UP_S = 2.5
STOOD_STILL_S = 6.0
"""Longer than what a file may be late."""
STILL = "is a single picture, not a video: give a video, a stream or a camera."
X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("field") / "base.mp4")


def _joined(path: Path, *parts: Path) -> Path:
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def _seconds(found: list[tuple[int, float]], codes: range, tolerance: float = 0.06) -> None:
    """Each flash or tone of those seconds is there once, half a second into its own."""
    assert [code for code, _ in found][: len(codes)] == list(codes)
    for code, at in found[: len(codes)]:
        assert at == pytest.approx(code + 0.52, abs=tolerance)


def _together(filmed: Shown, at_least: int) -> None:
    assert len(filmed.apart) >= at_least
    assert max(map(abs, filmed.apart)) <= 0.045


def _round(luma: NDArray[np.uint8]) -> float:
    """Width by height of what is bright."""
    bright = luma > 100
    across, down = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
    return float((across[-1] - across[0] + 1) / (down[-1] - down[0] + 1))


def _circle(
    path: Path, width: int, height: int, *options: str, scale: str = "null", seconds: int = 2
) -> Path:
    """A bright circle, two thirds of the picture wide or high, on black."""
    circle = f"if(lt(hypot(X-{width}/2\\,Y-{height}/2)\\,{min(width, height)}/3)\\,235\\,16)"
    drawn = f"color=black:s={width}x{height}:r=25:d=0.04,format=gray,geq=lum={circle},format=yuv420p"
    graph = f"{drawn},loop=-1:1,setpts=N/25/TB,{scale}"
    ffmpeg("-f", "lavfi", "-i", graph, "-t", str(seconds), *X264, *options, str(path))
    return path


# proves C6
def test_a_plain_file_loops_with_picture_and_sound_together_and_no_gap(base: Path, export: Export) -> None:
    filmed = capture_source(base, seconds=11.5, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        _seconds(shown.flashes, range(10), 0.02)
        _seconds(shown.tones, range(10), 0.02)
        assert (shown.flashes[10][0], shown.tones[10][0]) == (0, 0)
        _together(shown, 10)
    assert exported.report.verdict is Verdict.INTACT
    assert (filmed.gaps(Track.VIDEO), filmed.gaps(Track.AUDIO), filmed.troubles) == ([], [], [])


@pytest.mark.parametrize(
    "coding",
    [
        "-c:v libx264 -x264opts tff=1:interlaced=1 -preset ultrafast -pix_fmt yuv420p",
        "-c:v mpeg2video -flags +ildct+ilme -q:v 3 -pix_fmt yuv420p",
        "-c:v libx264 -x264opts bff=1:interlaced=1 -preset ultrafast -pix_fmt yuv422p10le",
    ],
)
def test_interlaced_pictures_become_whole_ones(coding: str, tmp_path: Path, export: Export) -> None:
    path = tmp_path / "interlaced.mkv"
    bars = "testsrc2=s=720x576:r=50:d=2"
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        bars,
        "-vf",
        "tinterlace=interleave_top,fieldorder=tff",
        *coding.split(),
        str(path),
    )
    with av.open(str(path)) as source:
        frames = list(source.decode(video=0))
        assert any(frame.interlaced_frame for frame in frames)
        right = float(np.mean([frame.reformat(format="gray").to_ndarray().mean() for frame in frames]))
    filmed = capture_source(path, seconds=2, sound="", size=(720, 576))
    assert len(filmed.pictures) > 15
    for shown in (filmed, export(filmed)):
        assert np.mean([luma.mean() for _, luma in shown.pictures]) == pytest.approx(right, abs=5)
    # Lines of two fields beside each other differ where something moves; those of a whole picture do not.
    combed = [
        np.abs(luma[1:-1:2].astype(int) * 2 - luma[:-2:2] - luma[2::2]).mean() for _, luma in filmed.pictures
    ]
    fields = [
        np.abs(gray[1:-1:2].astype(int) * 2 - gray[:-2:2] - gray[2::2]).mean()
        for gray in (frame.reformat(format="gray").to_ndarray() for frame in frames)
    ]
    assert np.mean(combed) < np.mean(fields) * 0.8


def test_sound_that_changes_its_layout_takes_nothing_down(base: Path, tmp_path: Path, export: Export) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", *X264, "-c:a", "aac", "-ac", "2", str(first))
    mono = ["-c:a", "aac", "-ac", "1", "-output_ts_offset", "5"]
    ffmpeg("-ss", "5", "-i", str(base), *X264, *mono, str(second))
    filmed = capture_source(_joined(tmp_path / "layout.ts", first, second), seconds=10.2, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        _seconds(shown.flashes, range(10))
        _seconds(shown.tones, range(10))
        _together(shown, 10)
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


@pytest.mark.parametrize("rates", [("48000", "22050"), ("22050", "48000")])
def test_sound_that_changes_its_rate_keeps_its_time(
    rates: tuple[str, str], base: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", *X264, "-c:a", "aac", "-ar", rates[0], str(first))
    other = ["-c:a", "aac", "-ac", "1", "-ar", rates[1], "-output_ts_offset", "5"]
    ffmpeg("-ss", "5", "-i", str(base), *X264, *other, str(second))
    filmed = capture_source(_joined(tmp_path / "rate.ts", first, second), seconds=10.2, speed=QUICK)
    _seconds(filmed.flashes, range(10))
    _seconds(filmed.tones, range(10))
    _together(filmed, 10)
    assert filmed.gaps(Track.VIDEO) == []
    assert [gap for gap in filmed.gaps(Track.AUDIO, 0.1) if gap[0] < 10] == [], "before it begins anew"


@pytest.mark.parametrize("offset", ["3600", "-2", "95000"])  # forwards, back, and beyond the end of 33 bits
def test_stamps_that_jump_neither_wait_nor_tear_the_tracks_apart(
    offset: str, base: Path, tmp_path: Path, export: Export
) -> None:
    first, second = tmp_path / "1.ts", tmp_path / "2.ts"
    ffmpeg("-i", str(base), "-t", "5", "-c", "copy", str(first))
    ffmpeg("-ss", "5", "-i", str(base), "-c", "copy", "-output_ts_offset", offset, str(second))
    filmed = capture_source(_joined(tmp_path / "jump.ts", first, second), seconds=10.6, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        _seconds(shown.flashes, range(10), 0.12)
        _seconds(shown.tones, range(10), 0.12)
        _together(shown, 10)
    assert (filmed.gaps(Track.VIDEO, 0.2), exported.missing(Track.VIDEO, 0.2)) == ([], [])


# proves C6
def test_a_hole_in_the_sound_is_stated_and_what_follows_keeps_its_time(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "hole.mkv"
    hole = "aselect='not(between(t,3,6))'"
    ffmpeg("-i", str(base), "-c:v", "copy", "-af", hole, "-c:a", "libopus", str(path))
    filmed = capture_source(path, seconds=10, speed=QUICK)
    exported = export(filmed)
    for shown, gaps in (
        (filmed, filmed.gaps(Track.AUDIO, 0.1)),
        (exported, exported.missing(Track.AUDIO)),
    ):
        _seconds(shown.flashes, range(10))
        assert [code for code, _ in shown.tones] == [0, 1, 2, 6, 7, 8, 9]
        assert all(at == pytest.approx(code + 0.52, abs=0.03) for code, at in shown.tones)
        ((begin, length),) = gaps
        assert abs(begin - 3) < 0.1
        assert abs(length - 3) < 0.1
    assert exported.report.verdict is Verdict.INTACT_WITH_GAPS
    assert {gap.cause for chunk in filmed.chunks for gap in chunk.gaps} == {GapCause.STALLED}
    assert filmed.gaps(Track.VIDEO) == []


def test_a_picture_that_begins_later_than_the_sound_is_shown_later(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "late.mkv"
    late = ["-i", str(base), "-itsoffset", "2", "-i", str(base), "-map", "0:a", "-map", "1:v", "-c", "copy"]
    ffmpeg(*late, str(path))
    filmed = capture_source(path, seconds=8, speed=QUICK)
    for shown in (filmed, export(filmed)):
        _seconds(shown.tones, range(7))
        _seconds([(code, at - 2) for code, at in shown.flashes], range(5))


def test_a_file_without_a_stated_length_loops_both_tracks_together(
    base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / "browser.webm"
    coding = "-t 4 -c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus -f webm -live 1 pipe:1"
    command = ["ffmpeg", "-v", "error", "-i", str(base), *coding.split()]
    path.write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    with av.open(str(path)) as source:
        assert source.duration is None
    filmed = capture_source(path, seconds=12.7, speed=QUICK)
    for shown in (filmed, exported := export(filmed)):
        assert [code for code, _ in shown.flashes][:12] == [0, 1, 2, 3] * 3
        assert [code for code, _ in shown.tones][:12] == [0, 1, 2, 3] * 3
        _together(shown, 12)
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


@pytest.mark.parametrize(
    ("shape", "scale"),
    [
        ((1024, 576), "scale=720:576,setsar=64/45"),
        ((768, 576), "scale=720:576,setsar=16/15"),
        ((512, 512), "setsar=1"),
    ],
)
def test_pixels_that_are_not_square_keep_a_circle_round(
    shape: tuple[int, int], scale: str, tmp_path: Path, export: Export
) -> None:
    path = _circle(tmp_path / "anamorphic.mp4", *shape, scale=scale)
    filmed = capture_source(path, seconds=2.5, sound="", size=(640, 360))
    for shown in (filmed, export(filmed)):
        assert _round(shown.pictures[5][1]) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("degrees", ["90", "180", "270"])
def test_a_turned_picture_stands_upright_and_keeps_its_shape(degrees: str, tmp_path: Path) -> None:
    lying = _circle(
        tmp_path / "lying.mp4", 1024, 576, scale="scale=720:576,setsar=64/45,drawbox=w=iw:h=20:c=white:t=fill"
    )
    path = tmp_path / "turned.mp4"
    ffmpeg("-i", str(lying), "-c", "copy", "-metadata:s:v", f"rotate={degrees}", str(path))
    right = tmp_path / "right.png"
    upright = (
        "scale=ceil(iw*sar/2)*2:ih,setsar=1,scale=640:360:force_original_aspect_ratio=decrease,format=gray"
    )
    ffmpeg("-i", str(path), "-frames:v", "1", "-vf", f"{upright},pad=640:360:-1:-1", str(right))
    wanted = cv2.imread(str(right), cv2.IMREAD_GRAYSCALE)
    luma = capture_source(path, seconds=1, sound="", size=(640, 360)).pictures[5][1]
    assert wanted is not None
    assert (np.abs((luma > 100).astype(int) - (wanted > 100)).mean()) < 0.02


def test_a_size_that_changes_on_the_way_gets_borders_and_is_never_stretched(
    tmp_path: Path, export: Export
) -> None:
    first = _circle(tmp_path / "1.ts", 320, 240, seconds=4)
    second = _circle(tmp_path / "2.ts", 240, 426, "-output_ts_offset", "4", seconds=4)
    filmed = capture_source(_joined(tmp_path / "both.ts", first, second), seconds=7.5, speed=QUICK, sound="")
    for shown in (filmed, exported := export(filmed)):
        rounds = [_round(luma) for _, luma in shown.pictures[5:-5]]
        assert len(rounds) > 150
        assert max(abs(value - 1) for value in rounds) <= 0.02
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


def test_a_file_may_be_written_as_an_address(base: Path, tmp_path: Path, export: Export) -> None:
    path = tmp_path / "a clip.mp4"
    path.write_bytes(base.read_bytes())
    filmed = capture_source(path.as_uri(), seconds=3.2, speed=QUICK)
    for shown in (filmed, export(filmed)):
        _seconds(shown.flashes, range(3), 0.02)
        _together(shown, 3)
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
    _seconds(filmed.tones, range(5))
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


@pytest.mark.parametrize(
    "coding",
    [
        "-c:v libx264 -colorspace bt709 -color_range tv -vf scale=out_color_matrix=bt709",
        "-c:v libx264 -pix_fmt yuvj420p -color_range pc -vf scale=out_range=full",
        "-c:v libx264 -pix_fmt yuv444p",
        "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p",
        "-c:v ffv1 -pix_fmt gbrp",
    ],
)
def test_colours_are_what_the_file_says(coding: str, tmp_path: Path) -> None:
    path = tmp_path / "colours.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=0xC03020:s=320x240:r=25:d=1", *coding.split(), str(path))
    filmed = capture_source(path, seconds=0.9, sound="")
    luma = filmed.pictures[3][1]
    right = 16 + (65.481 * 0xC0 + 128.553 * 0x30 + 24.966 * 0x20) / 255  # ITU-R BT.601-7, limited range
    assert float(luma.mean()) == pytest.approx(right, abs=3)


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
    _together(filmed, 7)
    assert filmed.gaps(Track.VIDEO) == []


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("bare.h264", "-c:v libx264 -preset ultrafast -g 25 -f h264"),
        ("bare-b.h264", "-c:v libx264 -preset fast -bf 3 -g 50 -f h264"),
        ("bare-b.hevc", "-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=3 -f hevc"),
        ("bare.m2v", "-c:v mpeg2video -bf 2 -f mpeg2video"),
        ("bare.mjpeg", "-c:v mjpeg -f mjpeg"),
        ("b.avi", "-c:v mpeg4 -bf 2"),
    ],
)
def test_a_source_without_stamps_shows_each_picture_in_its_order(
    name: str, coding: str, base: Path, tmp_path: Path, export: Export
) -> None:
    path = tmp_path / name
    ffmpeg("-i", str(base), "-t", "5", "-an", *coding.split(), "-pix_fmt", "yuv420p", str(path))
    filmed = capture_source(path, seconds=7.7, speed=QUICK, sound="")
    for shown in (filmed, exported := export(filmed)):
        assert [code for code, _ in shown.flashes] == [0, 1, 2, 3, 4, 0, 1, 2]
        times = [at for at, _ in shown.pictures]
        assert len(times) >= 0.98 * 25 * (times[-1] - times[0])
        first = shown.flashes[0][1]
        assert all(
            at - first == pytest.approx(second, abs=0.05) for second, (_, at) in enumerate(shown.flashes)
        )
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


def _hold_up(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let the machine stand still for so long at the 60th picture."""
    held_up = iter([None] * 60 + [threading.Event()])

    def slow(picture: av.VideoFrame, boot_ns: int, aspect: Fraction, turned: PictureTurn) -> VideoFrame:
        if (moment := next(held_up, None)) is not None:
            moment.wait(seconds)
        return to_frame(picture, boot_ns, aspect, turned)

    monkeypatch.setattr(played_video, "to_frame", slow)


@pytest.mark.parametrize(("rate", "held_s"), [("25", STOOD_STILL_S), ("120", HELD_UP_S)])
def test_a_file_is_joined_again_after_the_machine_stood_still(
    rate: str, held_s: float, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Too long to be made up for, or of more pictures than are wanted: each left out cost more than it saved.
    path = tmp_path / "rate.mp4"
    ffmpeg("-i", str(base), "-vf", f"fps={rate}", *X264, "-g", rate, "-c:a", "copy", str(path))
    _hold_up(monkeypatch, held_s)
    filmed = capture_source(path, seconds=16)
    flashes, tones = ([code for code, _ in each] for each in (filmed.flashes, filmed.tones))
    assert flashes[-3:] in (tones[-3:], tones[-4:-1]), "the end may lie between a tone and its flash"
    assert sum(length for _, length in filmed.gaps(Track.VIDEO)) <= held_s
    assert filmed.gaps(Track.AUDIO, 0.1) == []
    _together(filmed, 8)


@pytest.mark.parametrize("name", ["base.mp4", "bare.h264"])
def test_a_file_loses_no_picture_when_the_machine_is_slow_for_a_moment(
    name: str, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    ffmpeg(
        "-i",
        str(base),
        "-c:v",
        "copy",
        "-c:a",
        "copy",
        *(["-an"] if name.endswith("h264") else []),
        str(path),
    )
    _hold_up(monkeypatch, HELD_UP_S)
    filmed = capture_source(path, seconds=9, sound="" if name.endswith("h264") else None)
    assert [code for code, _ in filmed.flashes][:9] == list(range(9))
    times = [at for at, _ in filmed.pictures]
    assert len(times) >= 25 * (times[-1] - times[0]) - 1
    assert (filmed.gaps(Track.VIDEO), filmed.gaps(Track.AUDIO, 0.1), filmed.troubles) == ([], [], [])


def test_a_pipe_is_said_to_be_no_file(tmp_path: Path) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    filmed = capture_source(path, seconds=4, sound="", until=lambda filmed: bool(filmed.troubles))
    assert filmed.troubles == [f"{path} is a pipe or a device, and no file: give a file in video.source."]
