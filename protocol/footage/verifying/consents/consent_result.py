"""What was found of one consent event's file, in words and in JSON. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.consent import SaidOfConsent
from protocol.footage.format.certificates import fingerprint
from protocol.footage.verifying.report import Verdict
from protocol.footage.verifying.results.wording import utc
from protocol.units import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.footage.consent import ConsentEntryRead, ConsentSaid
    from protocol.footage.format.model import ClockLabel
    from protocol.footage.verifying.results.json_value import JsonValue

SAID: Final[Mapping[SaidOfConsent, str]] = {
    SaidOfConsent.GIVEN: "consent was given",
    SaidOfConsent.REFUSED: "consent was refused",
    SaidOfConsent.WITHDRAWN: "consent was withdrawn",
    SaidOfConsent.NOT_ASKED: "nobody was asked for consent",
    SaidOfConsent.OVERRIDDEN: "consent was overridden",
    SaidOfConsent.ASKED_FOR: "the person recorded asked for it",
}
"""Each word as a clause."""

_LEADS: Final[Mapping[Verdict, str]] = {
    Verdict.ALTERED: "Altered",
    Verdict.OTHER_AUTHORITY: "Another authority",
    Verdict.SIGNER_UNKNOWN: "Consistent, signer unknown",
    Verdict.INTACT: "As its camera signed it",
}


@dataclass(frozen=True, slots=True)
class ConsentResult:
    """One file.

    Attributes:
        file: What it is called.
        verdict: What holds of it: altered, another authority, consistent with an unknown signer, or intact.
        problem: What is wrong, as a clause; empty of one that holds.
        entry: The event; None of one that was altered, of which nothing is known.
        authority: SHA-256 fingerprint (hex) of the authority that its chain ends in; None where that is
            not known.
    """

    file: str
    verdict: Verdict
    problem: str = ""
    entry: ConsentEntryRead | None = None
    authority: str | None = None

    @property
    def sentence(self) -> str:
        """What was found, and what the event says."""
        lead = f"{_LEADS[self.verdict]}: {self.problem}." if self.problem else f"{_LEADS[self.verdict]}."
        return lead if self.entry is None else f"{lead} {said_by(self.entry)}"

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON; what is not known is null."""
        return {
            "file": self.file,
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "authority": self.authority,
            "event": None if self.entry is None else _event(self.entry),
        }


def said_by(entry: ConsentEntryRead) -> str:
    """Return what an event says, who signed it and when, in sentences."""
    event = entry.event
    during = "no recording was under way" if event.recording is None else (
        f"recording {event.recording.hex()} was under way"
    )  # fmt: skip
    had = "nobody had the camera" if event.assignment is None else f"under assignment {event.assignment}"
    return (
        f"Consent event {event.number} of {event.camera}: {what_was_said(event.said)}, "
        f"{when(event.label)}. Given by {event.way or 'nothing that is named'}; {during}; {had}."
    )


def what_was_said(said: ConsentSaid) -> str:
    """Return what was said as a clause, with its reason and the text that was read to them."""
    parts = [SAID[said.kind], said.why, f"text {said.wording}" if said.wording else ""]
    return ", ".join(filter(None, parts))


def when(label: ClockLabel) -> str:
    """Return when something was said, and how far that is to be trusted."""
    if not label.synchronised:
        return f"at {utc(label.utc_us)} by a clock that was not synchronised: that time is only indicative"
    to = "" if label.error_us is None else f", to within {label.error_us / 1000:g} ms by its own estimate"
    return f"at {utc(label.utc_us)} by its clock, which was synchronised{to}"


def _event(entry: ConsentEntryRead) -> dict[str, JsonValue]:
    event = entry.event
    return {
        "camera": event.camera,
        "certificate": fingerprint(entry.certificates[0]),
        "number": event.number,
        "digest": entry.digest.hex(),
        "previous": event.previous.hex() if any(event.previous) else None,
        "kind": str(event.said.kind),
        "why": event.said.why or None,
        "wording": event.said.wording or None,
        "way": event.way,
        "run": event.run.hex(),
        "since_boot_s": event.at_ns / NS_PER_S,
        "utc_us": event.label.utc_us,
        "synchronised": event.label.synchronised,
        "error_us": event.label.error_us,
        "recording": None if event.recording is None else event.recording.hex(),
        "assignment": event.assignment,
    }
