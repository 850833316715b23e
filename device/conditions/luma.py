"""The little of a picture that is looked at: its brightness at some points, before anything is drawn on it.

Points are taken as they are, never averaged: the noise of a sensor stays in them, and tells a still room from
a picture that is frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from device.frames import PixelFormat

if TYPE_CHECKING:
    from device.frames import VideoFrame

Grid: TypeAlias = NDArray[np.float32]
"""Brightness at points, shape (rows, columns): luma of ITU-R BT.601, 16 is black and 235 white."""

ROWS: Final = 68
COLUMNS: Final = 120
"""Points of a grid, about; fewer where the picture has fewer."""

BLACK: Final = 16.0
_PEEK_ROWS: Final = 12
_PEEK_COLUMNS: Final = 16
_FROM_BGR: Final = np.array([0.0979, 0.5041, 0.2568], np.float32)  # of blue, green, red


def grid_of(frame: VideoFrame) -> Grid:
    """Take the brightness of a picture at about ``ROWS`` by ``COLUMNS`` points."""
    points = _points(frame, ROWS, COLUMNS)
    if points.ndim == 2:  # noqa: PLR2004 - rows and columns of one plane
        return points.astype(np.float32)
    return np.asarray(points.astype(np.float32) @ _FROM_BGR + np.float32(BLACK), np.float32)


def peek_of(frame: VideoFrame) -> bytes:
    """Take about 200 points, from 0 (black) up: little enough to do it with every picture."""
    points = _points(frame, _PEEK_ROWS, _PEEK_COLUMNS)
    return (points if points.ndim == 2 else points[:, :, 1]).tobytes()  # noqa: PLR2004 - else of green alone


def bright_limit(frame: VideoFrame, luma: float) -> int:
    """Return what of a peek's values is brighter than a luma, for the picture's layout."""
    return round(luma if frame.format is PixelFormat.I420 else (luma - BLACK) * 255 / 219)


def picture_of(frame: VideoFrame) -> NDArray[np.uint8]:
    """Return all that a change could show in: the luma plane, or the whole of a coloured picture."""
    return _luma_rows(frame)


def _points(frame: VideoFrame, rows: int, columns: int) -> NDArray[np.uint8]:
    plane = _luma_rows(frame)
    down, across = max(plane.shape[0] // rows, 1), max(plane.shape[1] // columns, 1)
    return plane[down // 2 :: down, across // 2 :: across]


def _luma_rows(frame: VideoFrame) -> NDArray[np.uint8]:
    image = frame.image
    return image[: image.shape[0] * 2 // 3] if frame.format is PixelFormat.I420 else image
