"""What stands in a picture where something is hidden. Pure: a picture in, a picture out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.plan import Fill

I420 = NDArray[np.uint8]
"""Planes Y, U and V end to end, of shape (height * 3 / 2, width)."""

BLACK = (16, 128, 128)
"""Y, U and V of black in limited range (ITU-R BT.601)."""

_PIXELS_ACROSS = 6
_BLUR_SHARE = 4


def planes(picture: I420) -> tuple[I420, I420, I420]:
    """Return Y, U and V of a contiguous picture, as arrays that write through."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    flat, luma, chroma = picture.reshape(-1), height * width, height * width // 4
    half = (height // 2, width // 2)
    return (
        picture[:height],
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma : luma + 2 * chroma].reshape(half),
    )


def cut_out(picture: I420, area: Area) -> tuple[I420, I420, I420]:
    """Return what of Y, U and V lies in an area on even pixels, as arrays that write through."""
    luma, *chroma = planes(picture)
    first, second = (
        plane[area.top // 2 : area.bottom // 2, area.left // 2 : area.right // 2] for plane in chroma
    )
    return luma[area.top : area.bottom, area.left : area.right], first, second


def hide(picture: I420, areas: Iterable[Area], fill: Fill) -> None:
    """Hide areas in a picture, in place.

    Args:
        picture: contiguous.
        areas: on even pixels, within the picture.
        fill: what stands there then.
    """
    for area in areas:
        for plane, black in zip(cut_out(picture, area), BLACK, strict=True):
            if fill is Fill.SOLID:
                plane[:] = black
            elif fill is Fill.PIXELS:
                pixelated(plane)
            else:
                blurred(plane)


def pixelated(plane: I420) -> None:
    """Leave so many blocks across the longer side, each its own mean."""
    size = max(1, -(-max(plane.shape) // _PIXELS_ACROSS))
    for top in range(0, plane.shape[0], size):
        for left in range(0, plane.shape[1], size):
            block = plane[top : top + size, left : left + size]
            block[:] = round(float(block.mean()))


def blurred(plane: I420) -> None:
    """Take the mean over a square about each pixel, twice."""
    radius = max(1, max(plane.shape) // _BLUR_SHARE)
    soft: NDArray[Any] = plane.astype(np.float64)
    for axis in (0, 1, 0, 1):
        soft = _means(soft, radius, axis)
    plane[:] = soft.round().astype(np.uint8)


def _means(values: NDArray[Any], radius: int, axis: int) -> NDArray[Any]:
    """Return the means of ``2 * radius + 1`` neighbours along an axis, the edges continued."""
    width = [(0, 0), (0, 0)]
    width[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(values, width, mode="edge"), axis=axis)
    span, count = 2 * radius + 1, values.shape[axis]
    upper = np.take(sums, range(span, span + count), axis=axis)
    lower = np.take(sums, range(count), axis=axis)
    return np.asarray((upper - lower) / span)
