"""The overlay: says when, who and whether recording, and touches nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from device.capture.overlay import Overlay, overlay_text
from device.encode.picture import Canvas, planes
from device.frames import VideoFrame
from device.settings import OverlaySettings

UTC_US = 1_790_000_000_000_000
SIZE = (640, 360)


def _grey(size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    image = np.full((size[1], size[0], 3), (90, 120, 200), np.uint8)
    return Canvas(*size).own(VideoFrame(image, 0))


def _planes(picture: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return [plane.copy() for plane in planes(picture)]


def test_the_text_says_when_who_and_whether_recording() -> None:
    assert overlay_text(UTC_US, "cam-01", recording=True) == "2026-09-21 14:13:20 UTC cam-01 REC"
    assert overlay_text(UTC_US + 999_999, "cam-01", recording=False) == "2026-09-21 14:13:20 UTC cam-01"
    assert overlay_text(UTC_US, "", recording=False) == "2026-09-21 14:13:20 UTC"


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080), (320, 180), (160, 120), (322, 182)])
def test_only_the_strip_is_touched(size: tuple[int, int]) -> None:
    picture = _grey(size)
    before = _planes(picture)
    Overlay(OverlaySettings(enabled=True, camera="cam-01"), *size).draw(picture, UTC_US, recording=True)
    changed = [np.argwhere(old != new) for old, new in zip(before, _planes(picture), strict=True)]
    assert all(len(places) for places in changed)
    luma_rows = changed[0][:, 0].max() + 1
    assert luma_rows <= max(size[1] // 20, 14)
    for chroma in changed[1:]:
        assert chroma[:, 0].max() < (luma_rows + 1) // 2 + 1
        assert chroma[:, 1].max() * 2 <= changed[0][:, 1].max() + 4


def test_the_mark_shows_only_while_recording() -> None:
    overlay = Overlay(OverlaySettings(enabled=True, camera="cam-01"), *SIZE)
    idle, recording = _grey(), _grey()
    overlay.draw(idle, UTC_US, recording=False)
    overlay.draw(recording, UTC_US, recording=True)
    different = np.argwhere(planes(idle)[0] != planes(recording)[0])
    assert len(different)
    assert different[:, 1].min() > 150


def test_the_second_changes_the_picture_and_less_does_not() -> None:
    overlay = Overlay(OverlaySettings(enabled=True, camera=""), *SIZE)
    pictures = [_grey() for _ in range(3)]
    for picture, later in zip(pictures, (0, 900_000, 1_000_000), strict=True):
        overlay.draw(picture, UTC_US + later, recording=False)
    first, same, next_second = (planes(picture)[0] for picture in pictures)
    assert np.array_equal(first, same)
    assert not np.array_equal(first, next_second)


def test_switched_off_it_touches_nothing() -> None:
    picture = _grey()
    before = _planes(picture)
    Overlay(OverlaySettings(enabled=False, camera="cam-01"), *SIZE).draw(picture, UTC_US, recording=True)
    assert all(np.array_equal(old, new) for old, new in zip(before, _planes(picture), strict=True))
