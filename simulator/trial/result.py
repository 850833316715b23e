"""What became of an input, as far as it is known. Plain data, and what makes it a success. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.report.report import RecordingRecord

GOOD: Final = ("intact", "intact with gaps")
"""The verdicts of a recording that is what the camera captured. What it could not capture stands as gaps."""


@dataclass(frozen=True, slots=True)
class SeenFault:
    """A fault that the camera reported.

    Attributes:
        sentence: The camera's own words.
        first_s: When it was first there, from when the camera was up.
        last_s: When it was last there.
    """

    sentence: str
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """What the camera signed in the recording's ledger.

    Attributes:
        kind: What happened.
        at_s: When, from the recording's first chunk.
        detail: What there is more to say.
    """

    kind: str
    at_s: float
    detail: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrialRecording:
    """The recording of a trial.

    Attributes:
        made: What verifying, exporting and decoding it showed, as in the report of a scenario.
        events: What the camera signed in its ledger.
        trouble: Why anything of it could not be looked at, such as an export that the fleet refused.
    """

    made: RecordingRecord
    events: tuple[SignedEvent, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial came to.

    Attributes:
        source: What was filmed, as people may read it.
        seconds: How long it was to be filmed.
        width: Picture width in pixels; None before it was decided.
        height: Picture height in pixels.
        fps: Pictures a second at most.
        faults: What the camera reported as wrong.
        recordings: What was recorded: one, or none where it did not come to that.
        trouble: Why the trial did not come to its end, in one sentence; None where it did.
        started_utc: When it started, ISO 8601.
        took_s: How long it took.
    """

    source: str
    seconds: int
    width: int | None = None
    height: int | None = None
    fps: int | None = None
    faults: tuple[SeenFault, ...] = ()
    recordings: tuple[TrialRecording, ...] = ()
    trouble: str | None = None
    started_utc: str = ""
    took_s: float = 0.0

    @property
    def wrong(self) -> tuple[str, ...]:
        """Everything that keeps the trial from being a success, one sentence each."""
        return tuple(_wrong(self))

    @property
    def passed(self) -> bool:
        """Whether pictures came, and what came is recorded, held, verified and exported whole."""
        return not self.wrong


def _wrong(result: TrialResult) -> list[str]:
    found = [] if result.trouble is None else [result.trouble]
    if not result.recordings:
        return [*found, "Nothing was recorded."]
    made = result.recordings[0].made
    if made.verdict not in GOOD:
        found.append(f"The recording does not verify: {made.sentence}.")
    if made.fleet_state != "held":
        found.append(f"The fleet does not hold the recording; it says {made.fleet_state or 'nothing'}.")
    if made.facts is None:
        why = result.recordings[0].trouble.rstrip(".")
        found.append(f"There is no export: {why}." if why else "There is no export.")
        return found
    found += [f"The export does not decode cleanly: {said}." for said in made.facts.complaints[:1]]
    if made.facts.pictures == 0:
        found.append("There is no picture in it.")
    return found
