"""Photographs with something hidden: what lies under a mask is gone, and nothing lies beside the pixels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.redaction.checking.still_check import held_findings, still_findings
from fleet.redaction.errors import RedactionError
from fleet.redaction.making.still import decoded_still, hidden_areas, with_hidden_still
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState
from fleet.redaction.rules.plan import Fill, RedactionPlan
from tests.support.media.imported import photograph


def jpeg(seed: int, width: int, height: int) -> bytes:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def plan_of(*areas: Area, fill: Fill = Fill.SOLID, at_ns: int = 0) -> RedactionPlan:
    masks = tuple(
        Mask(number, (KeyFrame(at_ns, area),), reason="A face") for number, area in enumerate(areas, start=1)
    )
    return RedactionPlan(masks, fill=fill)


@given(
    st.integers(0, 5),
    st.integers(8, 90),
    st.integers(8, 90),
    st.tuples(*(st.integers(0, 80) for _ in range(2)), *(st.integers(1, 60) for _ in range(2))),
    st.integers(0, 10**12),
)
@settings(max_examples=40)
def test_what_is_under_a_mask_is_the_fill_whenever_it_was_drawn(
    seed: int, width: int, height: int, box: tuple[int, int, int, int], at_ns: int
) -> None:
    # proves F10
    left, top, wide, high = box
    data, plan = jpeg(seed, width, height), plan_of(Area(left, top, left + wide, top + high), at_ns=at_ns)
    made = with_hidden_still(data, plan)
    areas = hidden_areas(plan, decoded_still(data))
    if made is None:
        assert areas == ()
        return
    assert list(still_findings(made, data, plan)) == []
    picture = decoded_still(made)
    for area in areas:
        assert (area.left <= left, area.top <= top) == (True, True)
        assert (area.right >= min(left + wide, width), area.bottom >= min(top + high, height)) == (True, True)
        assert picture[area.top : area.bottom, area.left : area.right].max() <= 32


@pytest.mark.parametrize("fill", list(Fill))
def test_each_fill_passes_its_check_and_another_picture_does_not(fill: Fill) -> None:
    data, plan = jpeg(1, 120, 80), plan_of(Area(20, 20, 60, 60), Area(70, 10, 110, 50), fill=fill)
    made = with_hidden_still(data, plan)
    assert made is not None
    assert list(still_findings(made, data, plan)) == []
    for other in (data, jpeg(2, 120, 80)):
        assert any("something else than the fill" in each for each in still_findings(other, data, plan))
    assert "It has another size than the original." in list(still_findings(jpeg(1, 80, 80), data, plan))
    assert "It shows another scene than the original." in list(
        still_findings(jpeg(2, 120, 80), data, plan_of(Area(0, 0, 2, 2)))
    )


def test_what_lies_beside_the_pixels_is_found() -> None:
    # proves F10
    bare = jpeg(1, 40, 40)
    assert list(held_findings(bare)) == []
    comment = b"\xff\xfe\x00\x07hello"
    thumbnail = bytearray(bare)
    thumbnail[4:6] = (16 + 3).to_bytes(2, "big")
    thumbnail[20:20] = b"\x01\x02\x03"
    for held, said in (
        (photograph(), "segment of the kind 0xe1"),
        (bare[:2] + comment + bare[2:], "segment of the kind 0xfe"),
        (bytes(thumbnail), "head with more than the size"),
        (bare + b"\x00", "behind its end"),
        (bare + bare, "behind its end"),
        (bare[:-2], "does not end"),
        (b"\x89PNG", "no JPEG"),
    ):
        assert any(said in each for each in held_findings(held)), said


@given(st.binary(max_size=200))
def test_no_bytes_end_the_check(data: bytes) -> None:
    assert list(held_findings(data)) == list(held_findings(data))
    assert list(held_findings(b"\xff\xd8" + data)) != []


def test_only_masks_that_people_accepted_hide_and_what_cannot_be_decoded_is_refused() -> None:
    face = (KeyFrame(0, Area(2, 2, 20, 20)),)
    for state in (MaskState.REFUSED, MaskState.KEPT, MaskState.PROPOSED):
        assert (
            with_hidden_still(jpeg(1, 40, 40), RedactionPlan((Mask(1, face, state=state, reason="x"),)))
            is None
        )
    with pytest.raises(RedactionError, match="cannot be decoded"):
        with_hidden_still(b"nothing", plan_of(Area(0, 0, 4, 4)))
    with pytest.raises(RedactionError, match="more than 16384 pixels"):
        with_hidden_still(jpeg(1, 16_400, 2), plan_of(Area(0, 0, 4, 4)))
    assert "cannot be decoded" in " ".join(
        still_findings(b"\xff\xd8", jpeg(1, 8, 8), plan_of(Area(0, 0, 4, 4)))
    )
