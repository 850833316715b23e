from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fleet.web.facts import AssignmentFacts, CameraFacts, OfficerFacts
from fleet.web.views.desk.camera import about, had_it, summary
from fleet.web.views.desk.changed import done_words
from fleet.web.views.desk.handout import hand_on, hand_out, take_back, unfit

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FREE = CameraFacts(
    camera="cam-01",
    enrolled=NOW - timedelta(days=1),
    online=True,
    last_seen=NOW,
    state="standby",
    battery=90,
    storage_used=5,
    waiting=0,
    taken_on=True,
)
OUT = replace(FREE, camera="cam-02", officer="Officer 2", assignment="a2", since=NOW)
OFFICERS = (OfficerFacts("1", "Officer 1"), OfficerFacts("2", "Officer 2", camera="cam-02", since=NOW))


def test_what_is_in_and_what_is_out() -> None:
    page = hand_out([FREE, OUT], OFFICERS, (), None, NOW)
    assert [each.camera for each in page.free] == ["cam-01"]
    assert [(each.camera, each.officer) for each in page.out] == [("cam-02", "Officer 2")]
    assert page.chosen is None


def test_a_camera_that_is_out_cannot_be_chosen() -> None:
    assert hand_out([FREE, OUT], OFFICERS, (), "cam-01", NOW).chosen is not None
    assert hand_out([FREE, OUT], OFFICERS, (), "cam-02", NOW).chosen is None


def test_officers_without_a_camera_come_first() -> None:
    page = hand_out([FREE, OUT], tuple(reversed(OFFICERS)), (), "cam-01", NOW)
    assert [(each.name, each.camera) for each in page.people.shown] == [
        ("Officer 1", None),
        ("Officer 2", "cam-02"),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"online": False}, "It is not heard."),
        ({"online": False, "last_seen": None}, "It has never been heard."),
        ({"trouble": ("No picture.",)}, "No picture."),
        ({"state": "locked"}, "It is locked."),
        ({"battery": 12}, "Its battery is at 12 %."),
        ({"storage_used": 91}, "Its storage is 91 % full."),
        ({"state": "recording"}, "It says that it is recording."),
        ({"state": "fault"}, "It says that something is wrong."),
        ({"state": "off"}, "It says that it is off."),
        ({"waiting": 1}, "It holds 1 recording that is not safe here yet."),
        ({"waiting": None}, "What it still holds is not known: it has not said."),
        ({"state": None}, "It does not say what it does."),
        ({"taken_on": False}, "It has not said yet that nobody has it."),
        ({"waiting": 2, "arriving": 1}, "It holds 2 recordings that are not safe here yet."),
        ({"missing_count": 1, "arriving": 1}, "2 recordings of it are not safe here yet."),
        ({"waiting": 0, "arriving": 1}, "1 recording of it is not safe here yet."),
        ({"waiting": 1, "missing_count": 2}, "2 recordings of it are not safe here yet."),
    ],
)
def test_a_camera_that_should_stay_says_why(change: dict[str, object], why: str) -> None:
    facts = replace(FREE, **change)  # type: ignore[arg-type] # fields as they are named
    assert unfit(facts) == why


NOT_HEARD = "It is not heard, so whether it records and what it still holds is not known."


@pytest.mark.parametrize(
    ("change", "doubts"),
    [
        ({}, []),
        ({"state": "docked"}, []),
        ({"waiting": None}, ["What it still holds is not known: it has not said."]),
        (
            {"state": "recording"},
            ["It says that it is recording. That goes on until it is stopped."],
        ),
        (
            {"state": "recording", "recording_of": "Officer 6"},
            ["It says that it is recording. That goes on until it is stopped, and stays Officer 6's."],
        ),
        (
            {"waiting": 3, "missing_count": 1},
            ["It holds 3 recordings that are not safe here yet. Dock it before somebody else takes it."],
        ),
        ({"online": False, "state": "recording"}, [NOT_HEARD]),
        (
            {"online": False, "missing_count": 1},
            [
                NOT_HEARD,
                "1 recording of it is not safe here yet. Dock it before somebody else takes it.",
            ],
        ),
        (
            {"online": False, "waiting": 1},
            [
                NOT_HEARD,
                (
                    "It holds 1 recording that is not safe here yet by what was last known. "
                    "Dock it before somebody else takes it."
                ),
            ],
        ),
    ],
)
def test_taking_a_camera_back_asks_when_something_may_be_lost(
    change: dict[str, object], doubts: list[str]
) -> None:
    # proves F8
    asked = take_back([FREE, replace(OUT, **change)], "a2")  # type: ignore[arg-type] # fields as they are named
    assert list(asked.doubts if asked else ()) == doubts
    assert take_back([FREE, OUT], "a9") is None


@pytest.mark.parametrize(
    ("change", "doubts"),
    [
        ({}, []),
        ({"online": False, "state": "recording"}, []),
        ({"state": "recording"}, ["It says that it is recording. That goes on until it is stopped."]),
        (
            {"state": "recording", "recording_of": "Officer 6"},
            ["It says that it is recording. That goes on until it is stopped, and stays Officer 6's."],
        ),
    ],
)
def test_handing_out_a_camera_that_records_asks_first(change: dict[str, object], doubts: list[str]) -> None:
    # proves F8
    facts = replace(FREE, **change)  # type: ignore[arg-type] # fields as they are named
    asked = hand_on([OUT, facts], OFFICERS, FREE.camera, OFFICERS[0].id)
    assert list(asked.doubts if asked else ()) == doubts
    assert hand_on([OUT, facts], OFFICERS, OUT.camera, OFFICERS[0].id) is None, "that is refused as it is"
    assert hand_on([OUT, facts], OFFICERS, FREE.camera, "nobody") is None


def test_cameras_that_should_stay_come_last() -> None:
    flat = replace(FREE, camera="cam-00", battery=1)
    assert [each.camera for each in hand_out([flat, FREE], OFFICERS, (), None, NOW).free] == [
        "cam-01",
        "cam-00",
    ]


def test_what_was_done_is_said_from_what_is_so_now() -> None:
    assert done_words([FREE, OUT], "cam-02") == "cam-02 is with Officer 2 now."
    assert done_words([FREE, OUT], "cam-01") == "cam-01 is back."
    assert done_words([FREE, OUT], "cam-99") == ""


def test_one_cameras_page() -> None:
    said = about(replace(FREE, made=7, waiting=1, clock_synchronised=False, firmware="0.1.0"), NOW)
    lines = {each.word: each.text for each in said}
    assert lines["Recordings made"] == "7"
    assert lines["Not safe here yet"] == "1 recording"
    assert lines["Clock"] == "not set"
    assert {each.word: each.lapsed for each in said}["Clock"] == "not set, as it said last"
    (had,) = had_it([AssignmentFacts("cam-01", "Officer 1", NOW, None)], NOW)
    assert (had.officer, had.end) == ("Officer 1", None)
    assert summary(0, 15) == "No cameras of at most 15."
