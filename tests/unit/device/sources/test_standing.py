"""How pictures are turned that state it now and then."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any, cast

import av
import numpy as np
import pytest
from av.sidedata.sidedata import Type
from hypothesis import given
from hypothesis import strategies as st

from device.sources.demux.picture import UPRIGHT, PictureTurn, Standing, turn

ONE = 1 << 16
QUARTER = (0, -ONE, ONE, 0)
HALF = (-ONE, 0, 0, -ONE)


@dataclass
class PictureDouble:
    """What is asked of FFmpeg's."""

    key_frame: bool = False
    stated: tuple[int, int, int, int] | None = None
    side_data: dict[Type, bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.side_data = {}
        if self.stated is not None:
            a, b, c, d = self.stated
            whole = np.array([a, b, 0, c, d, 0, 0, 0, 1 << 30], np.int32)
            self.side_data[Type.DISPLAYMATRIX] = whole.tobytes()


def all_turned(*shown: PictureDouble) -> list[PictureTurn]:
    standing = Standing(lambda picture: cast("Any", picture).side_data)
    return [standing.turn(cast("Any", picture)) for picture in shown]


KEY, LATER = PictureDouble(key_frame=True), PictureDouble()


def test_what_a_key_picture_states_holds_for_those_after_it() -> None:
    stated = PictureDouble(key_frame=True, stated=QUARTER)
    first, *rest = all_turned(stated, LATER, LATER, stated, LATER)
    assert first != UPRIGHT
    assert rest == [first] * 4


def test_what_stands_behind_each_key_picture_does_not_make_those_lie() -> None:
    behind = PictureDouble(stated=QUARTER)
    first, *rest = all_turned(behind, LATER, KEY, behind, LATER, KEY, behind)
    assert rest == [first] * 6


def test_a_turn_is_over_once_a_key_picture_and_the_next_one_state_none() -> None:
    turned = all_turned(PictureDouble(key_frame=True, stated=HALF), LATER, KEY, LATER, KEY, LATER)
    assert [each == UPRIGHT for each in turned] == [False, False, False, True, True, True]


@given(
    st.lists(
        st.builds(PictureDouble, st.booleans(), st.sampled_from([None, QUARTER, HALF, (ONE, 0, 0, ONE)]))
    )
)
def test_a_picture_stands_as_the_last_one_stated_or_upright(shown: list[PictureDouble]) -> None:
    for number, turned in enumerate(all_turned(*shown)):
        said = [each.stated for each in shown[: number + 1] if each.stated is not None]
        assert turned in {UPRIGHT, *(_of(each) for each in said[-1:])}
        if shown[number].stated is not None:
            assert turned == _of(said[-1])


@pytest.mark.parametrize("angle", range(-400, 400, 7))
def test_any_angle_turns_by_the_nearest_quarter(angle: int) -> None:
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    matrix = tuple(round(ONE * float(part)) for part in (cosine, sine, -sine, cosine))
    quarters, mirrored = _of(cast("Any", matrix))
    assert not mirrored
    assert abs((angle + 90 * quarters + 180) % 360 - 180) <= 45


def _of(stated: tuple[int, int, int, int]) -> PictureTurn:
    a, b, c, d = stated
    return turn(np.array([[a, b, 0], [c, d, 0], [0, 0, 1 << 30]], np.int32))


def test_a_picture_is_let_go_of_at_once() -> None:
    """What PyAV keeps beside a picture keeps the picture: in 4K that was a gigabyte until Python looked."""
    picture = av.VideoFrame(16, 16, "yuv420p")
    before = sys.getrefcount(picture)
    assert Standing().turn(picture) == UPRIGHT
    assert sys.getrefcount(picture) == before
