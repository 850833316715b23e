"""What a release of an import says to its recipient: the statement's words, and the page beside it. Pure.

It says what is known: when it was imported, from whom, and of which digest. No camera of the landlord signed
it, so that nothing of it is called verified, proven or untouched, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fleet.releases.rules.cover import span_words
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from protocol.footage.format.model import Track
from protocol.footage.verifying.report import seconds
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from protocol.footage.statement import Said

NOT_SIGNED: Final = "not signed by a camera"
CLIP_NAME: Final = "clip.mp4"
PHOTOGRAPH_NAME: Final = "photograph.jpg"
_WORDS = {Track.VIDEO: "picture", Track.AUDIO: "sound"}


@dataclass(frozen=True, slots=True)
class ImportCover:
    """What is said of a release of one import.

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
        imported: the import's id.
        import_reference: as people name it.
        what: what it is, in words, such as "CCTV clip".
        source: from whom it is, as somebody said.
        received: when it was imported, as statements write it.
        received_sha256: of the file as it came, in hex.
        received_bytes: of that.
        copy_sha256: of the copy that was made of it then, in hex.
        exhibit: its exhibit number; empty for none.
        file: the name of what goes out.
        is_as_noted: whether that is the copy whose digest was noted at the import.
        spans: what was chosen.
        given_ms: how much of each track goes out, by the track; empty of a photograph.
        changed_ms: in how much of that something is masked, or muted.
        withheld_ms: how much is withheld.
        masks: how many masks are hidden in a photograph.
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
    imported: str
    import_reference: str
    what: str
    source: str
    received: str
    received_sha256: str
    received_bytes: int
    copy_sha256: str
    exhibit: str
    file: str
    is_as_noted: bool
    spans: Sequence[ChosenSpan] = ()
    given_ms: Mapping[Track, int] = field(default_factory=dict)
    changed_ms: Mapping[Track, int] = field(default_factory=dict)
    withheld_ms: Mapping[Track, int] = field(default_factory=dict)
    masks: int = 0

    @property
    def is_clip(self) -> bool:
        """Whether it moves."""
        return self.file == CLIP_NAME

    def said(self) -> dict[str, Said]:
        """Return what the statement says beside its files."""
        return {
            "import": self.imported,
            "import_reference": self.import_reference,
            "what": self.what,
            "verified": f"no: {NOT_SIGNED}",
            "imported_on": self.received,
            "imported_from": self.source,
            "imported_sha256": self.received_sha256,
            "imported_bytes": self.received_bytes,
            "file": self.file,
            "noted_sha256": self.copy_sha256 if self.is_as_noted else None,
            "how_made": self.how(),
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

    def released(self) -> list[str]:
        """Return what was chosen, as people read it."""
        if not self.is_clip or is_all(self.spans):
            return ["all of it"]
        return [span_words(each) for each in self.spans]

    def how(self) -> str:
        """Say how what goes out came about."""
        if self.is_as_noted:
            return "the copy that was made at the import, byte for byte: its digest was noted then"
        if not self.is_clip:
            return f"made anew of the copy of the import, with {_count(self.masks, 'mask')} over it"
        hidden = ", with something hidden in it" if any(self.changed_ms.values()) else ""
        return f"encoded anew as a whole of the copy of the import{hidden}"

    def page(self) -> str:
        """Return what the recipient reads first, as a text file."""
        lines = [
            f"RELEASED TO: {self.whose}",
            f"Release {self.reference} of import {self.import_reference}: {self.what}, {NOT_SIGNED}",
            *([f"Exhibit {self.exhibit}"] if self.exhibit else []),
            *([f"By {self.landlord}"] if self.landlord else []),
            *self.contact.splitlines(),
            "",
            f"What it is for: {self.purpose}",
            f"Lawful basis: {self.basis}",
            *([f"Condition: {self.condition}"] if self.condition else []),
            *([f"It answers: {self.answers}"] if self.answers else []),
            "",
            "What is known of it:",
            f"- imported on {self.received}, from: {self.source}",
            f"- SHA-256 of the file as it came ({self.received_bytes} bytes): {self.received_sha256}",
            f"- SHA-256 of the copy that was made of it then: {self.copy_sha256}",
            f"- {NOT_SIGNED}: nothing shows how it was before it came, or when and where it was taken",
            "",
            "What was chosen:",
            *(f"- {each}" for each in self.released()),
            *(f"Of the {word}: {self._amount(track)}" for track, word in _WORDS.items() if self.is_clip),
            f"What {self.file} is: {self.how()}.",
            f"What is withheld and why: {self.withheld}",
            "",
            "This copy is for you. Whoever you pass it on to can see that it was yours.",
            "",
            "That these files are those for which the landlord signed can be checked without asking anybody:",
            "lapel-verify FOLDER --authority authority.pem",
            *self._checked(),
            "",
        ]
        return "\n".join(lines)

    def _checked(self) -> list[str]:
        if self.is_as_noted:
            return ['It says "imported: digest as noted", and never that a camera signed it.']
        return ['It says "imported: made anew by its fleet", and never that a camera signed it.']

    def _amount(self, track: Track) -> str:
        given, kept = self.given_ms.get(track, 0), self.withheld_ms.get(track, 0)
        changed = self.changed_ms.get(track, 0)
        if not given and not kept:
            return "all that there is" if self.is_as_noted else "there is none"
        hidden = {Track.VIDEO: "masked", Track.AUDIO: "muted"}[track]
        with_hidden = f", {seconds(changed * NS_PER_MS)} of it with something {hidden}" if changed else ""
        return f"{seconds(given * NS_PER_MS)} here{with_hidden}, {seconds(kept * NS_PER_MS)} withheld"


def is_all(spans: Sequence[ChosenSpan]) -> bool:
    """Say whether what was chosen of an import is all of it.

    >>> is_all([ChosenSpan(0, None)]), is_all([ChosenSpan(0, 5000)])
    (True, False)
    """
    return len(spans) == 1 and spans[0] == ChosenSpan(0, None, TrackChoice.BOTH)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
