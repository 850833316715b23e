"""Pictures larger than any recording are halved before they are copied."""

from __future__ import annotations

import av
import pytest

from device.sources.demux.picture import LARGE, reduced


@pytest.mark.parametrize(
    ("size", "becomes"),
    [
        ((4096, 2304), (4096, 2304)),
        ((7680, 4320), (3840, 2160)),
        ((5120, 2880), (2560, 1440)),
        ((2161, 8192), (1080, 4096)),
    ],
)
def test_a_large_picture_is_halved(size: tuple[int, int], becomes: tuple[int, int]) -> None:
    picture = av.VideoFrame(*size, "yuv420p")
    picture.pts = 7
    made = reduced(picture)
    assert (made.width, made.height, made.format.name) == (*becomes, "yuv420p")
    assert made.width * made.height <= LARGE
