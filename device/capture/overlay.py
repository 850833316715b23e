"""Time (UTC), camera and recording mark, burned into the picture, touching only the pixels that they cover.

The strip of text is drawn when it changes, once a second, and copied into the luma plane of every picture;
the chroma under it is made neutral. The cost is that of a few hundred short rows.

    overlay = Overlay(settings, 640, 360)
    overlay.draw(i420, utc_us, recording=True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from device.encode.picture import planes
from protocol.units import US_PER_S, utc_moment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from device.settings import OverlaySettings

_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX
_BLACK: Final = 16
_WHITE: Final = 235
_NEUTRAL: Final = 128
_ROWS_PER_TEXT: Final = 24  # a line of text takes one twenty-fourth of the picture's height, 12 rows at least
_SMALLEST_TEXT: Final = 12


class Overlay:
    """Draws into pictures of one size.

    Args:
        settings: Whether at all, and the camera's id.
        width: Of the pictures, in pixels.
        height: Of the pictures, in pixels.
    """

    def __init__(self, settings: OverlaySettings, width: int, height: int) -> None:
        self._enabled = settings.enabled
        self._camera = settings.camera
        self._width = width
        self._rows = _even(max(height // _ROWS_PER_TEXT, _SMALLEST_TEXT))
        self._shown: tuple[int, bool] | None = None
        self._strip: NDArray[np.uint8] = np.empty((0, 0), np.uint8)

    def draw(self, i420: NDArray[np.uint8], utc_us: int, *, recording: bool) -> None:
        """Burn the text into a picture, in place.

        Args:
            i420: Contiguous, of the size given at the beginning.
            utc_us: The time to show, microseconds since 1970 in UTC.
            recording: Whether to show the recording mark.
        """
        if not self._enabled:
            return
        shown = (utc_us // US_PER_S, recording)
        if shown != self._shown:
            text = overlay_text(utc_us, self._camera, recording=recording)
            self._shown, self._strip = shown, _render(text, self._rows, self._width)
        rows, columns = self._strip.shape
        luma, *chroma = planes(i420)
        luma[:rows, :columns] = self._strip
        for colour in chroma:
            colour[: rows // 2, : columns // 2] = _NEUTRAL


def overlay_text(utc_us: int, camera: str, *, recording: bool) -> str:
    """What the strip says: "2026-11-22 05:12:33 UTC cam-01 REC"."""
    time = utc_moment(utc_us).strftime("%Y-%m-%d %H:%M:%S UTC")
    return " ".join(part for part in (time, camera, "REC" if recording else "") if part)


def _render(text: str, rows: int, widest: int) -> NDArray[np.uint8]:
    """White text on black, as luma; even in both directions since chroma has half the pixels."""
    scale = cv2.getFontScaleFromHeight(_FONT, rows * 5 // 9)
    (width, height), _ = cv2.getTextSize(text, _FONT, scale, 1)
    margin = rows // 4
    strip = np.full((rows, _even(width + 2 * margin)), _BLACK, np.uint8)
    baseline = (rows + height) // 2
    cv2.putText(strip, text, (margin, baseline), _FONT, scale, (_WHITE,), 1, cv2.LINE_AA)
    return strip[:, :widest]


def _even(pixels: int) -> int:
    return pixels + pixels % 2
