"""What a release of an import says to its recipient: the statement's words, and the page beside it. Pure.

It says what is known: when it was imported, from whom, and of which digest. No camera of the landlord signed
it, so that nothing of it is called verified, proven or untouched, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fleet.releases.rules.cover import PackageCover
from fleet.releases.rules.plan import ChosenSpan, TrackChoice
from protocol.footage.format.model import Track
from protocol.footage.verifying.report import seconds
from protocol.units import NS_PER_MS

if TYPE_CHECKING:
    from protocol.footage.statement import Said

NOT_SIGNED: Final = "not signed by a camera"
CLIP_NAME: Final = "clip.mp4"
PHOTOGRAPH_NAME: Final = "photograph.jpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCover(PackageCover):
    """What is said of a release of one import.

    Attributes:
        imported: the import's id.
        import_reference: as people name it.
        what: what it is, in words, such as "CCTV clip".
        source: from whom it is, as somebody said.
        received: when it was imported, as statements write it.
        received_sha256: of the file as it came, in hex.
        received_bytes: of that.
        copy_sha256: of the copy that was made of it then, in hex.
        file: the name of what goes out.
        is_as_noted: whether that is the copy whose digest was noted at the import.
        given_ms: how much of each track goes out, by the track; empty of a photograph.
        masks: how many masks are hidden in a photograph.
    """

    imported: str
    import_reference: str
    what: str
    source: str
    received: str
    received_sha256: str
    received_bytes: int
    copy_sha256: str
    file: str
    is_as_noted: bool
    given_ms: Mapping[Track, int] = field(default_factory=dict)
    masks: int = 0

    @property
    def is_clip(self) -> bool:
        """Whether it moves."""
        return self.file == CLIP_NAME

    def said_of(self) -> dict[str, Said]:
        """Return what the statement says of the import."""
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
        }

    def released(self) -> list[str]:
        """Return what was chosen, as people read it."""
        if not self.is_clip or is_all(self.spans):
            return ["all of it"]
        return PackageCover.released(self)

    def how(self) -> str:
        """Say how what goes out came about."""
        if self.is_as_noted:
            return "the copy that was made at the import, byte for byte: its digest was noted then"
        if not self.is_clip:
            return f"made anew of the copy of the import, with {_count(self.masks, 'mask')} over it"
        hidden = ", with something hidden in it" if any(self.changed_ms.values()) else ""
        return f"encoded anew as a whole of the copy of the import{hidden}"

    def name(self) -> str:
        """Return which import it is, within a sentence."""
        return f"import {self.import_reference}: {self.what}, {NOT_SIGNED}"

    def known(self) -> list[str]:
        """Return what is known of it."""
        return [
            "What is known of it:",
            f"- imported on {self.received}, from: {self.source}",
            f"- SHA-256 of the file as it came ({self.received_bytes} bytes): {self.received_sha256}",
            f"- SHA-256 of the copy that was made of it then: {self.copy_sha256}",
            f"- {NOT_SIGNED}: nothing shows how it was before it came, or when and where it was taken",
            "",
        ]

    def amounts(self) -> list[tuple[str, str]]:
        """Return how much of each track of a clip is here, in words; a photograph has none."""
        return PackageCover.amounts(self) if self.is_clip else []

    def amount(self, track: Track) -> str:
        """Return how much of a track is here, with how much of it changed, and withheld."""
        given, kept = self.given_ms.get(track, 0), self.withheld_ms.get(track, 0)
        changed = self.changed_ms.get(track, 0)
        if not given and not kept:
            return "all that there is" if self.is_as_noted else "there is none"
        hidden = {Track.VIDEO: "masked", Track.AUDIO: "muted"}[track]
        with_hidden = f", {seconds(changed * NS_PER_MS)} of it with something {hidden}" if changed else ""
        return f"{seconds(given * NS_PER_MS)} here{with_hidden}, {seconds(kept * NS_PER_MS)} withheld"

    def how_made(self) -> list[str]:
        """Return how what goes out came about."""
        return [f"What {self.file} is: {self.how()}."]

    def how_checked(self) -> list[str]:
        """Return how the recipient checks whose these files are, and what that does not show."""
        made = "digest as noted" if self.is_as_noted else "made anew by its fleet"
        return [
            "That these files are those for which the landlord signed can be checked without asking anybody:",
            "lapel-verify FOLDER --authority authority.pem",
            f'It says "imported: {made}", and never that a camera signed it.',
        ]


def is_all(spans: Sequence[ChosenSpan]) -> bool:
    """Say whether what was chosen of an import is all of it.

    >>> is_all([ChosenSpan(0, None)]), is_all([ChosenSpan(0, 5000)])
    (True, False)
    """
    return len(spans) == 1 and spans[0] == ChosenSpan(0, None, TrackChoice.BOTH)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
