"""Every order of what can happen to a camera. ``python -m tests.harness.orders`` goes deeper."""

from __future__ import annotations

import pytest

from device.recording.heart.commands import Commands
from tests.harness.orders.search import BEGINNINGS, camera_after, search

FEWEST = {2: 100, 3: 1_000}
"""A search to that depth that tries fewer orders does not try what it should."""


# proves C3, C6, C7 and C11
@pytest.mark.parametrize("depth", [2, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_in_whatever_order_things_happen_every_promise_holds(beginning: str, depth: int) -> None:
    tried, broken = search(beginning, depth)
    assert [str(each) for each in broken] == []
    assert tried >= FEWEST[depth]


@pytest.mark.parametrize("forgotten", ["awaits", "owns"])
def test_a_rule_that_is_forgotten_is_found(forgotten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"device.recording.heart.heart.Heart.{forgotten}", lambda *_: True)
    assert any(search(beginning, 2)[1] for beginning in BEGINNINGS)


# proves C4, C11 and F8
@pytest.mark.parametrize(
    ("order", "promise"),
    [
        (
            ["stop", "next wearer", "next wearer", "press"],
            "a recording holds what another wearer was part of",
        ),
        (["private on", "press", "stop", "next wearer"], "where the camera will be was foreseen otherwise"),
    ],
)
def test_a_hand_over_makes_the_stop_that_waits(
    order: list[str], promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for forgotten in (False, True):
        if forgotten:
            only_changes = Commands._make_changes_of_stop
            monkeypatch.setattr(Commands, "_make_stop", only_changes)
        camera = camera_after(["a second", "press", "a second", *order, "filmed"])
        camera.judge()
        assert (promise in camera.wrong) is forgotten
        assert forgotten or camera.wrong == ()


# proves C6
@pytest.mark.parametrize(
    "order",
    [
        ["private on", "press", "a second", "hang", "stop", "late", "press"],
        ["private on", "press", "a second", "hang", "stop", "late", "private off", "press"],
        ["press", "a second", "hang", "private on", "private off", "late", "press"],
        ["hang", "private on", "private off", "late", "press"],
        ["hang", "private on", "private off", "late", "answers", "a second", "press"],
        ["private on", "press", "a second", "hang", "stop", "late", "press", "late", "stop", "late", "press"],
    ],
)
def test_what_is_missing_since_sensors_were_closed_while_the_card_hung_has_its_cause(
    order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for forgotten in (False, True):
        if forgotten:
            monkeypatch.setattr("device.recording.heart.step._Step.state_gap", lambda *_: None)
        camera = camera_after(["a second", *order, "filmed"])
        camera.judge()
        assert camera.wrong == (("a hole without a cause",) if forgotten else ())


# proves C3 and C6
def test_a_chunk_that_ends_a_recording_is_judged_after_the_press_that_waited_for_that() -> None:
    camera = camera_after(["a second", "private on", "press", "private on", "press", "a second"])
    camera.judge()
    assert camera.wrong == ()
    assert [len(each.chunks) for each in camera.recordings.values()] == [0, 1]


def test_what_was_lost_is_told() -> None:
    camera = camera_after(["a second", "press", "failing", "a second", "well", "a second", "stop"])
    camera.judge()
    assert camera.wrong == ()
    assert camera.told
