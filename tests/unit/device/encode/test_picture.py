"""Pictures for the encoder: fitted, never stretched, and copied only where they need no conversion."""

from __future__ import annotations

import gc

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


@pytest.mark.parametrize("height", [96, 98, 90])  # PyAV counts the rows of an image in sixes
@pytest.mark.parametrize("width", [160, 162])
def test_an_owned_picture_looks_as_a_copied_one(width: int, height: int) -> None:
    image = np.random.default_rng(1).integers(16, 235, (height * 3 // 2, width), np.uint8)
    canvas = Canvas(width, height)
    lent, owned = (
        canvas.draw(VideoFrame(image, 0, PixelFormat.I420, owned=owned)) for owned in (False, True)
    )
    assert (owned.width, owned.height) == (width, height)
    for index in range(3):
        assert np.array_equal(plane(owned, index), plane(lent, index))


def test_an_owned_picture_is_not_copied() -> None:
    image = np.full((96 * 3 // 2, 160), 128, np.uint8)
    picture = Canvas(160, 96).draw(VideoFrame(image, 0, PixelFormat.I420, owned=True))
    assert np.shares_memory(plane(picture, 0), image)
    assert np.shares_memory(plane(picture, 2), image)


def test_a_converted_picture_is_owned_and_its_source_left_alone() -> None:
    frame = _red(160, 96)
    kept = frame.image.copy()
    fitted = Canvas(160, 96).fit(frame)
    assert (fitted.format, fitted.owned, frame.owned) == (PixelFormat.I420, True, False)
    picture = Canvas(160, 96).draw(fitted)
    assert np.shares_memory(plane(picture, 0), fitted.image)
    plane(picture, 0)[:] = 0
    assert np.array_equal(frame.image, kept)


def test_a_picture_that_may_not_be_written_is_copied_though_it_is_owned() -> None:
    image = np.full((96 * 3 // 2, 160), 128, np.uint8)
    image.setflags(write=False)
    picture = Canvas(160, 96).draw(VideoFrame(image, 0, PixelFormat.I420, owned=True))
    plane(picture, 0)[:] = 0
    assert image.min() == 128


def test_a_cut_of_a_larger_picture_is_copied() -> None:
    larger = np.random.default_rng(1).integers(16, 235, (96 * 3 // 2, 200), np.uint8)
    picture = Canvas(160, 96).draw(VideoFrame(larger[:, :160], 0, PixelFormat.I420, owned=True))
    assert np.array_equal(plane(picture, 0), larger[:96, :160])


def test_an_owned_picture_lives_as_long_as_it_is_encoded() -> None:
    picture = Canvas(160, 96).draw(_red(160, 96))  # nobody else holds its memory
    gc.collect()
    assert np.abs(to_bgr(picture).astype(int) - RED).max() <= 6


def test_yuv_of_another_size_is_fitted() -> None:
    image = np.full((48 * 3 // 2, 80), 128, np.uint8)
    picture = Canvas(160, 96).draw(VideoFrame(image, 0, PixelFormat.I420))
    assert (picture.width, picture.height) == (160, 96)
    assert abs(int(plane(picture, 0)[48, 80]) - 128) <= 3
