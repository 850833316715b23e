"""Reading what the rules of reviewing look at, of many recordings at once. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.footage.recordings.chain_row import ChainRow
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.recordings.summary import RecordingSummary
from fleet.incidents.models import Incident, IncidentRecording, Judgement
from fleet.incidents.rules.suggesting import WITHIN
from fleet.review.rules.reasons import PRIVATE, ReviewFacts
from protocol.footage.format.model import Track
from protocol.footage.ledger.conditions import condition_phrase

_YEARS = range(2000, 9000)
"""A clock that was set to another one dates nothing that anything could lie near to."""


@dataclass(frozen=True, slots=True)
class ReviewLook:
    """What one look at the tables found of a recording.

    Attributes:
        facts: what the rules look at, but for whether it is drawn.
        open_digest: of its ledger's first record; None while it is not held and tied to its neighbours.
        private: about when its camera was private; None where it was not, or nothing dates it.
        links: how many incidents it belongs to.
        linked: when it was last put into one.
        near: how many incidents began about its private time.
    """

    facts: ReviewFacts
    open_digest: bytes | None
    private: tuple[datetime, datetime] | None
    links: int
    linked: datetime | None
    near: int


def look(session: Session, rows: Sequence[Recording]) -> Mapping[int, ReviewLook]:
    """Return what is known of recordings, by their rows; their timelines should be loaded."""
    ids = [row.id for row in rows]
    marked = set(
        session.scalars(
            select(Judgement.recording_id).where(
                Judgement.recording_id.in_(ids), Judgement.incident.is_(True)
            )
        )
    )
    links = _links(session, ids)
    tied = session.scalars(select(ChainRow).where(ChainRow.recording_id.in_(ids)))
    digests = {each.recording_id: each.open_digest for each in tied}
    return {
        row.id: _looked(session, row, row.id in marked, links[row.id], digests.get(row.id)) for row in rows
    }


def _links(session: Session, ids: Sequence[int]) -> Mapping[int, list[tuple[str, datetime]]]:
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    query = (
        select(IncidentRecording.recording_id, Incident.reference, IncidentRecording.added)
        .join(Incident, Incident.id == IncidentRecording.incident_id)
        .where(IncidentRecording.recording_id.in_(ids))
        .order_by(Incident.reference)
    )
    for row, reference, added in session.execute(query):
        found[row].append((reference, added))
    return found


def _looked(
    session: Session,
    row: Recording,
    is_marked: bool,
    links: Sequence[tuple[str, datetime]],
    digest: bytes | None,
) -> ReviewLook:
    summary = RecordingSummary.of(row)
    timeline: Mapping[str, Any] = {} if row.untrusted or row.timeline is None else row.timeline
    causes = (
        *(str(each.reason) for each in summary.missing),
        *(str(each.get("cause", "")) for each in timeline.get("gaps", ())),
    )
    close = timeline.get("close") or {}
    is_private = PRIVATE in causes or close.get("detail", {}).get("reason") == PRIVATE
    private = _about(summary) if is_private else None
    near = _near(session, private) if private is not None else ()
    is_held = row.state == RecordingState.HELD
    facts = ReviewFacts(
        is_marked=is_marked,
        incidents=tuple(reference for reference, _ in links),
        near=tuple(near),
        marks=summary.marks,
        is_private=is_private,
        conditions=tuple(_phrase(each.track, each.condition) for each in summary.conditions or ()),
        causes=causes,
        is_refused=row.state == RecordingState.FAILED or row.untrusted,
        is_ended=row.state == RecordingState.STOPPED,
    )
    linked = max((added for _, added in links), default=None)
    return ReviewLook(facts, digest if is_held else None, private, len(links), linked, len(near))


def _phrase(track: str, condition: str) -> str:
    return condition_phrase(Track(track), condition) if track in set(Track) else condition


def _about(summary: RecordingSummary) -> tuple[datetime, datetime] | None:
    """Return between which times an incident has to begin to be near to a recording."""
    if not summary.is_dated or summary.moment.year not in _YEARS:
        return None
    before = timedelta(seconds=max(summary.prerecord_s or 0.0, summary.asked_s or 0.0))
    length = timedelta(seconds=summary.beyond_press_s)
    return summary.moment - before - WITHIN, summary.moment + length + WITHIN


def _near(session: Session, about: tuple[datetime, datetime]) -> Sequence[str]:
    query = select(Incident.reference).where(Incident.happened >= about[0], Incident.happened <= about[1])
    return session.scalars(query.order_by(Incident.reference)).all()
