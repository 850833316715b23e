"""Which of a source's pictures are made of fields, and how, where the pictures do not say all of it. Pure.

Rules:

- What a picture says of itself counts, as long as its codec says such things at all. Where it does not, the
  container's word counts: H.265, VP9 and JPEG pictures are woven from two fields and do not say so.
- In H.265 a picture that says it is interlaced is one field alone, by the standard (ITU-T H.265, D.3.3,
  ``pic_struct`` 1 and 2), half as high as what it shows. Encoders that are given whole pictures say so of
  these as well; so the shape decides. No frame that has fields is as wide as a field is.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fractions import Fraction


class Fields(Enum):
    """How the pictures of a source are made of fields.

    Each value is the order of fields as FFmpeg's bwdif names it.
    """

    AS_STATED = "auto"
    TOP_FIRST = "tff"
    BOTTOM_FIRST = "bff"


SINGLE_FIELDS: Final = "hevc"
"""The codec, by FFmpeg's name, that codes fields as pictures of their own and leaves them apart."""

_SILENT: Final = frozenset({SINGLE_FIELDS, "vp8", "vp9", "av1", "mjpeg", "jpeg2000"})
_TOP_FIRST: Final = frozenset({2, 4})  # AV_FIELD_TT, AV_FIELD_TB
_BOTTOM_FIRST: Final = frozenset({3, 5})  # AV_FIELD_BB, AV_FIELD_BT
_WIDEST_FRAME: Final = 2.45
"""Wider than any cinema's 2.39 and narrower than a field of 720 by 288."""


def stated_fields(codec: str, order: int) -> Fields:
    """How pictures are woven by the word of their container.

    Args:
        codec: FFmpeg's name of it.
        order: FFmpeg's ``AVFieldOrder``.
    """
    if codec in _SILENT and order in _TOP_FIRST:
        return Fields.TOP_FIRST
    if codec in _SILENT and order in _BOTTOM_FIRST:
        return Fields.BOTTOM_FIRST
    return Fields.AS_STATED


def is_field_alone(codec: str, width: int, height: int, pixel_aspect: Fraction) -> bool:
    """Whether a picture that says it is interlaced is one field.

    Args:
        codec: FFmpeg's name of it.
        width: Pixels.
        height: Pixels; more than none.
        pixel_aspect: How much wider than high a pixel of the whole picture is.
    """
    return codec == SINGLE_FIELDS and width * pixel_aspect / height > _WIDEST_FRAME
