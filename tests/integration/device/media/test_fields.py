"""Pictures that are woven from fields, or are fields, and do not say so: read as a camera reads them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from device.frames import PixelFormat, VideoFrame
from device.sources.demux.whole_file import pictures
from simulator.trial.look import look_at
from simulator.trial.plan import InputShape
from tests.support.media.field import ffmpeg

WIDTH, HEIGHT = 320, 240
MOVING = f"color=black:s={WIDTH}x{HEIGHT}:r=50:d=0.4,geq=lum='if(lt(mod(X-8*N,80),40),235,16)':cb=128:cr=128"
CIRCLE = (
    f"color=black:s={WIDTH}x{HEIGHT}:r=50:d=0.4,geq=lum='if(lt(hypot(X-160,Y-120),80),235,16)':cb=128:cr=128"
)
X265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=error"


def _lumas(path: Path) -> list[np.ndarray]:
    return [_luma(picture) for picture in pictures(str(path))]


def _luma(picture: VideoFrame) -> np.ndarray:
    if picture.format is PixelFormat.I420:
        return picture.image[: len(picture.image) * 2 // 3].astype(int)
    return picture.image[..., 1].astype(int)


def _combed(luma: np.ndarray) -> float:
    """How much each line differs from the next; upright bars differ in nothing."""
    return float(np.abs(np.diff(luma, axis=0)).mean())


@pytest.mark.parametrize(
    ("name", "coding", "order"),
    [
        ("h265.mp4", X265, "tff"),
        ("h265.mkv", X265, "bff"),
        ("jpeg.mov", "-c:v mjpeg -q:v 2 -pix_fmt yuvj420p", "tff"),
    ],
)
def test_woven_pictures_of_a_codec_that_does_not_say_so_become_whole(
    name: str, coding: str, order: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    woven = f"tinterlace=interleave_{'top' if order == 'tff' else 'bottom'},setfield={order}"
    ffmpeg("-f", "lavfi", "-i", MOVING, "-vf", woven, *coding.split(), str(path))
    with av.open(str(path)) as source:
        pictures_as_coded = list(source.decode(video=0))
    assert not any(picture.interlaced_frame for picture in pictures_as_coded)
    assert min(_combed(each.to_ndarray()[:HEIGHT].astype(int)) for each in pictures_as_coded) > 10
    whole = _lumas(path)
    assert len(whole) == len(pictures_as_coded)
    assert max(map(_combed, whole)) < 2


def test_fields_that_are_pictures_of_their_own_are_shown_as_high_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "fields.mp4"
    fields = "tinterlace=interleave_top,separatefields"
    ffmpeg("-f", "lavfi", "-i", CIRCLE, "-vf", fields, *f"{X265}:interlace=tff".split(), str(path))
    shown = list(pictures(str(path)))
    assert len(shown) == 20
    assert look_at(str(path)) == InputShape(WIDTH, HEIGHT, sound=False)
    for picture in shown:
        bright = _luma(picture) > 100
        across, down = np.flatnonzero(bright.any(axis=0)), np.flatnonzero(bright.any(axis=1))
        wide = (across[-1] - across[0] + 1) * picture.pixel_aspect
        assert wide / (down[-1] - down[0] + 1) == pytest.approx(1, abs=0.03)
