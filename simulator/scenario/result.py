"""What a run came to: plain data, from which the checks and the report are made."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What reading an exported MP4 from end to end showed.

    Attributes:
        duration_s: From the start of the first to the end of the last picture or sound.
        picture_start_s: When the picture starts; None without one.
        sound_start_s: When the sound starts; None without any.
        complaints: What the decoder had to say; none for a sound file.
        pictures: How many pictures there are.
        longest_still_s: The longest time from one picture to the next; None with fewer than two.
        brightness: Their mean luma, from 16 for black to 235 for white; None without a picture.
        sound_s: How much sound there is, silence included.
        loudest: Its loudest sample, from 0 for silence to 1; None without any.
    """

    duration_s: float
    picture_start_s: float | None
    sound_start_s: float | None
    complaints: tuple[str, ...] = ()
    pictures: int = 0
    longest_still_s: float | None = None
    brightness: float | None = None
    sound_s: float = 0.0
    loudest: float | None = None


@dataclass(frozen=True, slots=True)
class FoundGap:
    """A gap of one track, as verifying found it.

    Attributes:
        track: ``video`` or ``audio``.
        at_s: Where it begins, from the recording's first chunk.
        lasts_s: How long it is.
        cause: What the camera signed as its cause; None where it signed none.
    """

    track: str
    at_s: float
    lasts_s: float
    cause: str | None


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a camera's officer and the safety team had to wait; None where it did not come about.

    Attributes:
        press_acknowledged_ms: From the press to the camera's signal that the recording is durable.
        press_dashboard_s: From the press until the fleet lists the recording.
        stop_held_s: From the stop until the camera has the fleet's receipt.
    """

    press_acknowledged_ms: float | None = None
    press_dashboard_s: float | None = None
    stop_held_s: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingResult:
    """One recording, as its sealed copy on the camera, the fleet and the export show it.

    Attributes:
        camera: Which camera made it.
        number: The camera's own number for it.
        recording: The recording's id in hexadecimal; empty when it could not be read.
        prerecord_s: Footage from before the press, in seconds.
        missing: Why any of the pre-record asked for is missing, in words.
        duration_s: What the ledger says it lasts, in seconds.
        verdict: What verifying the sealed copy came to.
        sentence: The same in words.
        folder: The sealed copy on the camera; None in a report that outlives it.
        export: The exported MP4; None when there is none.
        fleet_state: What the fleet says of it; None when the fleet does not know it.
        gaps: What it lacks of each track.
        facts: What reading the export showed.
        timings: How long it took.
    """

    camera: str
    number: int
    recording: str
    prerecord_s: float
    duration_s: float
    verdict: str
    sentence: str
    folder: str | None
    export: str | None = None
    fleet_state: str | None = None
    missing: tuple[str, ...] = ()
    gaps: tuple[FoundGap, ...] = ()
    facts: ExportFacts | None = None
    timings: Timings = field(default_factory=Timings)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that had to hold.

    Attributes:
        name: Its short name, the same for every recording.
        passed: Whether it held.
        sentence: What was seen, in words.
        camera: Which camera it concerns; None for the run as a whole.
        number: Which of that camera's recordings.
    """

    name: str
    passed: bool
    sentence: str
    camera: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """A whole run.

    Attributes:
        scenario: The scenario's name.
        title: What it shows.
        seed: What decided where in the scene each camera began.
        recordings: Everything that was recorded, by camera and number.
        checks: Everything that had to hold.
        faults: What was broken on purpose, in words.
        started_utc: When the run started, ISO 8601.
        took_s: How long it took.
        camera_cores: How many processor cores the cameras used, on average; None when it was not measured.
    """

    scenario: str
    title: str
    seed: int
    recordings: tuple[RecordingResult, ...]
    checks: tuple[Check, ...]
    faults: tuple[str, ...]
    started_utc: str
    took_s: float
    camera_cores: float | None = None

    @property
    def passed(self) -> bool:
        """Whether all that had to hold did; a run that checked nothing has not passed."""
        return bool(self.checks) and all(check.passed for check in self.checks)
