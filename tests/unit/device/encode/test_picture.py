"""Pictures for the encoder: fitted, never stretched, and copied only where they need no conversion."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from numpy.typing import NDArray

from device.encode.picture import Canvas, for_encoder, planes, to_bgr
from device.frames import PixelFormat, VideoFrame

RED = (0, 0, 255)


def _noise(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(16, 235, (height * 3 // 2, width), np.uint8)


def _red(width: int, height: int) -> VideoFrame:
    return VideoFrame(np.full((height, width, 3), RED, np.uint8), 0)


@pytest.mark.parametrize("size", [(160, 96), (320, 192), (80, 48), (1600, 960)])
def test_a_picture_of_the_same_shape_fills_the_canvas(size: tuple[int, int]) -> None:
    bgr = to_bgr(Canvas(160, 96).own(_red(*size)))
    assert bgr.shape == (96, 160, 3)
    assert np.abs(bgr.astype(int) - RED).max() <= 6


@pytest.mark.parametrize("size", [(96, 96), (160, 40), (30, 200)])
def test_another_shape_gets_black_borders_and_keeps_its_own(size: tuple[int, int]) -> None:
    bgr = to_bgr(Canvas(160, 96).own(_red(*size)))
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
    image = _noise(160, 96)
    kept = image.copy()
    taken = Canvas(160, 96).own(VideoFrame(image, 0, PixelFormat.I420))
    assert np.array_equal(taken, image)
    taken[:] = 0
    assert np.array_equal(image, kept)


def test_an_owned_picture_is_not_copied() -> None:
    image = _noise(160, 96)
    taken = Canvas(160, 96).own(VideoFrame(image, 0, PixelFormat.I420, owned=True))
    assert taken is image
    y, _, v = (np.frombuffer(memoryview(plane), np.uint8) for plane in for_encoder(taken).planes)
    assert np.shares_memory(y, image)
    assert np.shares_memory(v, image)


def test_a_converted_picture_is_owned_and_its_source_left_alone() -> None:
    frame = _red(160, 96)
    kept = frame.image.copy()
    fitted = Canvas(160, 96).fit(frame)
    assert (fitted.format, fitted.owned, frame.owned) == (PixelFormat.I420, True, False)
    taken = Canvas(160, 96).own(fitted)
    assert taken is fitted.image
    taken[:] = 0
    assert np.array_equal(frame.image, kept)


def test_a_picture_that_may_not_be_written_is_copied_though_it_is_owned() -> None:
    image = _noise(160, 96)
    kept = image.copy()
    image.setflags(write=False)
    Canvas(160, 96).own(VideoFrame(image, 0, PixelFormat.I420, owned=True))[:] = 0
    assert np.array_equal(image, kept)


def test_a_cut_of_a_larger_picture_is_copied() -> None:
    cut = _noise(200, 96)[:, :160]
    taken = Canvas(160, 96).own(VideoFrame(cut, 0, PixelFormat.I420, owned=True))
    assert taken.flags.c_contiguous
    assert np.array_equal(taken, cut)


@pytest.mark.parametrize("height", [96, 98, 90])  # PyAV counts the rows of an image in sixes
@pytest.mark.parametrize("width", [160, 162])
def test_the_encoder_sees_the_same_planes(width: int, height: int) -> None:
    image = _noise(width, height)
    picture = for_encoder(image)
    assert (picture.width, picture.height) == (width, height)
    for plane, memory in zip(planes(image), picture.planes, strict=True):
        rows = np.frombuffer(memoryview(memory), np.uint8).reshape(-1, memory.line_size)
        assert np.array_equal(rows[: plane.shape[0], : plane.shape[1]], plane)


def test_planes_write_through() -> None:
    image = _noise(162, 98)
    for number, plane in enumerate(planes(image)):
        plane[:] = number
    assert np.array_equal(np.bincount(image.reshape(-1)), np.array([4, 1, 1]) * 98 * 162 // 4)


def test_a_picture_lives_as_long_as_it_is_encoded() -> None:
    picture = for_encoder(Canvas(160, 96).own(_red(160, 96)))  # nobody else holds its memory
    gc.collect()
    assert np.abs(picture.to_ndarray(format="bgr24").astype(int) - RED).max() <= 6


def test_yuv_of_another_size_is_fitted() -> None:
    image = np.full((48 * 3 // 2, 80), 128, np.uint8)
    taken = Canvas(160, 96).own(VideoFrame(image, 0, PixelFormat.I420))
    assert taken.shape == (144, 160)
    assert abs(int(planes(taken)[0][48, 80]) - 128) <= 3
