"""Which pictures are made of fields, where they do not say so themselves."""

from __future__ import annotations

from fractions import Fraction

import pytest

from device.sources.demux.fields import Fields, is_field_alone, stated_fields

UNKNOWN, PROGRESSIVE, TOP_TOP, BOTTOM_BOTTOM, TOP_BOTTOM, BOTTOM_TOP = range(6)
"""FFmpeg's ``AVFieldOrder``: which field is stored first, and which is shown first."""


@pytest.mark.parametrize("codec", ["hevc", "vp9", "mjpeg"])
def test_the_container_counts_where_pictures_say_nothing(codec: str) -> None:
    assert stated_fields(codec, TOP_TOP) is stated_fields(codec, TOP_BOTTOM) is Fields.TOP_FIRST
    assert stated_fields(codec, BOTTOM_BOTTOM) is stated_fields(codec, BOTTOM_TOP) is Fields.BOTTOM_FIRST
    assert stated_fields(codec, UNKNOWN) is stated_fields(codec, PROGRESSIVE) is Fields.AS_STATED


@pytest.mark.parametrize("codec", ["h264", "mpeg2video", "prores", "dvvideo"])
def test_pictures_that_say_it_themselves_are_believed(codec: str) -> None:
    assert {stated_fields(codec, order) for order in range(6)} == {Fields.AS_STATED}


@pytest.mark.parametrize(
    ("width", "height", "aspect"),
    [
        (1920, 540, Fraction(1)),
        (1440, 540, Fraction(4, 3)),
        (720, 288, Fraction(1)),
        (720, 288, Fraction(16, 15)),
        (720, 240, Fraction(8, 9)),
    ],
)
def test_a_field_is_told_from_a_frame_by_its_shape(width: int, height: int, aspect: Fraction) -> None:
    assert is_field_alone("hevc", width, height, aspect)
    assert not is_field_alone("hevc", width, height * 2, aspect)
    assert not is_field_alone("h264", width, height, aspect)
