"""Which sightings are of one face, and what key frames say less of and the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.redaction.rules.area import Area
from fleet.redaction.rules.editing import propose
from fleet.redaction.rules.followed import (
    JOINED_NS,
    MOST_PROPOSALS,
    FollowedFace,
    ProposalSearch,
    head_of,
    joined,
    thinned,
)
from fleet.redaction.rules.mask import MOST_KEYS, KeyFrame, Mask, MaskState
from fleet.redaction.rules.plan import RedactionPlan
from fleet.redaction.rules.refusal import RedactionRefusalError
from fleet.redaction.rules.search_document import read_search, write_search
from fleet.redaction.rules.sighting import Sighting, distinct, matched, overlap
from tests.unit.fleet.redaction.plans import SECOND, areas

FACE = Area(100, 100, 140, 150)


@st.composite
def followed(draw: st.DrawFn) -> FollowedFace:
    times = sorted(draw(st.sets(st.integers(0, 20 * SECOND), min_size=1, max_size=12)))
    keys = tuple(KeyFrame(at, draw(areas())) for at in times)
    return FollowedFace(keys, times[0], draw(st.integers(1, 9)), draw(st.booleans()))


searches = st.builds(ProposalSearch, st.integers(0, 10_000), st.lists(followed(), max_size=5).map(tuple))


@given(areas(), areas())
def test_overlap_is_a_share_and_the_same_both_ways(one: Area, other: Area) -> None:
    assert 0 <= overlap(one, other) <= 1
    assert overlap(one, other) == overlap(other, one)
    assert overlap(one, one) == 1


@given(st.lists(st.builds(Sighting, areas(), st.floats(0, 1)), max_size=12))
def test_every_face_is_kept_once(found: list[Sighting]) -> None:
    kept = distinct(found)
    assert all(any(overlap(each.area, other.area) > 0.3 or each == other for other in kept) for each in found)
    assert all(
        overlap(one.area, other.area) <= 0.3 for place, one in enumerate(kept) for other in kept[place + 1 :]
    )


@given(st.lists(areas(), max_size=6), st.lists(areas(), max_size=6))
def test_no_sighting_is_of_two_faces(known: list[Area], seen: list[Area]) -> None:
    found = matched(known, seen)
    assert len(set(found.values())) == len(found)
    assert all(0 <= number < len(known) and 0 <= place < len(seen) for number, place in found.items())


def test_the_nearest_sighting_is_of_a_face() -> None:
    near, far = Area(104, 100, 144, 150), Area(120, 100, 160, 150)
    assert matched([FACE], [far, near, Area(400, 0, 440, 50)]) == {0: 1}
    assert matched([FACE, far], [near]) == {0: 0}


@given(areas())
def test_a_proposal_is_of_the_head_and_not_of_the_face_alone(area: Area) -> None:
    head = head_of(area)
    assert head.covers(area)
    assert head.top <= max(0, area.top - 0.45 * area.height)
    assert head.left <= max(0, area.left - 0.3 * area.width)
    (keys,) = ProposalSearch(1, (FollowedFace((KeyFrame(0, area),), 0),)).proposals()
    assert keys == (KeyFrame(0, head),)


@given(followed())
def test_fewer_key_frames_say_the_same(face: FollowedFace) -> None:  # proves F8
    keys = thinned(face.keys)
    assert (keys[0], keys[-1]) == (face.keys[0], face.keys[-1])
    assert set(keys) <= set(face.keys)
    mask = Mask(1, keys, state=MaskState.PROPOSED)
    for key in face.keys:
        found, most = mask.area_at(key.at_ns), max(1.0, 0.04 * max(key.area.width, key.area.height))
        assert all(
            abs(getattr(found, side) - getattr(key.area, side)) <= most
            for side in ("left", "top", "right", "bottom")
        )


def test_a_face_that_walks_straight_needs_two_key_frames() -> None:
    keys = [KeyFrame(at, Area(at, 0, at + 40, 50)) for at in range(80)]
    assert thinned(keys) == (keys[0], keys[-1])


def face(start: int, end: int, area: Area = FACE) -> FollowedFace:
    return FollowedFace((KeyFrame(start, area), KeyFrame(end, area)), end)


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (face(SECOND + JOINED_NS, 5 * SECOND), 1),
        (face(SECOND + JOINED_NS + 1, 5 * SECOND), 2),
        (face(2 * SECOND, 5 * SECOND, Area(300, 100, 340, 150)), 2),
        (face(SECOND // 2, 5 * SECOND), 2),
    ],
    ids=["soon and near", "too late", "elsewhere", "at the same time"],
)
def test_a_face_that_is_seen_again_soon_and_near_is_one_mask(second: FollowedFace, count: int) -> None:
    # proves F8
    found = joined([second, face(0, SECOND)])
    assert len(found) == count
    if count == 1:
        mask = Mask(1, found[0].keys, state=MaskState.ACCEPTED, reason="a neighbour")
        plan = RedactionPlan((mask,))
        assert all(plan.hidden_at(at, at + 1, 640, 360) for at in range(0, 5 * SECOND, SECOND // 10))


@given(searches)
def test_what_was_found_becomes_proposals_that_nobody_decided(search: ProposalSearch) -> None:
    plan = propose(RedactionPlan(), 1, search.proposals())
    assert plan.undecided == len(plan.masks) <= len(search.faces)
    assert bool(plan.masks) == bool(search.faces)


def test_of_more_faces_than_a_plan_can_have_it_says_how_many_are_left_out() -> None:  # proves F9
    many = MOST_PROPOSALS + 7
    search = ProposalSearch(1, tuple(face(at * 3 * SECOND, at * 3 * SECOND + 1) for at in range(many)))
    assert len(search.proposals()) == MOST_PROPOSALS
    assert search.left_out() == 7


def test_of_a_face_with_more_key_frames_than_a_mask_has_two_masks_share_one() -> None:  # proves F8
    keys = tuple(KeyFrame(at, Area(at % 2 * 100, 0, at % 2 * 100 + 40, 50)) for at in range(MOST_KEYS + 5))
    one, two = ProposalSearch(1, (FollowedFace(keys, 0),)).proposals()
    assert len(one) == MOST_KEYS
    assert one[-1] == two[0]


@given(followed(), st.integers(0, 20 * SECOND), areas())
def test_a_face_moves_in_the_order_of_times(before: FollowedFace, at: int, area: Area) -> None:
    times = [key.at_ns for key in before.moved(KeyFrame(at, area), sighted=True).keys]
    assert times == sorted(set(times))
    assert times[-1] == at


@given(searches)
def test_a_search_that_is_read_back_is_the_same(search: ProposalSearch) -> None:  # proves F7
    assert read_search(write_search(search)) == search


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no JSON"),
        (b'{"version": 3}', "not of version 1"),
        (b'{"version": 1, "parts": 1, "faces": [[[], 0, 1, 1]]}', "face whose key frames"),
        (
            b'{"version": 1, "parts": 1, "faces": [[[[1,0,0,9,9],[1,0,0,9,9]], 0, 1, 1]]}',
            "face whose key frames",
        ),
        (b'{"version": 1, "parts": "x", "faces": []}', "whole number"),
    ],
)
def test_a_search_that_is_none_is_refused_in_a_sentence(data: bytes, sentence: str) -> None:  # proves F6
    with pytest.raises(RedactionRefusalError, match=sentence):
        read_search(data)
