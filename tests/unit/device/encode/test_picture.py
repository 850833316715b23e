"""Pictures for the encoder: fitted, never stretched, and copied only where they need no conversion."""

from __future__ import annotations

import numpy as np
import pytest

from device.encode.picture import Canvas, plane, to_bgr
from device.frames import PixelFormat, VideoFrame

RED = (0, 0, 255)


def _red(width: int, height: int) -> VideoFrame:
    return VideoFrame(np.full((height, width, 3), RED, np.uint8), 0)


@pytest.mark.parametrize("size", [(160, 96), (320, 192), (80, 48), (1600, 960)])
def test_a_picture_of_the_same_shape_fills_the_canvas(size: tuple[int, int]) -> None:
    bgr = to_bgr(Canvas(160, 96).draw(_red(*size)))
    assert bgr.shape == (96, 160, 3)
    assert np.abs(bgr.astype(int) - RED).max() <= 6


@pytest.mark.parametrize("size", [(96, 96), (160, 40), (30, 200)])
def test_another_shape_gets_black_borders_and_keeps_its_own(size: tuple[int, int]) -> None:
    bgr = to_bgr(Canvas(160, 96).draw(_red(*size)))
    red = np.argwhere(bgr[:, :, 2] > 128)
    height, width = red.max(axis=0) - red.min(axis=0) + 1
    assert abs(width / height - size[0] / size[1]) / (size[0] / size[1]) < 0.1
    assert np.abs((red.max(axis=0) + red.min(axis=0) + 1) - (96, 160)).max() <= 2
    outside = np.ones(bgr.shape[:2], bool)
    top, left = np.maximum(red.min(axis=0) - 2, 0)
    bottom, right = red.max(axis=0) + 3
    outside[top:bottom, left:right] = False
    assert bgr[outside].max(initial=0) <= 6


def test_yuv_of_the_right_size_is_taken_as_it_is_and_left_alone() -> None:
    image = np.random.default_rng(1).integers(16, 235, (96 * 3 // 2, 160), np.uint8)
    kept = image.copy()
    picture = Canvas(160, 96).draw(VideoFrame(image, 0, PixelFormat.I420))
    assert np.array_equal(plane(picture, 0), image[:96])
    plane(picture, 0)[:] = 0
    assert np.array_equal(image, kept)


def test_yuv_of_another_size_is_fitted() -> None:
    image = np.full((48 * 3 // 2, 80), 128, np.uint8)
    picture = Canvas(160, 96).draw(VideoFrame(image, 0, PixelFormat.I420))
    assert (picture.width, picture.height) == (160, 96)
    assert abs(int(plane(picture, 0)[48, 80]) - 128) <= 3
