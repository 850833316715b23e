"""What a release says of itself to its recipient: the statement's words, and the page that lies beside. Pure.

It names the recipient, so that each copy says whose it is, and nobody who works for the landlord: of whoever
produces it the exhibit number has the initials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fleet.releases.rules.plan import TRACK_WORDS, ChosenSpan
from protocol.footage.format.model import Track
from protocol.footage.verifying.report import seconds
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from protocol.footage.statement import Said

README_NAME: Final = "README.txt"
_MS = 1000
_WORDS = {Track.VIDEO: "picture", Track.AUDIO: "sound"}
_HIDDEN = {
    Track.VIDEO: "made anew with something masked in them",
    Track.AUDIO: "with something muted in them",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfRelease:
    """What is told alike of every release, whatever it is of.

    Attributes:
        reference: the release's.
        landlord: who releases it; empty where that is not set.
        contact: how they are reached.
        whose: the recipient, with the organisation.
        purpose: what for.
        basis: the lawful basis, in words.
        condition: the condition, in words; empty for none.
        withheld: what is withheld and why.
        answers: the reference of the request that it answers; empty for none.
        made: when it was made, as statements write it.
        last_day: until when it is handed over, as a date.
        exhibit: its exhibit number; empty for none.
    """

    reference: str
    landlord: str
    contact: str
    whose: str
    purpose: str
    basis: str
    condition: str
    withheld: str
    answers: str
    made: str
    last_day: str
    exhibit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageCover(ToldOfRelease):
    """What is said of a release of one recording or of one import, as far as both are told alike.

    Attributes:
        spans: what was chosen.
        withheld_ms: how much of each track is withheld, by the track.
        changed_ms: in how much something is masked, or muted.
    """

    spans: Sequence[ChosenSpan] = ()
    withheld_ms: Mapping[Track, int] = field(default_factory=dict)
    changed_ms: Mapping[Track, int] = field(default_factory=dict)

    def said(self) -> dict[str, Said]:
        """Return what the statement says beside its files: of what, and what is said of each release."""
        return {
            **self.said_of(),
            "reference": self.reference,
            "exhibit": self.exhibit or None,
            "released_by": self.landlord,
            "released_to": self.whose,
            "made": self.made,
            "purpose": self.purpose,
            "basis": self.basis,
            "condition": self.condition or None,
            "answers": self.answers or None,
            "released": self.released(),
            "withheld": self.withheld,
            "handed_over_until": self.last_day,
        }

    def page(self) -> str:
        """Return what the recipient reads first, as a text file."""
        lines = [
            f"RELEASED TO: {self.whose}",
            f"Release {self.reference} of {self.name()}",
            *([f"Exhibit {self.exhibit}"] if self.exhibit else []),
            *([f"By {self.landlord}"] if self.landlord else []),
            *self.contact.splitlines(),
            "",
            f"What it is for: {self.purpose}",
            f"Lawful basis: {self.basis}",
            *([f"Condition: {self.condition}"] if self.condition else []),
            *([f"It answers: {self.answers}"] if self.answers else []),
            "",
            *self.known(),
            "What was chosen:",
            *(f"- {each}" for each in self.released()),
            *(f"Of the {word}: {amount}" for word, amount in self.amounts()),
            *self.how_made(),
            f"What is withheld and why: {self.withheld}",
            "",
            "This copy is for you. Whoever you pass it on to can see that it was yours.",
            "",
            *self.how_checked(),
            "",
        ]
        return "\n".join(lines)

    def released(self) -> list[str]:
        """Return what was chosen, as people read it."""
        return [span_words(each) for each in self.spans]

    def said_of(self) -> dict[str, Said]:
        """Return what the statement says of what is released."""
        raise NotImplementedError("internal error: a cover of nothing")

    def name(self) -> str:
        """Return what is released, within a sentence."""
        raise NotImplementedError("internal error: a cover of nothing")

    def known(self) -> list[str]:
        """Return what is known of it, a line each and an empty one; nothing where the rest says it."""
        return []

    def amounts(self) -> list[tuple[str, str]]:
        """Return how much of each track is here, in words, by what it is called."""
        return [(_WORDS[track], self.amount(track)) for track in _WORDS]

    def amount(self, track: Track) -> str:
        """Return how much of a track is here, in words."""
        raise NotImplementedError(f"internal error: no word for {track}")

    def how_made(self) -> list[str]:
        """Return how what goes out came about, where that has to be said."""
        return []

    def how_checked(self) -> list[str]:
        """Return how the recipient checks it."""
        raise NotImplementedError("internal error: a cover of nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCover(PackageCover):
    """What is said of a release of one recording.

    Attributes:
        camera: which camera made the recording.
        number: that camera's count.
        recording: the recording's id in hex.
        untouched_ms: how much of each track goes out as the camera made it, by the track.
    """

    camera: str
    number: int
    recording: str
    untouched_ms: Mapping[Track, int]

    def said_of(self) -> dict[str, Said]:
        """Return what the statement says of the recording."""
        return {"camera": self.camera, "recording": self.recording}

    def name(self) -> str:
        """Return which recording it is, within a sentence."""
        return f"recording {self.number} of {self.camera}"

    def amount(self, track: Track) -> str:
        """Return how much of a track is as the camera made it, changed, and withheld."""
        given, kept = self.untouched_ms.get(track, 0), self.withheld_ms.get(track, 0)
        changed = self.changed_ms.get(track, 0)
        if not given and not kept and not changed:
            return "there is none in the recording"
        hidden = f"{seconds(changed * NS_PER_MS)} {_HIDDEN[track]}, " if changed else ""
        return (
            f"{seconds(given * NS_PER_MS)} here as the camera made them, {hidden}"
            f"{seconds(kept * NS_PER_MS)} withheld"
        )

    def how_checked(self) -> list[str]:
        """Return how the recipient checks what nobody touched."""
        return [
            "movie.mp4 plays in any player. What of it nobody touched can be checked without asking anybody:",
            "lapel-verify FOLDER --authority authority.pem",
            "It says how many seconds are exactly as the camera signed them, and how many were changed or",
            "withheld.",
        ]


def folder_name(camera: str, number: int, apart: str) -> str:
    """Return the name of a recording's folder in a package.

    Two devices that use one identity use numbers twice: the second recording of a number has its id, too.

    >>> folder_name("cam-01", 7, ""), folder_name("cam-01", 7, "5e5e5e5e5e5e5e5e")
    ('cam-01-00000007', 'cam-01-00000007-5e5e5e5e5e5e5e5e')
    """
    plain = f"{camera}-{number:08d}"
    return f"{plain}-{apart}" if apart else plain


def span_words(span: ChosenSpan) -> str:
    """Return a span as people read it: from when to when, and which tracks."""
    end = "its end" if span.to_ms is None else seconds_words(span.to_ms)
    return f"{seconds_words(span.from_ms)} to {end}, {TRACK_WORDS[span.tracks]}"


def seconds_words(ms: int) -> str:
    """Return a time in a recording as people read it.

    >>> [seconds_words(each) for each in (0, 61_500, 3_600_000)]
    ['0:00', '1:01.5', '1:00:00']
    """
    whole, rest = divmod(ms, _MS)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    lead = f"{hours}:{minute:02d}" if hours else str(minute)
    part = f"{rest / _MS:.3f}"[1:].rstrip("0") if rest else ""
    return f"{lead}:{second:02d}{part}"
