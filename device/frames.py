"""What sources hand over and encoders take: pictures and sound, each with the time of its capture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from protocol.footage.format.model import GapCause

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PixelFormat(StrEnum):
    """How the bytes of a picture are laid out."""

    BGR = "bgr24"
    I420 = "yuv420p"


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture.

    Attributes:
        image: uint8. For ``BGR``: shape (height, width, 3). For ``I420`` (BT.601, limited range): shape
            (1.5 height, width), the planes Y, U and V one after the other.
        boot_ns: When it was taken.
        format: The layout of ``image``.
        owned: Whether the image belongs to this frame alone: whoever made it neither reads nor writes it any
            more, so the camera may draw into it. An image that is only lent, because its source or anybody
            else uses it again, is copied before that.
        pixel_aspect: How much wider than high a pixel is to be shown.
    """

    image: NDArray[np.uint8]
    boot_ns: int
    format: PixelFormat = PixelFormat.BGR
    owned: bool = False
    pixel_aspect: float = 1.0


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A block of sound.

    Attributes:
        samples: float32 in [-1, 1], shape (samples, channels).
        rate: Samples per second.
        boot_ns: When its first sample was taken.
        after_hole: Whether the source knows that samples just before this block were lost.
        hole_cause: Why they were.
    """

    samples: NDArray[np.float32]
    rate: int
    boot_ns: int
    after_hole: bool = False
    hole_cause: GapCause = GapCause.OVERFLOW
