"""The report of a run as data. ``docs/simulator-report.schema.json`` is printed from here.

All times of the one axis are seconds since the run began; ``started_utc`` says when that was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# The schema is made from these types when the program runs.
from simulator.oracle.check import Check, Figure, Result  # noqa: TC001 - see above
from simulator.oracle.facts.timings import Timings
from simulator.oracle.world import ExportFacts, FoundGap  # noqa: TC001 - see above
from simulator.report.measured import Curve, Percentiles  # noqa: TC001 - see above
from simulator.report.outcome import RunOutcome  # noqa: TC001 - see above

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class StepRecord:
    """One step of the scenario as it went.

    Attributes:
        number: Counted from 1.
        do: What it does.
        cameras: The cameras that it names; none for all of them.
        began_s: When it began; None when it never did.
        ended_s: When it ended.
        result: ``came about``, ``failed``, ``interrupted``, ``under way`` or ``not begun``.
        sentence: Why it failed; empty when it did not.
    """

    number: int
    do: str
    cameras: tuple[str, ...] = ()
    began_s: float | None = None
    ended_s: float | None = None
    result: str = "not begun"
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """Something that happened.

    Attributes:
        at_s: When.
        until_s: When it was over, for what has a length.
        camera: The camera that it concerns, as the scenario calls it.
        kind: ``press``, ``stop``, ``bookmark``, ``private on``, ``private off``, ``hand-over``, ``network``,
            ``power``, ``fleet``, ``listed`` or ``receipt``.
        sentence: What, in words.
        recording: The id of the recording that it concerns.
        acknowledged: Whether what was asked for was said to be done; None for what nobody asked for.
    """

    at_s: float
    kind: str
    sentence: str
    until_s: float | None = None
    camera: str | None = None
    recording: str | None = None
    acknowledged: bool | None = None


@dataclass(frozen=True, slots=True)
class RecordingRecord:
    """One recording: what was acknowledged, what the camera keeps, what the fleet has.

    Attributes:
        camera: What the fleet calls the camera.
        number: The camera's own number for it.
        recording: Its id; empty where none can be read.
        prerecord_s: Footage from before the press, in seconds.
        missing: Why any of the pre-record asked for is missing, in words.
        duration_s: What the ledger says it lasts, in seconds.
        verdict: What verifying the sealed copy came to; ``none`` where there is none.
        sentence: The same in words.
        folder: The sealed copy on the camera; None where there is none, and in a report that outlives it.
        export: The exported MP4, likewise.
        fleet_state: What the fleet says of it; None when the fleet does not know it.
        gaps: What it lacks of each track.
        facts: What reading the export showed.
        timings: How long it took.
        acknowledged: Whether the camera acknowledged it to this run.
        on_camera: Whether the camera keeps it.
        around_press: Of one that the fleet does not hold, for how long its picture plays there without a hole
            before the press and from it on, in seconds; None where that could not be seen.
    """

    camera: str
    number: int
    recording: str
    prerecord_s: float
    duration_s: float
    verdict: str
    sentence: str
    folder: str | None = None
    export: str | None = None
    fleet_state: str | None = None
    missing: tuple[str, ...] = ()
    gaps: tuple[FoundGap, ...] = ()
    facts: ExportFacts | None = None
    timings: Timings = field(default_factory=Timings)
    acknowledged: bool = False
    on_camera: bool = True
    around_press: tuple[float, float] | None = None


def without_files(made: RecordingRecord) -> RecordingRecord:
    """The same without the paths of files that are gone."""
    return replace(made, folder=None, export=None)


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """One promise, or the part of it that is measured in one way, with all of its checks.

    Attributes:
        promise: A key of ``[promises]``, or one that is always judged.
        part: The name of its checks.
        asked: Whether the scenario asked for it; all that is always judged is.
        result: ``broken`` where one check is; else ``not evaluated`` where one is; else ``held``.
        held: How many checks held.
        broken: How many did not.
        not_evaluated: How many could not be judged.
        worst: The figure that is nearest to its bound, or furthest beyond; None where nothing was measured.
    """

    promise: str
    part: str
    asked: bool
    result: Result
    held: int
    broken: int
    not_evaluated: int
    worst: Figure | None = None


@dataclass(frozen=True, slots=True)
class ProcessUse:
    """What a program used.

    Attributes:
        processor_s: Processor time in seconds; None where it was not measured to the end.
        memory_bytes: The most memory that it held at once.
    """

    processor_s: float | None
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """What the cameras and the fleet used during the steps.

    Attributes:
        cameras: Each camera by the scenario's name for it, but those whose process ended on the way.
        fleet: The fleet and its broker; None for a fleet that was there already, or was stopped on the way.
    """

    cameras: dict[str, ProcessUse] = field(default_factory=dict)
    fleet: ProcessUse | None = None


@dataclass(frozen=True, slots=True)
class Versions:
    """What ran.

    Attributes:
        product: Lapel's version.
        commit: The commit that it was run from; None where that is not known.
        modified: Whether files differ from that commit; None where that is not known.
        python: Python's version.
        libraries: The versions of the libraries that results may depend on.
    """

    product: str
    commit: str | None
    modified: bool | None
    python: str
    libraries: dict[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """What it ran on.

    Attributes:
        name: The machine's name.
        system: Operating system and its release.
        processor: The processor's name.
        cores: How many cores may be used.
        memory_bytes: How much memory there is.
        load: The load of the last minute when the run began.
    """

    name: str
    system: str
    processor: str
    cores: int
    memory_bytes: int | None
    load: float | None


@dataclass(frozen=True, slots=True)
class ClockState:
    """What the kernel says of the machine's clock.

    Attributes:
        synchronised: Whether something keeps it right.
        error_us: How far it may be off, in microseconds; None where that is not known.
    """

    synchronised: bool
    error_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A whole run.

    Attributes:
        report_version: The version of this form.
        scenario: The scenario's name.
        title: What it shows.
        outcome: What the run came to.
        passed: Whether that is a pass.
        exit_status: The status that the program ended with.
        error: Why the run is no pass where no promise was broken; None otherwise.
        seed: What decided where in the scene each camera began.
        started_utc: When the run started, ISO 8601.
        took_s: How long it took.
        versions: What ran.
        machine: What it ran on.
        clock: The state of its clock.
        fleet_url: Where the fleet is that was there already; None for one that the simulator started.
        scenario_text: The scenario as it was read.
        cameras: What the fleet calls each camera, by the scenario's name for it.
        steps: The steps as they went.
        events: What was asked for and what happened, on one axis.
        faults: What was broken on purpose, in words.
        recordings: Every recording that was acknowledged or is there, by camera and number.
        promises: Every promise with what was measured.
        checks: Everything that had to hold.
        percentiles: How long things took, over all recordings.
        curves: The same in the course of time, for a load.
        use: What cameras and fleet used.
        camera_cores: How many processor cores the cameras used, on average; None when it was not measured.
        left: What is still at a fleet that was there already and should not be, in words.
    """

    report_version: int = REPORT_VERSION
    scenario: str
    title: str
    outcome: RunOutcome
    passed: bool
    exit_status: int
    error: str | None
    seed: int
    started_utc: str
    took_s: float
    versions: Versions
    machine: Machine
    clock: ClockState
    fleet_url: str | None = None
    scenario_text: str = ""
    cameras: dict[str, str] = field(default_factory=dict)
    steps: tuple[StepRecord, ...] = ()
    events: tuple[EventRecord, ...] = ()
    faults: tuple[str, ...] = ()
    recordings: tuple[RecordingRecord, ...] = ()
    promises: tuple[PromiseRecord, ...] = ()
    checks: tuple[Check, ...] = ()
    percentiles: dict[str, Percentiles] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()
    use: Use = field(default_factory=Use)
    camera_cores: float | None = None
    left: tuple[str, ...] = ()
