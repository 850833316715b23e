"""The answer to a button or a command: done or not, and one sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from protocol.mode import Mode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        ok: Whether what was asked for is done, and durable where it is to be stored.
        state: The camera's state now.
        sentence: What happened, or why not and what to do.
        number: The recording that it concerns, where there is one.
        prerecord_s: Seconds of durable pre-record that the recording holds.
        recording: The recording's id in hexadecimal, where there is one: what it is called for good.
        duration_s: How long the recording is, once it has ended.
        open_still: Whether a sensor that it closes may be open all the same.
        refused: Whether nothing is done of it, because it cannot be so here.
    """

    ok: bool
    state: Mode
    sentence: str
    number: int | None = None
    prerecord_s: float | None = None
    recording: str | None = None
    duration_s: float | None = None
    open_still: bool = False
    refused: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it goes over the control socket; what is not known is left out."""
        answer: dict[str, Any] = {"ok": self.ok, "state": str(self.state), "sentence": self.sentence}
        if self.number is not None:
            answer["number"] = self.number
        if self.recording is not None:
            answer["recording"] = self.recording
        if self.prerecord_s is not None:
            answer["prerecord_s"] = round(self.prerecord_s, 3)
        if self.duration_s is not None:
            answer["duration_s"] = round(self.duration_s, 3)
        if not self.ok:
            answer["error"] = self.sentence
        return answer
