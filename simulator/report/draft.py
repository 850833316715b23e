"""A report in the making: what is known of a run so far, whole at any moment."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.oracle.check import Result
from simulator.oracle.facts.timings import Timings
from simulator.oracle.judge import broken, not_evaluated
from simulator.report.figures import percentiles, promise_records
from simulator.report.outcome import RunOutcome, exit_status
from simulator.report.report import (
    ClockState,
    EventRecord,
    Machine,
    RecordingRecord,
    RunReport,
    StepRecord,
    Use,
    Versions,
    without_files,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.oracle.check import Check
    from simulator.oracle.history import History, Operation
    from simulator.oracle.places import RecordingPlaces
    from simulator.report.measured import Curve, Percentiles


@dataclass(slots=True)
class Draft:
    """What is known of a run so far.

    Attributes:
        name: The scenario's name.
        title: What it shows.
        text: The scenario as it was read.
        planned: Its steps, none of which has begun.
        seed: What decides where in the scene each camera begins.
        versions: What runs.
        machine: What it runs on.
        clock: The state of its clock.
        fleet_url: Where the fleet is that was there already.
        samples: What was timed beside the recordings' own times, by name, in seconds.
        curves: The same in the course of time.
        kept: Whether the run's files outlive it; where they do not, their paths are left out.
    """

    name: str
    title: str
    text: str
    planned: tuple[StepRecord, ...]
    seed: int
    versions: Versions
    machine: Machine
    clock: ClockState
    fleet_url: str | None = None
    kept: bool = True
    cameras: dict[str, str] = field(default_factory=dict)
    steps: list[StepRecord] = field(default_factory=list)
    events: tuple[EventRecord, ...] = ()
    faults: tuple[str, ...] = ()
    recordings: tuple[RecordingRecord, ...] = ()
    checks: tuple[Check, ...] = ()
    samples: dict[str, list[float]] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()
    use: Use = field(default_factory=Use)
    camera_cores: float | None = None
    error: str | None = None
    left: tuple[str, ...] = ()
    _outcome: RunOutcome | None = None
    _started: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=time.monotonic)

    def end(self, outcome: RunOutcome, error: str) -> None:
        """The run ended before everything was judged; an interruption goes before any other reason."""
        interrupts = outcome is RunOutcome.INTERRUPTED and self._outcome is not RunOutcome.INTERRUPTED
        if self._outcome is None or interrupts:
            self._outcome, self.error = outcome, error

    def take_back(self, why: str) -> None:
        """What did not hold is not evaluated: what the run needs had failed. One that held, held."""
        if self._judged() in {RunOutcome.HELD, RunOutcome.UNUSABLE}:
            return
        self.checks = tuple(
            replace(each, result=Result.NOT_EVALUATED) if each.result is Result.BROKEN else each
            for each in self.checks
        )
        if self._outcome is not RunOutcome.INTERRUPTED:
            self._outcome, self.error = RunOutcome.ERROR, why

    def report(self, *, over: bool = True, by: int | None = None) -> RunReport:
        """Return the report as of now.

        Args:
            over: Whether the run is over.
            by: The signal that interrupted it.
        """
        outcome = self._judged() if over else RunOutcome.UNFINISHED
        error = self.error
        if not over:
            error = "The run was not over when this was written; if it is not running any more, it broke off."
        return RunReport(
            scenario=self.name,
            title=self.title,
            outcome=outcome,
            passed=outcome is RunOutcome.HELD,
            exit_status=exit_status(outcome, by),
            error=error,
            seed=self.seed,
            started_utc=self._started.isoformat(timespec="seconds"),
            took_s=time.monotonic() - self._began,
            versions=self.versions,
            machine=self.machine,
            clock=self.clock,
            fleet_url=self.fleet_url,
            scenario_text=self.text,
            cameras=self.cameras,
            steps=self._all_steps(),
            events=self.events,
            faults=self.faults,
            recordings=self.recordings if self.kept else tuple(map(without_files, self.recordings)),
            promises=promise_records(self.checks),
            checks=self.checks,
            percentiles=_percentiles([each.timings for each in self.recordings], self.samples),
            curves=self.curves,
            use=self.use,
            camera_cores=self.camera_cores,
            left=self.left,
        )

    def _judged(self) -> RunOutcome:
        """The outcome: never held unless all that was asked for was judged, and nothing came between."""
        if self._outcome is RunOutcome.INTERRUPTED:
            return RunOutcome.INTERRUPTED
        if broken(self.checks):
            return RunOutcome.BROKEN
        if self._outcome is not None:
            return self._outcome
        if not self.checks or not_evaluated(self.checks):
            self.error = self.error or _first_reason(self.checks)
            return RunOutcome.NOT_EVALUATED
        return RunOutcome.HELD

    def _all_steps(self) -> tuple[StepRecord, ...]:
        """The steps that were begun, and those that never were."""
        return (*self.steps, *self.planned[len(self.steps) :])


def recording_records(
    found: Sequence[RecordingPlaces], timings: Mapping[str, Timings]
) -> tuple[RecordingRecord, ...]:
    """Return what a report says of each recording."""
    return tuple(_recording(place, timings) for place in found)


def operation_events(history: History) -> tuple[EventRecord, ...]:
    """Return the operations of a run as events."""
    return tuple(_event(each) for each in history.operations)


def _event(operation: Operation) -> EventRecord:
    answer = operation.answer
    said = operation.error or "never answered"
    if answer is not None:
        said = answer.sentence or ("acknowledged" if answer.ok else "refused")
    return EventRecord(
        at_s=operation.asked_s,
        kind=str(operation.kind),
        sentence=f"{operation.kind} of {operation.name}: {said}",
        until_s=operation.answered_s,
        camera=operation.name,
        recording=None if answer is None else answer.recording,
        acknowledged=operation.acknowledged,
    )


def _recording(place: RecordingPlaces, timings: Mapping[str, Timings]) -> RecordingRecord:
    copy, fleet = place.copy, place.fleet
    shown = copy or fleet
    return RecordingRecord(
        camera=place.camera,
        number=place.number,
        recording=place.recording,
        prerecord_s=(shown.prerecord_s or 0.0) if shown is not None else 0.0,
        duration_s=(shown.duration_s or 0.0) if shown is not None else 0.0,
        verdict=copy.verdict if copy is not None else "none",
        sentence=copy.sentence if copy is not None else "its camera keeps no copy of it",
        folder=None if copy is None else copy.folder,
        export=None if fleet is None else fleet.export,
        fleet_state=None if fleet is None else fleet.state,
        missing=() if copy is None else copy.missing,
        facts=None if fleet is None else fleet.facts,
        gaps=() if copy is None else copy.gaps,
        timings=timings.get(place.recording, Timings()),
        acknowledged=place.acknowledged is not None,
        on_camera=copy is not None,
        around_press=None if fleet is None else fleet.around_press,
    )


def _percentiles(
    timings: Sequence[Timings], others: Mapping[str, Sequence[float | None]]
) -> dict[str, Percentiles]:
    samples: dict[str, Sequence[float | None]] = {
        **others,
        "press_acknowledged_ms": [each.press_acknowledged_ms for each in timings],
        "press_dashboard_s": [each.press_dashboard_s for each in timings],
        "stop_held_s": [each.stop_held_s for each in timings],
    }
    drawn = {
        name: percentiles(each for each in sample if each is not None) for name, sample in samples.items()
    }
    return {name: each for name, each in drawn.items() if each is not None}


def _first_reason(checks: Sequence[Check]) -> str:
    lacking = not_evaluated(checks)
    return f"{lacking[0].sentence}." if lacking else "Nothing was checked."
