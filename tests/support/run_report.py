"""A report of a run with something of everything in it."""

from __future__ import annotations

from simulator.oracle.check import Check, Figure, Result
from simulator.oracle.facts.timings import Timings
from simulator.report.measured import Curve, CurvePoint, Percentiles
from simulator.report.outcome import RunOutcome
from simulator.report.report import (
    ClockState,
    EventRecord,
    Machine,
    ProcessUse,
    PromiseRecord,
    RecordingRecord,
    RunReport,
    StepRecord,
    Use,
    Versions,
)

RECORDING = "5f" * 16
FOLDER = "/home/tester/kept"
TOKEN = "lapel-token-9a8b7c6d5e4f"

FIGURE = Figure(17.1, 1.0, "s", "at most")
EVENTS = (
    EventRecord(10.0, "hand-over", "hand-over of cam-01: acknowledged", 10.1, "cam-01", None, True),
    EventRecord(20.0, "press", "press of cam-01: <b>Recording 1</b>", 20.1, "cam-01", RECORDING, True),
    EventRecord(21.0, "network", "the network of cam-01 was cut", 25.0, "cam-01"),
    EventRecord(22.0, "bookmark", "bookmark of cam-01: no", 22.1, "cam-01", None, False),
    EventRecord(23.0, "fleet", "the fleet was stopped", 24.0),
    EventRecord(26.0, "stop", "stop of cam-01: done", 26.5, "cam-01", RECORDING, True),
    EventRecord(20.0, "press", "press of cam-02: Recording 1", 20.1, "cam-02", "a" * 32, True),
    EventRecord(24.0, "power", "the power of cam-02 was pulled", 28.0, "cam-02"),
    EventRecord(29.0, "receipt", "cam-01 has the receipt", None, "cam-01", RECORDING),
)
CHECKS = (
    Check("held", Result.HELD, "it is held", "cam-01", 1, RECORDING, "held by the fleet"),
    Check("listed", Result.BROKEN, "listed late", "cam-01", 1, RECORDING, "listed_within_s", True, FIGURE),
    Check("kept", Result.NOT_EVALUATED, "nobody could look", "cam-02", 1, None, "acknowledged is kept"),
    Check("pre-record", Result.NOT_EVALUATED, "no recording", promise="full_prerecord", asked=False),
)


def full_report() -> RunReport:
    """A run of two cameras in which a promise was broken, one not evaluated, and a step failed."""
    return RunReport(
        scenario="bad_line",
        title="Two cameras & a cut line",
        outcome=RunOutcome.BROKEN,
        passed=False,
        exit_status=1,
        error=(
            f"The fleet at https://fleet.example:8443/api refused {TOKEN}: see {FOLDER}/fleet.log on desk-7."
        ),
        seed=7,
        started_utc="2026-11-28T16:00:00+00:00",
        took_s=31.4,
        versions=Versions("0.2.0", "c" * 40, False, "3.11.7", {"opencv-python": "4.13.0.92"}),
        machine=Machine("desk-7", "Linux 6.1 x86_64", "a processor", 2, 8_000_000_000, 0.5),
        clock=ClockState(synchronised=True, error_us=250),
        fleet_url="https://192.0.2.7:8443",
        scenario_text=(
            'name = "bad_line"\n# ask anna@example.org, 10.1.2.3:8443, [2001:db8::7]:443, token = "abc-1"\n'
        ),
        cameras={"cam-01": "cam-01", "cam-02": "cam-02"},
        steps=(
            StepRecord(1, "press", (), 20.0, 20.1, "came about"),
            StepRecord(2, "stop", ("cam-01",), 26.0, 26.5, "failed", "cam-02 has no power"),
            StepRecord(3, "wait"),
        ),
        events=EVENTS,
        faults=("the network of cam-01 was cut",),
        recordings=(
            RecordingRecord(
                "cam-01",
                1,
                RECORDING,
                4.8,
                6.9,
                "intact",
                "all verifies",
                folder=f"{FOLDER}/cameras/cam-01/state/recordings/00000001",
                export=f"{FOLDER}/exports/cam-01-00000001.mp4",
                fleet_state="held",
                timings=Timings(44.0, 17.1, 2.9),
                acknowledged=True,
            ),
        ),
        promises=(
            PromiseRecord("listed_within_s", "listed", True, Result.BROKEN, 0, 1, 0, FIGURE),
            PromiseRecord("full_prerecord", "pre-record", False, Result.NOT_EVALUATED, 0, 0, 1),
        ),
        checks=CHECKS,
        percentiles={"press_acknowledged_ms": Percentiles(1, 44.0, 44.0, None, 44.0)},
        curves=(Curve("asking for the list", "s", 1.0, (CurvePoint(0.0, 3, 0.1, 0.2, 0.2),)),),
        use=Use({"cam-01": ProcessUse(1.5, 90_000_000)}, ProcessUse(2.5, 150_000_000)),
        camera_cores=0.4,
    )
