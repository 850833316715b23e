"""What a release says of itself, gathered from its row."""

from __future__ import annotations

from datetime import UTC, datetime

from fleet.core.sections.landlord import LandlordSection
from fleet.footage.recordings.models import Recording
from fleet.releases.models import FootageRelease
from fleet.releases.rules.cover import ReleaseCover
from fleet.releases.rules.plan import NS_PER_MS, ChosenSpan, ReleasePlan, TrackChoice
from fleet.requests.rules.bases import BASES, CONDITIONS, Basis
from protocol.footage.format.model import Track
from protocol.footage.released.released_part import Treatment


def spans_of(row: FootageRelease, recording: Recording) -> list[ChosenSpan]:
    """Return what was chosen of a recording."""
    return [
        ChosenSpan(each.from_ms, each.to_ms, TrackChoice(each.tracks))
        for each in row.spans
        if each.recording_id == recording.id
    ]


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
        reference=row.reference,
        landlord=landlord.name,
        contact=landlord.contact,
        recipient=row.recipient,
        organisation=row.organisation,
        purpose=row.purpose,
        basis=basis_words(row.basis),
        condition=condition_words(row.condition),
        withheld=row.withheld,
        answers=row.request_reference,
        made=made.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        last_day=row.expires.isoformat(),
        camera=recording.camera_id,
        number=recording.number,
        recording=recording.public_id,
        spans=spans_of(row, recording),
        untouched_ms={each: millis(plan, each, Treatment.UNTOUCHED) for each in Track},
        withheld_ms={each: millis(plan, each, Treatment.WITHHELD) for each in Track},
        changed_ms={each: millis(plan, each, Treatment.CHANGED) for each in Track},
        exhibit=next((each.exhibit for each in row.exhibits if each.recording_id == recording.id), ""),
    )
