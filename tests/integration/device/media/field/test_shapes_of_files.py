"""Files as people have them, filmed by the real capture: each picture whole, upright and in its shape."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from protocol.footage.format.model import Track
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg
from tests.support.media.field_checks import QUICK, X264, joined

pytestmark = [pytest.mark.broker, pytest.mark.real_time]


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
    filmed = capture_source(joined(tmp_path / "both.ts", first, second), seconds=7.5, speed=QUICK, sound="")
    for shown in (filmed, exported := export(filmed)):
        rounds = [_round(luma) for _, luma in shown.pictures[5:-5]]
        assert len(rounds) > 150
        assert max(abs(value - 1) for value in rounds) <= 0.02
    assert (filmed.gaps(Track.VIDEO), exported.missing(Track.VIDEO)) == ([], [])


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
