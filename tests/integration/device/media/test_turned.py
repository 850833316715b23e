"""Turned and mirrored pictures of each way of stating it, filmed by the real capture and exported.

The input is a lying picture with a bright band along its top and a bright square at its top left, so that
each of the eight ways to turn and mirror it looks different. How it must look is worked out from the picture.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from device.sources.demux.whole_file import pictures
from tests.support.media.exported import Export
from tests.support.media.field import capture_source, ffmpeg

pytestmark = [pytest.mark.broker, pytest.mark.real_time]

WIDTH, HEIGHT = 320, 180
ONE = 1 << 16
MATRICES = {
    "mirrored": (-1, 0, 0, 1),
    "upside-down": (1, 0, 0, -1),
    "quarter": (0, 1, -1, 0),
    "half": (-1, 0, 0, -1),
    "three-quarters": (0, -1, 1, 0),
    "quarter-mirrored": (0, 1, 1, 0),
    "three-quarters-mirrored": (0, -1, -1, 0),
}
"""a, b, c and d of ISO/IEC 14496-12, 6.2.2: the point (x, y) goes to (a x + c y, b x + d y)."""

CODINGS = {
    "h264.mp4": "-c:v libx264 -g 25",
    "hevc.mov": "-c:v libx265 -x265-params log-level=error -tag:v hvc1",
    "pieces.mp4": "-c:v libx264 -g 25 -movflags empty_moov+frag_keyframe",
}


def lying() -> NDArray[np.uint8]:
    """The picture before it is turned: its luma, as seen."""
    luma = np.full((HEIGHT, WIDTH), 16, np.uint8)
    luma[:30] = 130
    luma[:60, :60] = 235
    return luma


def write_lying(path: Path, coding: str, *more: str) -> Path:
    drawn = f"color=black:s={WIDTH}x{HEIGHT}:r=25:d=3,drawbox=w=iw:h=30:c=gray:t=fill"
    graph = f"{drawn},drawbox=w=60:h=60:c=white:t=fill"
    common = ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-t", "3"]
    ffmpeg("-f", "lavfi", "-i", graph, *coding.split(), *common, *more, str(path))
    return path


def set_matrix(path: Path, way: str) -> None:
    """Write a display matrix into the one track header of a file (ISO/IEC 14496-12, 8.3.2, version 0)."""
    data = bytearray(path.read_bytes())
    a, b, c, d = (part * ONE for part in MATRICES[way])
    struct.pack_into(">9i", data, data.index(b"tkhd") + 44, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)


def turned(luma: NDArray[np.uint8], way: str) -> NDArray[np.uint8]:
    """Put each point where the matrix sends it."""
    a, b, c, d = MATRICES[way]
    rows, columns = np.indices(luma.shape)
    x, y = a * columns + c * rows, b * columns + d * rows
    x, y = x - x.min(), y - y.min()
    seen = np.zeros((y.max() + 1, x.max() + 1), np.uint8)
    seen[y, x] = luma
    return seen


def alike(shown: list[NDArray[np.uint8]], wanted: NDArray[np.uint8]) -> None:
    """Every picture is the wanted one; never one that lies between others that stand."""
    assert len(shown) > 30
    for luma in shown:
        assert luma.shape == wanted.shape
        far = np.abs(luma.astype(int) - wanted.astype(int)) > 40
        assert far.mean() < 0.02


@pytest.mark.parametrize(
    ("name", "way"),
    [
        *(("h264.mp4", way) for way in MATRICES),
        ("hevc.mov", "three-quarters"),
        ("hevc.mov", "mirrored"),
        ("pieces.mp4", "quarter"),
        ("pieces.mp4", "quarter-mirrored"),
    ],
)
def test_what_a_container_turns_or_mirrors_stands_as_it_says(
    name: str, way: str, tmp_path: Path, export: Export
) -> None:
    path = write_lying(tmp_path / name, CODINGS[name])
    set_matrix(path, way)
    wanted = turned(lying(), way)
    height, width = wanted.shape
    filmed = capture_source(path, seconds=2.2, sound="", size=(width, height), speed=1.25)
    for shown in (filmed, export(filmed)):
        alike([luma for _, luma in shown.pictures], wanted)


@pytest.mark.parametrize(
    ("states", "way"),
    [
        ("rotate=90", "three-quarters"),  # the SEI counts anti-clockwise
        ("rotate=180", "half"),
        ("rotate=270", "quarter"),
        ("flip=horizontal", "mirrored"),
        ("flip=vertical", "upside-down"),
    ],
)
def test_a_turn_that_only_key_pictures_state_holds_for_those_after_them(
    states: str, way: str, tmp_path: Path, export: Export
) -> None:
    stated = f"h264_metadata=display_orientation=insert:{states}"
    path = write_lying(tmp_path / "stated.ts", CODINGS["h264.mp4"], "-bsf:v", stated)
    wanted = turned(lying(), way)
    height, width = wanted.shape
    filmed = capture_source(path, seconds=2.2, sound="", size=(width, height), speed=1.25)
    for shown in (filmed, export(filmed)):
        alike([luma for _, luma in shown.pictures], wanted)
    whole = list(pictures(str(path)))
    assert {frame.image.shape[:2] for frame in whole} <= {wanted.shape, (height * 3 // 2, width)}


def test_a_stream_that_is_turned_on_the_way_and_back_stands_all_the_time(tmp_path: Path) -> None:
    stated = "h264_metadata=display_orientation=insert:rotate=270"
    plain = write_lying(tmp_path / "1.ts", CODINGS["h264.mp4"])
    stands = write_lying(tmp_path / "2.ts", CODINGS["h264.mp4"], "-bsf:v", stated, "-output_ts_offset", "3")
    again = write_lying(tmp_path / "3.ts", CODINGS["h264.mp4"], "-output_ts_offset", "6")
    path = tmp_path / "all.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in (plain, stands, again)))
    filmed = capture_source(path, seconds=8.8, sound="", size=(HEIGHT, WIDTH), speed=1.25)
    small = HEIGHT * HEIGHT // WIDTH
    for at, luma in filmed.pictures:
        bright = np.flatnonzero((luma > 60).any(axis=1))
        if 3.1 < at < 5.9:
            assert bright[-1] - bright[0] > WIDTH * 0.9
        elif at < 2.9 or 6.2 < at < 8.6:
            assert bright[-1] - bright[0] <= small
