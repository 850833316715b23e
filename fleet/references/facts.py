"""What may be told of a visit's recordings, from the tables: no names, no places, no times. Only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.footage.recordings.gone import gone_of
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.footage.released.keys import HANDED_OVER
from fleet.footage.restricting.restrictions import lasting
from fleet.footage.store.names import public_id
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.references.rules.standing import Arrival, ReferencedRecording, ReferencedVisit
from fleet.retention.holds import holds_on
from fleet.retention.lookup import keepings
from fleet.visits.links import links_of, maybe_of
from fleet.visits.models import TenancyVisit

MOST_TOLD = 20
_ARRIVALS = {
    RecordingState.ANNOUNCED: Arrival.ANNOUNCED,
    RecordingState.UPLOADING: Arrival.COMING,
    RecordingState.VERIFYING: Arrival.COMING,
    RecordingState.HELD: Arrival.HERE,
    RecordingState.FAILED: Arrival.UNVERIFIED,
    RecordingState.STOPPED: Arrival.A_PART,
}


def visit_facts(session: Session, visit: TenancyVisit, zone: ZoneInfo) -> ReferencedVisit:
    """Return what may be told of a visit."""
    linked = [row for row, _ in links_of(session, visit.id)]
    rows = linked[:MOST_TOLD]
    ids = [row.id for row in rows]
    kept, holds, restricted = keepings(session, rows, zone), holds_on(session, ids), lasting(session, ids)
    told = []
    for row in rows:
        gone, counts, keeping = gone_of(row), _looks(session, row), kept.get(row.id)
        told.append(
            ReferencedRecording(
                arrival=_ARRIVALS.get(RecordingState(row.state), Arrival.HERE),
                until=None if keeping is None else keeping.until,
                holds=() if gone else tuple(sorted({each.kind for each in holds.get(row.id, ())})),
                is_restricted=not gone and bool(restricted.get(row.id)),
                watched=counts.get(VIEWED, 0),
                taken=counts.get(EXPORTED, 0),
                released=counts.get(HANDED_OVER, 0),
                deleted=None if gone is None else gone.at,
                is_gone=gone is not None and gone.is_over,
            )
        )
    return ReferencedVisit(visit.ends, tuple(told), len(linked) - len(rows), len(maybe_of(session, visit)))


def _looks(session: Session, row: Recording) -> Mapping[str, int]:
    """Return how often somebody was let watch a recording, take it out or have it released, by the log."""
    names = {row.public_id}
    if not row.apart:  # before its id was known
        names.add(public_id(None, row.camera_id, row.number))
    query = (
        select(AuditEntry.action, func.count())
        .where(AuditEntry.subject.in_(names), AuditEntry.action.in_((VIEWED, EXPORTED, HANDED_OVER)))
        .group_by(AuditEntry.action)
    )
    found: Sequence[tuple[str, int]] = [(action, number) for action, number in session.execute(query)]
    return dict(found)
