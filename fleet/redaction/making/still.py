"""A photograph with areas hidden: decoded, filled, and encoded anew as a JPEG of its pixels alone."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from fleet.redaction.errors import RedactionError
from fleet.redaction.making.fill import blurred, pixelated
from fleet.redaction.rules.area import LARGEST_SIDE, Area
from fleet.redaction.rules.plan import Fill, RedactionPlan

_QUALITY: Final = 97

Picture = NDArray[np.uint8]
"""Blue, green and red, of shape (height, width, 3)."""


def decoded_still(data: bytes) -> Picture:
    """Return the pixels of a photograph.

    Raises:
        RedactionError: it cannot be decoded, or is too large.
    """
    try:
        picture = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except cv2.error as error:
        raise RedactionError("The photograph cannot be decoded.") from error
    if picture is None:
        raise RedactionError("The photograph cannot be decoded.")
    if max(picture.shape[:2]) > LARGEST_SIDE:
        raise RedactionError(
            f"Photographs with a side of more than {LARGEST_SIDE} pixels are not redacted here."
        )
    return np.asarray(picture, np.uint8)


def hidden_areas(plan: RedactionPlan, picture: Picture) -> tuple[Area, ...]:
    """Return what of a photograph a plan hides; it has no time, so that every mask lies over it."""
    height, width = picture.shape[:2]
    return plan.hidden_in_still(width, height)


def fill_still(picture: Picture, areas: tuple[Area, ...], fill: Fill) -> None:
    """Hide areas in a picture, in place."""
    for area in areas:
        inside = picture[area.top : area.bottom, area.left : area.right]
        if fill is Fill.SOLID:
            inside[:] = 0
            continue
        soften = pixelated if fill is Fill.PIXELS else blurred
        for channel in range(3):
            soften(inside[:, :, channel])


def with_hidden_still(data: bytes, plan: RedactionPlan) -> bytes | None:
    """Return a photograph in which all that a plan hides is hidden; None where that is nothing.

    Raises:
        RedactionError: it cannot be decoded or encoded.
    """
    picture = decoded_still(data)
    areas = hidden_areas(plan, picture)
    if not areas:
        return None
    fill_still(picture, areas, plan.fill)
    # Colour for every pixel: else what lies beside a mask would be smeared into it.
    full = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    done, made = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY, *full])
    if not done:
        raise RedactionError("The photograph cannot be encoded anew.")
    return made.tobytes()
