"""Where an area of one picture went in another: Lucas and Kanade's optical flow, there and back.

Points that do not come back to where they started say nothing, and are left out. Where those that are left do
not go together, nothing can be told.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fleet.redaction.rules.area import LARGEST_SIDE, Area

Grey = NDArray[np.uint8]
"""A picture's brightness, of shape (height, width)."""

LONGEST_SIDE = 640
"""Pixels of the pictures in which areas are followed."""

_ACROSS, _DOWN = 8, 5
_FEWEST = 12
_RETURNED = 1.5
_TOGETHER = 0.1
_WINDOW = (15, 15)
_LEVELS = 3
_MOST_GROWTH = 1.1
_SHORTEST = 1e-3


def small(luma: Grey) -> tuple[Grey, float]:
    """Return brightness no larger than areas are followed in, and by how much it is smaller (1 or less)."""
    height, width = luma.shape
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    if scale == 1.0:
        return luma.copy(), scale
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def follow(before: Grey, after: Grey, area: Area, scale: float) -> Area | None:
    """Return where an area of one picture is in another; None where that cannot be told.

    Args:
        before: the picture in which it is known.
        after: the other one, of the same size.
        area: in pixels of the whole picture.
        scale: by how much both pictures are smaller than that (``small``).
    """
    across = np.linspace(area.left, area.right, _ACROSS + 2)[1:-1]
    down = np.linspace(area.top, area.bottom, _DOWN + 2)[1:-1]
    points = np.array([[[x * scale, y * scale]] for y in down for x in across], np.float32)
    there, found = _flow(before, after, points)
    back, returned = _flow(after, before, there)
    strayed = np.abs(back - points).reshape(-1, 2).max(axis=1)
    good = (found & returned) & (strayed < _RETURNED)
    if int(good.sum()) < _FEWEST:
        return None
    old, new = (each.reshape(-1, 2)[good] / scale for each in (points, there))
    strayed = np.abs(new - old - np.median(new - old, axis=0)).max(axis=1)
    if float(np.median(strayed)) > max(_RETURNED, _TOGETHER * max(area.width, area.height)):
        return None
    return _moved(area, old, new)


def _flow(before: Grey, after: Grey, points: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    # OpenCV's stubs know no call without a first guess.
    there, status, _ = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]
        before, after, points, None, winSize=_WINDOW, maxLevel=_LEVELS
    )
    return there, status.reshape(-1).astype(bool)


def _moved(area: Area, old: NDArray[Any], new: NDArray[Any]) -> Area | None:
    by = np.median(new - old, axis=0)
    spread = [float(np.median(np.abs(each - np.median(each, axis=0)))) for each in (old, new)]
    growth = spread[1] / spread[0] if spread[0] > _SHORTEST else 1.0
    growth = min(max(growth, 1 / _MOST_GROWTH), _MOST_GROWTH)
    middle = ((area.left + area.right) / 2 + by[0], (area.top + area.bottom) / 2 + by[1])
    half = (area.width * growth / 2, area.height * growth / 2)
    left, top = (max(int(np.floor(at - size)), 0) for at, size in zip(middle, half, strict=True))
    right, bottom = (
        min(int(np.ceil(at + size)), LARGEST_SIDE) for at, size in zip(middle, half, strict=True)
    )
    return Area(left, top, right, bottom) if left < right and top < bottom else None
