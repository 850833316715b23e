"""What is hidden when and where: every frame between two key frames, and widening only ever grows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fleet.redaction.rules.area import Area, between, hull
from fleet.redaction.rules.mask import KeyFrame, Mask, MaskState, TimeSpan
from fleet.redaction.rules.plan import ApprovedPlan, Fill, Muting, RedactionPlan, Widening
from fleet.redaction.rules.refusal import RedactionRefusalError
from tests.unit.fleet.redaction.plans import HEIGHT, SECOND, WIDTH, areas, masks, plans, widenings

NOTHING_MORE = Widening(0, 0, 0)
FRAME = SECOND // 30


@given(masks(whole=True), st.data())
def test_every_frame_between_two_key_frames_is_covered(mask: Mask, data: st.DataObject) -> None:  # proves F8
    mask = replace(mask, state=MaskState.ACCEPTED)
    at = data.draw(st.integers(mask.keys[0].at_ns, mask.keys[-1].at_ns))
    plan = RedactionPlan((mask,), widening=NOTHING_MORE)
    (hidden,) = plan.hidden_at(at, at + FRAME, WIDTH, HEIGHT)
    assert hidden.covers(mask.area_at(at))
    assert plan.touches_picture(at, at + 1)


@given(masks(whole=True), st.data())
def test_an_area_moves_straight_from_key_frame_to_key_frame(mask: Mask, data: st.DataObject) -> None:
    for key in mask.keys:
        assert mask.area_at(key.at_ns) == key.area
    assume(len(mask.keys) > 1)
    place = data.draw(st.integers(0, len(mask.keys) - 2))
    first, second = mask.keys[place : place + 2]
    at = data.draw(st.integers(first.at_ns, second.at_ns))
    area = mask.area_at(at)
    assert hull([first.area, second.area]).covers(area)
    share = (at - first.at_ns) / (second.at_ns - first.at_ns)
    for side in ("left", "top", "right", "bottom"):
        exact = getattr(first.area, side) * (1 - share) + getattr(second.area, side) * share
        assert abs(getattr(area, side) - exact) < 1 + 1e-6


@given(areas(), areas(), st.integers(0, 100))
def test_rounding_is_outwards(first: Area, second: Area, share: int) -> None:
    area = between(first, second, share, 100)
    assert area.left * 100 <= first.left * (100 - share) + second.left * share
    assert area.right * 100 >= first.right * (100 - share) + second.right * share


@given(masks(), widenings, widenings, st.integers(0, 22 * SECOND))
def test_widening_only_ever_grows(mask: Mask, one: Widening, other: Widening, at: int) -> None:  # proves F8
    mask = replace(mask, state=MaskState.ACCEPTED)
    more = Widening(
        max(one.percent, other.percent), max(one.pixels, other.pixels), max(one.time_ns, other.time_ns)
    )
    before = RedactionPlan((mask,), widening=one).hidden_at(at, at + FRAME, WIDTH, HEIGHT)
    after = RedactionPlan((mask,), widening=more).hidden_at(at, at + FRAME, WIDTH, HEIGHT)
    assert all(any(wide.covers(area) for wide in after) for area in before)


@given(plans(), st.integers(0, 22 * SECOND), st.integers(1, 2 * SECOND))
def test_a_second_is_touched_just_when_something_in_it_is_hidden(
    plan: RedactionPlan, start: int, length: int
) -> None:
    hidden = plan.hidden_at(start, start + length, WIDTH, HEIGHT)
    assert plan.touches_picture(start, start + length) == bool(hidden)
    assert all(Area(0, 0, WIDTH, HEIGHT).covers(area) for area in hidden)
    assert all(not side % 2 for area in hidden for side in (area.left, area.top, area.right, area.bottom))


def test_what_a_person_ended_is_in_sight_and_what_is_around_it_is_not() -> None:
    face = Area(100, 100, 140, 140)
    keys = (KeyFrame(SECOND, face), KeyFrame(9 * SECOND, face))
    mask = Mask(1, keys, (TimeSpan(3 * SECOND, 6 * SECOND),), reason="a neighbour")
    plan = RedactionPlan((mask,), widening=replace(NOTHING_MORE, time_ns=SECOND // 2))
    shown = [
        at for at in range(110) if not plan.hidden_at(at * SECOND // 10, at * SECOND // 10 + 1, WIDTH, HEIGHT)
    ]
    assert shown == [*range(5), *range(36, 55), *range(96, 110)]


@pytest.mark.parametrize("state", [MaskState.PROPOSED, MaskState.REFUSED, MaskState.KEPT])
def test_what_nobody_accepted_is_not_hidden(state: MaskState) -> None:
    mask = Mask(1, (KeyFrame(0, Area(0, 0, 9, 9)),), state=state, reason="why")
    assert RedactionPlan((mask,)).hidden_at(0, 1, WIDTH, HEIGHT) == ()


def test_a_plan_with_an_open_proposal_is_approved_by_nobody() -> None:
    mask = Mask(1, (KeyFrame(0, Area(0, 0, 9, 9)),), state=MaskState.PROPOSED)
    with pytest.raises(RedactionRefusalError, match="1 are neither accepted nor refused"):
        ApprovedPlan(RedactionPlan((mask,)))
    ApprovedPlan(RedactionPlan((replace(mask, state=MaskState.REFUSED),)))


def test_mutes_touch_what_they_meet() -> None:
    plan = RedactionPlan(mutes=(Muting(1, TimeSpan(5, 10), "a name"),))
    assert [plan.touches_sound(at, at + 1) for at in range(3, 12)] == [False] * 2 + [True] * 5 + [False] * 2


def test_only_what_can_be_undone_comes_with_a_warning() -> None:
    assert [bool(fill.warning) for fill in Fill] == [False, True, True]


FACE = Area(0, 0, 9, 9)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Area(5, 0, 5, 9), "left before right"),
        (lambda: Area(-1, 0, 5, 9), "from 0 to"),
        (lambda: KeyFrame(-1, FACE), "outside the recording"),
        (lambda: TimeSpan(5, 5), "ends after it begins"),
        (lambda: Mask(1, ()), "1 to 10000 key frames"),
        (lambda: Mask(0, (KeyFrame(0, FACE),), reason="x"), "number from 1"),
        (lambda: Mask(1, (KeyFrame(1, FACE), KeyFrame(1, FACE)), reason="x"), "order of their times"),
        (
            lambda: Mask(1, (KeyFrame(0, FACE),), (TimeSpan(0, 5),), reason="x"),
            "between two of its key frames",
        ),
        (lambda: Mask(1, (KeyFrame(0, FACE),)), "Say why"),
        (lambda: Mask(1, (KeyFrame(0, FACE),), reason="two\nlines"), "one line"),
        (lambda: Muting(1, TimeSpan(0, 1), " "), "Say why"),
        (lambda: Widening(101), "0 to 100 percent"),
        (lambda: Widening(time_ns=3 * SECOND), "0 to 2 seconds"),
        (lambda: RedactionPlan((Mask(2, (KeyFrame(0, FACE),), reason="x"),) * 2), "each once"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(wrong: object, sentence: str) -> None:  # proves F6
    assert callable(wrong)
    with pytest.raises(RedactionRefusalError, match=sentence):
        wrong()
