"""Which camera to take, who is found, and when a camera has said that it changed hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.assignments.models import Assignment
from fleet.web.facts import CameraFacts, OfficerFacts
from fleet.web.sources import Hands, _used
from fleet.web.views.desk.best import best, best_words
from fleet.web.views.desk.handout import hand_out, unfit
from fleet.web.views.desk.officers import SHOWN, people
from protocol.messages.status import Status

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FREE = CameraFacts(
    camera="cam-01",
    enrolled=NOW,
    online=True,
    last_seen=NOW,
    state="standby",
    battery=90,
    storage_used=5,
    waiting=0,
    taken_on=True,
)


def free(camera: str, **change: Any) -> CameraFacts:  # noqa: ANN401 - any field
    return replace(FREE, camera=camera, **change)


@pytest.mark.parametrize(
    ("other", "first"),
    [
        ({"battery": 100, "storage_used": 70}, "cam-02"),
        ({"battery": 99}, "cam-01"),
        ({"battery": None}, "cam-01"),
        ({"storage_used": 20}, "cam-01"),
        ({"storage_used": None}, "cam-01"),
        ({"verified": NOW - timedelta(days=1)}, "cam-02"),
        ({"verified": NOW - timedelta(days=15)}, "cam-01"),
        ({"verified": NOW - timedelta(days=1), "battery": 70}, "cam-01"),
    ],
)
def test_charge_counts_before_room_and_that_before_what_was_verified(
    other: dict[str, Any], first: str
) -> None:
    found = best([free("cam-01"), free("cam-02", **other)], NOW)
    assert found is not None
    assert found.camera == first


def test_of_equal_cameras_the_lowest_number_is_taken() -> None:
    found = best([free("cam-10"), free("cam-100"), free("cam-9")], NOW)
    assert found is not None
    assert found.camera == "cam-9"


CAMERAS = st.lists(
    st.builds(
        replace,
        st.just(FREE),
        camera=st.integers(1, 200).map("cam-{:02d}".format),
        online=st.booleans(),
        state=st.sampled_from(["standby", "docked", "fault", "off", None]),
        battery=st.none() | st.integers(0, 100),
        storage_used=st.none() | st.integers(0, 100),
        waiting=st.none() | st.integers(0, 2),
        taken_on=st.booleans(),
        verified=st.none() | st.just(NOW),
    ),
    max_size=6,
    unique_by=lambda facts: facts.camera,
)


@given(CAMERAS, st.randoms())
def test_only_one_that_is_heard_and_fit_is_named_whatever_the_order(
    cameras: list[CameraFacts],
    random: Any,  # noqa: ANN401 - Hypothesis gives a random.Random
) -> None:
    # proves F8
    shuffled = list(cameras)
    random.shuffle(shuffled)
    page, again = (hand_out(each, (), (), None, NOW) for each in (cameras, shuffled))
    assert (page.best, page.best_camera) == (again.best, again.best_camera)
    fit = {facts.camera for facts in cameras if facts.online and not unfit(facts)}
    assert (page.best_camera in fit) if fit else (page.best_camera == "")


def test_what_it_does_not_report_is_no_reason() -> None:
    assert best_words(free("cam-01", battery=None, storage_used=None), NOW) == "Take cam-01: ready to go."
    told = best_words(free("cam-01", verified=NOW - timedelta(hours=1)), NOW)
    assert told == (
        "Take cam-01: 90 % of its battery left, 5 % of its storage used and a recording of it verified 09:00."
    )


THOUSAND = tuple(OfficerFacts(str(number), f"Officer {number}") for number in range(1000, 0, -1))


def test_among_a_thousand_the_first_are_shown_and_any_is_found() -> None:
    all_of_them = people(THOUSAND, "", NOW)
    assert [each.name for each in all_of_them.shown][:3] == ["Officer 1", "Officer 2", "Officer 3"]
    assert (len(all_of_them.shown), all_of_them.found) == (SHOWN, 1000)
    assert all_of_them.more == "940 more officers: type a part of the name to find one."
    assert [each.name for each in people(THOUSAND, " 777 OFF ", NOW).shown] == ["Officer 777"]
    assert people(THOUSAND, "nobody", NOW).shown == ()
    busy = (replace(THOUSAND[-1], camera="cam-01"), *THOUSAND[:-1])
    assert people(busy, "", NOW, free_first=True).shown[0].name == "Officer 2"


WORN = Assignment(id="a1", started=NOW)


@pytest.mark.parametrize(
    ("worn", "taken_back", "said", "seen_s", "settled"),
    [
        (None, None, None, 0, True),
        (WORN, None, "a1", 1, True),
        (WORN, None, "a1", -1, False),
        (WORN, None, None, 1, False),
        (WORN, NOW, "a0", 1, False),
        (None, NOW, None, 1, True),
        (None, NOW, None, -1, False),
        (None, NOW, "a1", 1, False),
    ],
)
def test_a_camera_has_said_so_in_a_message_after_it_changed_hands(
    worn: Assignment | None, taken_back: datetime | None, said: str | None, seen_s: int, settled: bool
) -> None:
    # proves F8
    status = Status(camera="cam-01", session="s", assignment=said)
    now = NOW + timedelta(seconds=2)
    assert Hands(worn, taken_back).said(status, NOW + timedelta(seconds=seen_s), now) is settled
    assert Hands(worn, taken_back).said(status, None, now) is None


@pytest.mark.parametrize(("worn", "taken_back", "named"), [(WORN, None, "a1"), (None, NOW, None)])
def test_a_camera_has_said_so_although_the_clock_was_put_back_since(
    worn: Assignment | None, taken_back: datetime | None, named: str | None
) -> None:
    # proves F8
    hour_ago = NOW - timedelta(hours=1)
    for said in ("a1", "a0", None):
        status = Status(camera="cam-01", session="s", assignment=said)
        assert Hands(worn, taken_back).said(status, hour_ago, hour_ago) is (said == named)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_storage_is_said_to_be_empty_or_full_only_where_it_is(free: int, whole: int) -> None:
    # proves F8
    status = Status(camera="cam-01", session="s", storage_free_bytes=free, storage_total_bytes=whole)
    used = _used(status)
    assert used is not None
    assert (used == 0) == (free >= whole)
    assert (used == 100) == (free == 0)
    assert abs(used - 100 * max(0, whole - free) / whole) <= 1
