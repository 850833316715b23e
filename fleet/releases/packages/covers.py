"""What a release says of itself, gathered from its row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from fleet.core.sections.landlord import LandlordSection
from fleet.footage.recordings.models import Recording
from fleet.imagery.models import ImportRow
from fleet.imagery.rules.kinds import KIND_WORDS, ImportKind
from fleet.releases.models import FootageRelease
from fleet.releases.packages.packing import FileFacts
from fleet.releases.rules.cover import ReleaseCover, ToldOfRelease
from fleet.releases.rules.import_cover import ImportCover
from fleet.releases.rules.plan import NS_PER_MS, ChosenSpan, ReleasePlan
from fleet.releases.subjects import Released, exhibit_of, spans_of
from fleet.requests.rules.bases import BASES, CONDITIONS, Basis
from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment


def millis(plan: ReleasePlan, track: Track, treatment: Treatment) -> int:
    """Return how much of a track is treated so, in milliseconds."""
    return round(plan.sum_ns(track, treatment) / NS_PER_MS)


def basis_words(basis: str) -> str:
    """Return a lawful basis in words."""
    return BASES[Basis(basis)]


def condition_words(condition: str) -> str:
    """Return a condition in words; empty for none."""
    return CONDITIONS[condition].words if condition else ""


def title_of(row: FootageRelease) -> str:
    """Return what a player shows as the title: whose copy it is."""
    return f"Released to {row.whose} ({row.reference})"


def cover_of(
    landlord: LandlordSection, row: FootageRelease, recording: Recording, plan: ReleasePlan, made: datetime
) -> ReleaseCover:
    """Return what is said of the release of one recording."""
    return ReleaseCover(
        **_told_alike(landlord, row, recording, made),
        camera=recording.camera_id,
        number=recording.number,
        recording=recording.public_id,
        spans=spans_of(row, recording),
        untouched_ms={each: millis(plan, each, Treatment.UNTOUCHED) for each in Track},
        withheld_ms={each: millis(plan, each, Treatment.WITHHELD) for each in Track},
        changed_ms={each: millis(plan, each, Treatment.CHANGED) for each in Track},
    )


def _told_alike(
    landlord: LandlordSection, row: FootageRelease, of: Released, made: datetime
) -> dict[str, Any]:
    """Return what every cover is told, by the names of its fields."""
    return asdict(
        ToldOfRelease(
            reference=row.reference,
            landlord=landlord.name,
            contact=landlord.contact,
            whose=row.whose,
            purpose=row.purpose,
            basis=basis_words(row.basis),
            condition=condition_words(row.condition),
            withheld=row.withheld,
            answers=row.request_reference,
            made=stated_time(made),
            last_day=row.expires.isoformat(),
            exhibit=exhibit_of(row, of),
        )
    )


def stated_time(at: datetime) -> str:
    """Return a time as statements write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class ReleasedMedia:
    """What goes out of an import: its file, and what became of it."""

    facts: FileFacts
    is_as_noted: bool
    attempt: str = ""
    given_ms: dict[Track, int] = field(default_factory=dict)
    changed_ms: dict[Track, int] = field(default_factory=dict)
    withheld_ms: dict[Track, int] = field(default_factory=dict)
    masks: int = 0


def import_cover_of(
    landlord: LandlordSection,
    row: FootageRelease,
    of: ImportRow,
    media: ReleasedMedia,
    spans: list[ChosenSpan],
    made: datetime,
) -> ImportCover:
    """Return what is said of the release of one import."""
    if of.received is None or of.sha256 is None or of.copy_sha256 is None:
        raise ValueError("internal error: an import is released that is not here")
    return ImportCover(
        **_told_alike(landlord, row, of, made),
        imported=of.id,
        import_reference=of.reference,
        what=KIND_WORDS[ImportKind(of.kind)],
        source=of.source,
        received=stated_time(of.received),
        received_sha256=of.sha256.hex(),
        received_bytes=of.size,
        copy_sha256=of.copy_sha256.hex(),
        file=media.facts.name,
        is_as_noted=media.is_as_noted,
        spans=spans,
        given_ms=media.given_ms,
        changed_ms=media.changed_ms,
        withheld_ms=media.withheld_ms,
        masks=media.masks,
    )
