"""The checks notice every way in which a run can fall short, and say what they saw."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.checks import check_run
from simulator.scenario.model import Promises
from simulator.scenario.report import as_json, in_words
from simulator.scenario.result import Check, ExportFacts, RecordingResult, RunResult, Timings

PROMISES = Promises(recordings_each=2)
FACTS = ExportFacts(duration_s=199.9, picture_start_s=0.0, sound_start_s=0.011)


def recording(number: int = 1, **changes: object) -> RecordingResult:
    """A recording with which nothing is wrong."""
    sound = RecordingResult(
        camera="cam-01",
        number=number,
        recording=f"{number:032x}",
        prerecord_s=179.6,
        duration_s=199.9,
        verdict="intact",
        sentence="all chunks verify",
        folder=f"cam-01/recordings/{number:08d}",
        export=f"cam-01-{number:08d}.mp4",
        fleet_state="held",
        facts=FACTS,
        timings=Timings(press_acknowledged_ms=4.2, press_dashboard_s=0.31, stop_held_s=2.5),
    )
    return replace(sound, **changes)  # type: ignore[arg-type]  # the tests' own keywords


def failed(*recordings: RecordingResult, promises: Promises = PROMISES) -> dict[str, str]:
    """What did not hold, by the check's name."""
    checks = check_run(promises, {"cam-01": "cam-01"}, recordings, window_s=180)
    return {check.name: check.sentence for check in checks if not check.passed}


def test_nothing_wrong_passes() -> None:
    assert failed(recording(1), recording(2)) == {}


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("verdict", {"verdict": "altered", "sentence": "chunk 3 is altered"}, "altered: chunk 3"),
        ("held", {"fleet_state": "uploading"}, "is uploading in the fleet"),
        ("held", {"fleet_state": None}, "is unknown in the fleet"),
        ("export", {"facts": None}, "has no export"),
        ("export", {"facts": replace(FACTS, complaints=("h264: error",))}, "h264: error"),
        ("export duration", {"facts": replace(FACTS, duration_s=200.01)}, "200.01 s"),
        ("together", {"facts": replace(FACTS, sound_start_s=0.05)}, "50 ms apart"),
        ("together", {"facts": replace(FACTS, sound_start_s=None)}, "no sound"),
        ("together", {"facts": replace(FACTS, picture_start_s=None)}, "no picture"),
        ("on the dashboard", {"timings": Timings(4.0, press_dashboard_s=2.3)}, "2.30 s after the press"),
        ("on the dashboard", {"timings": Timings(4.0)}, "never listed"),
        ("pre-record", {"prerecord_s": 178.9}, "178.9 s before the press"),
    ],
)
def test_each_shortfall_is_noticed_alone(name: str, changes: dict[str, object], said: str) -> None:
    found = failed(recording(1, **changes), recording(2))

    assert list(found) == [name]
    assert said in found[name]


def test_a_stated_reason_excuses_a_short_prerecord() -> None:
    assert failed(recording(1, prerecord_s=3.0, missing=("177.0 s just booted",)), recording(2)) == {}


def test_only_the_first_recording_needs_a_full_prerecord() -> None:
    assert failed(recording(1), recording(2, prerecord_s=0.4)) == {}


def test_a_recording_that_never_came_is_noticed() -> None:
    found = failed(recording(1), recording(3))

    assert found == {"accounted for": "cam-01 numbered its recordings 1, 3, and 2 never came"}


def test_a_shortage_is_noticed() -> None:
    assert failed(recording(1)) == {"recordings made": "cam-01 made 1 recording; 2 asked for"}


def test_a_camera_may_have_to_make_none() -> None:
    promises = Promises(recordings_each=1, recordings_of={"second": 0})
    cameras = {"first": "cam-01", "second": "cam-02"}

    def wrong(*recordings: RecordingResult) -> list[str]:
        checks = check_run(promises, cameras, recordings, window_s=180)
        return [check.sentence for check in checks if not check.passed]

    assert wrong(recording(1)) == []
    assert wrong(recording(1), replace(recording(1), camera="cam-02")) == [
        "cam-02 made 1 recording; 0 asked for"
    ]


def test_two_recordings_must_be_two() -> None:
    assert "distinct" in failed(recording(1), replace(recording(1), number=2))


def result(*checks: Check) -> RunResult:
    """A run with one recording."""
    return RunResult("first_press", "A title", 7, (recording(),), checks, (), "2026-11-22T10:00:00Z", 31.4159)


def test_a_run_that_checked_nothing_has_not_passed() -> None:
    assert not result().passed
    assert "Failed: nothing was checked." in list(in_words(result()))


def test_the_report_has_what_programs_ask_for() -> None:
    data = json.loads(json.dumps(as_json(result(Check("held", True, "it is held")))))

    assert data["scenario"] == "first_press"
    assert data["seed"] == 7
    assert data["passed"] is True
    assert {"camera", "number", "prerecord_s", "verdict", "folder", "export"} <= data["recordings"][0].keys()
    assert data["took_s"] == 31.416


def test_the_words_name_what_did_not_hold() -> None:
    lines = list(in_words(result(Check("held", False, "cam-01 recording 1 is lost"))))

    assert "Did not hold: cam-01 recording 1 is lost." in lines
    assert lines[-1] == "Failed: 1 of 1 checks did not hold."


@given(prerecord_s=st.floats(0, 180), window_s=st.integers(2, 1800))
def test_a_prerecord_is_judged_by_the_window_alone(prerecord_s: float, window_s: int) -> None:
    checks = check_run(
        PROMISES, {"cam-01": "cam-01"}, [recording(1, prerecord_s=prerecord_s)], window_s=window_s
    )

    [judged] = [check for check in checks if check.name == "pre-record"]
    assert judged.passed == (prerecord_s >= window_s - 1)
