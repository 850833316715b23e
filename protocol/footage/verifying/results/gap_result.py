"""What the verifier found to be missing: a gap of one track, or an overlap of two chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from protocol.footage.verifying.results.wording import seconds

if TYPE_CHECKING:
    from protocol.footage.format.model import GapCause, Track
    from protocol.footage.verifying.results.json_value import JsonValue


@dataclass(frozen=True, slots=True)
class GapResult:
    """A span of a track that the recording lacks.

    Attributes:
        track: Which track. An overlap is of whole chunks: there ``video`` stands for all that they hold.
        start_ns: Where it begins on the boot-time clock.
        duration_ns: How long it is.
        cause: What the camera signed as its cause; None when it signed none: the gap is unexplained.
        overlap: Not a hole but the reverse: a chunk begins this long before the one before it ends.
        stated_in: The chunk whose signed header states it first; None when none does, because the gap is
            unexplained or because the ledger states it.
    """

    track: Track
    start_ns: int
    duration_ns: int
    cause: GapCause | None
    overlap: bool = False
    stated_in: int | None = None

    @property
    def explained(self) -> bool:
        """Whether the camera signed a cause, in a chunk's header or in the ledger."""
        return self.cause is not None

    @property
    def end_ns(self) -> int:
        """Where it ends on the boot-time clock."""
        return self.start_ns + self.duration_ns

    @property
    def sentence(self) -> str:
        """The gap in words."""
        what = "overlap" if self.overlap else "gap"
        return f"{what} of {seconds(self.duration_ns)} in {self.track}, {self.cause or 'unexplained'}"

    def to_json(self) -> JsonValue:
        """The gap as JSON."""
        return {
            "track": str(self.track),
            "start_ns": self.start_ns,
            "duration_ns": self.duration_ns,
            "cause": str(self.cause) if self.cause else None,
            "explained": self.explained,
            "overlap": self.overlap,
            "stated_in": self.stated_in,
        }
