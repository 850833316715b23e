"""What the bench does at the dashboard concerns one recording of a camera, by its own number, and is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from simulator.bench.hands import _number
from simulator.bench.orders import BenchButton, camera_order
from simulator.bench.said import came_of
from simulator.errors import StepError
from simulator.oracle.history import Operation, OperationAnswer, OperationKind
from simulator.scenario.context import ScenarioContext
from simulator.scenario.recorder import HistoryRecorder
from simulator.scenario.watch import MadeRecording, RecordingWatch

if TYPE_CHECKING:
    from simulator.cameras.group import CameraGroup
    from simulator.fleet.api import FleetApi


def with_recordings(*numbers: int) -> ScenarioContext:
    watch = RecordingWatch(cast("FleetApi", None))
    for number in numbers:
        watch.add(MadeRecording("c-1", "cam-01", number, Path(), 0.0, 0.0, f"id of {number}"))
    return ScenarioContext(cast("CameraGroup", ()), None, watch, HistoryRecorder())


@pytest.mark.parametrize("button", [BenchButton.HOLD, BenchButton.RELEASE, BenchButton.INCIDENT])
def test_the_newest_is_meant_or_the_one_of_that_number(button: BenchButton) -> None:
    here = with_recordings(3, 7, 8)
    assert _number(camera_order(button, "cam-01", {}), here) == 8
    assert _number(camera_order(button, "cam-01", {"recording": "7"}), here) == 7
    with pytest.raises(StepError, match=r"^cam-01 keeps no recording 4\.$"):
        _number(camera_order(button, "cam-01", {"recording": "4"}), here)
    with pytest.raises(StepError, match=r"^cam-01 keeps no recording that could be meant\.$"):
        _number(camera_order(button, "cam-01", {}), with_recordings())
    assert _number(camera_order(BenchButton.PRESS, "cam-01", {}), here) is None


@pytest.mark.parametrize(
    ("button", "sentence"),
    [
        (BenchButton.UNSTALL, "Its lens gives pictures again."),
        (BenchButton.UNSTALL_MICROPHONE, "Its microphone gives sound again."),
        (BenchButton.ENROL, "It was enrolled and switched on; nobody wears it yet."),
    ],
)
def test_what_is_mended_or_joined_is_said(button: BenchButton, sentence: str) -> None:
    assert came_of(camera_order(button, "cam-01", {}), (), ()) == sentence


def test_what_the_fleet_did_is_a_sentence() -> None:
    answer = OperationAnswer(ok=True, sentence="recording 8 is held for Legal")
    held = Operation(OperationKind.HOLD, "cam-01", "c-1", 0.0, 1.0, answer)
    step = camera_order(BenchButton.HOLD, "cam-01", {"owner": "Legal"})
    assert came_of(step, (held,), ()) == "Recording 8 is held for Legal."
