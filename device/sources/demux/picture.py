"""A decoded picture as the camera takes it: upright, in colours that are what they say, its shape known.

Rules:

- What is I420 in BT.601 of limited range already (ITU-R BT.601-7) is only copied out of the decoder. All else
  becomes BGR by the matrix and the range that the picture states; one that states none is taken for BT.601,
  as FFmpeg does.
- A display matrix (ISO/IEC 14496-12, 8.5.2) turns and mirrors the picture by quarters. Where coded pictures
  state it themselves (display orientation SEI, payload type 47 of ITU-T H.264 and H.265), it holds until the
  next key picture: FFmpeg tells it of those pictures alone that bring it.
- A picture of more pixels than a camera of 4K gives is halved until it has no more: no recording is as large,
  and each copy of one of 8K takes 50 to 100 MB.
- Pixels that are not square stay as they are and their shape is told: the picture is scaled once, later.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.reformatter import Interpolation

from device.frames import PixelFormat, VideoFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    from av.video.frame import VideoFrame as Picture
    from numpy.typing import NDArray

LARGE: Final = 4096 * 2304
"""Pixels of the largest picture that is used as it is."""

LARGEST: Final = 8192 * 4608
"""Pixels of the largest picture that is decoded: its decoder alone takes some 200 MB."""

_UNSTATED: Final = 2
_LIKE_601: Final = frozenset({0, _UNSTATED, 5, 6})  # AVCOL_SPC_RGB never with yuv420p
_FULL: Final = 2
_MATRIX: Final = 9
_WILDEST: Final = 16


def pixel_aspect(stated: Fraction | None) -> Fraction:
    """How much wider than high a pixel is; 1 where that is not stated or cannot be."""
    if stated is None or not Fraction(1, _WILDEST) <= stated <= _WILDEST:
        return Fraction(1)
    return stated


def reduced(picture: Picture) -> Picture:
    """A picture of no more than ``LARGE`` pixels, halved as often as that takes."""
    halves = 0
    while (picture.width >> halves) * (picture.height >> halves) > LARGE:
        halves += 1
    if not halves:
        return picture
    return picture.reformat(
        width=(picture.width >> halves) // 2 * 2,
        height=(picture.height >> halves) // 2 * 2,
        interpolation=Interpolation.AREA,
    )


class PictureTurn(NamedTuple):
    """How a picture is turned to stand upright.

    Attributes:
        quarters: Counter-clockwise.
        mirrored: Whether it is mirrored left to right before that.
    """

    quarters: int
    mirrored: bool


UPRIGHT: Final = PictureTurn(0, mirrored=False)


def turn(matrix: NDArray[np.int32]) -> PictureTurn:
    """What a display matrix does.

    Args:
        matrix: Shape (3, 3), as FFmpeg keeps it: a point (x, y) of the picture goes to
            (x m00 + y m10, x m01 + y m11).
    """
    a, b, c, d = (int(matrix[row, column]) for row in (0, 1) for column in (0, 1))
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    if abs(a) >= abs(b):
        return PictureTurn(0 if a >= 0 else 2, mirrored)
    return PictureTurn(3 if b > 0 else 1, mirrored)


class Standing:
    """How the pictures of a stream are turned, in the order in which they are shown.

    A key picture that states nothing is turned like the one before; the next one settles it. FFmpeg's own
    ``h264_metadata`` puts the statement behind the key picture, where decoders read it with the next.

    Args:
        besides: What a picture brings besides itself. ``Picture.side_data`` keeps the picture until Python
            looks for circles of objects, which may be a hundred pictures later: a gigabyte in 4K.
    """

    def __init__(self, besides: Callable[[Picture], Any] | None = None) -> None:
        self._besides = besides or cast("Any", SideDataContainer)  # PyAV's types say that it takes nothing
        self._turn = UPRIGHT
        self._unsettled = False

    def turn(self, picture: Picture) -> PictureTurn:
        """How the next picture is turned."""
        stated = _stated(self._besides(picture))
        if stated is not None or self._unsettled:
            self._turn = stated or UPRIGHT
        self._unsettled = stated is None and bool(picture.key_frame)
        return self._turn


def _stated(besides: Any) -> PictureTurn | None:  # noqa: ANN401 - PyAV's types do not say that it is a mapping
    data = besides.get(Type.DISPLAYMATRIX)
    if data is None:
        return None
    values = np.frombuffer(data, np.int32)
    return turn(values.reshape(3, 3)) if values.size == _MATRIX else None


def to_frame(picture: Picture, boot_ns: int, aspect: Fraction, turned: PictureTurn = UPRIGHT) -> VideoFrame:
    """A picture with its time, upright, and the shape of its pixels as the source states it."""
    quarters, mirrored = turned
    if turned == UPRIGHT and _is_ours(picture):
        image, layout = cast("NDArray[np.uint8]", picture.to_ndarray()), PixelFormat.I420
    else:
        image, layout = _bgr(picture, quarters, mirrored=mirrored), PixelFormat.BGR
    if quarters % 2:
        aspect = 1 / aspect
    return VideoFrame(image, boot_ns, layout, owned=True, pixel_aspect=float(aspect))


def _is_ours(picture: Picture) -> bool:
    return (
        picture.format.name == "yuv420p"
        and picture.colorspace in _LIKE_601
        and picture.color_range != _FULL
        and picture.width % 2 == 0
        and picture.height % 2 == 0
    )


def _bgr(picture: Picture, quarters: int, *, mirrored: bool) -> NDArray[np.uint8]:
    image = picture.reformat(format="bgr24", src_color_range=picture.color_range or None)
    array = cast("NDArray[np.uint8]", image.to_ndarray())
    if mirrored:
        array = array[:, ::-1]
    return np.ascontiguousarray(np.rot90(array, quarters))
