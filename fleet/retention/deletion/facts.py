"""What the certificate of a deletion says and the tables then forget: gathered as it is decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fleet.audit.models import AuditEntry
from fleet.footage.recordings.models import Recording, SegmentRow
from fleet.footage.recordings.summary import RecordingSummary
from fleet.footage.released.keys import released_of
from fleet.footage.store.names import public_id
from fleet.footage.watching.export import ACTION as EXPORTED
from fleet.footage.watching.viewings import ACTION as VIEWED
from fleet.retention.deletion.objects import LedgerDigest
from fleet.retention.models import Erasure
from fleet.retention.policy import history_of
from fleet.retention.rules.keeping import Keeping
from fleet.retention.rules.periods import current
from fleet.retention.rules.switching import Switches
from fleet.retention.switch import switches_of

MOST_EXPORTS = 500
"""More than anybody makes of one recording; how many there were is said of all."""


def facts_of(
    session: Session, row: Recording, kept: Keeping, ledger: LedgerDigest, erasure: Erasure | None
) -> dict[str, Any]:
    """Return what the certificate says of a recording and of why it goes, as JSON.

    Args:
        session: the caller's.
        row: the recording.
        kept: how long it was kept, and why it goes.
        ledger: the digest of what is held of its ledger.
        erasure: the request that it goes upon; None where its period is over.
    """
    summary, switches = RecordingSummary.of(row), switches_of(session)
    dated = iso(summary.moment) if summary.is_dated else None
    size = select(func.count(), func.coalesce(func.sum(SegmentRow.size), 0))
    segments, length = session.execute(size.where(SegmentRow.recording_id == row.id)).one()
    periods = current(history_of(session))
    return {
        "recording": row.public_id,
        "camera": row.camera_id,
        "number": row.number,
        "apart": row.apart,
        "pressed": dated if summary.is_pressed else None,
        **({} if summary.is_pressed else {"recording_begun": dated}),
        "first_heard_of": iso(row.announced),
        "segments": segments,
        "bytes": int(length),
        "ledger_bytes": ledger.length,
        "ledger_sha256": None if ledger.sha256 is None else ledger.sha256.hex(),
        "receipt_sha256": None if row.receipt_sha256 is None else row.receipt_sha256.hex(),
        "why": kept.reason,
        "last_day": None if kept.until is None else kept.until.isoformat(),
        "periods_in_months": {"without_incident": periods.plain, "with_incident": periods.incident},
        **_started(switches, erasure),
        "let_out_before": _let_out(session, row),
        "keys_released_before": _released(session, row),
    }


def _started(switches: Switches, erasure: Erasure | None) -> dict[str, Any]:
    if erasure is not None:
        decided = iso(erasure.decided)
        return {"started_by": erasure.decided_by, "request": erasure.reference, "request_decided": decided}
    return {
        "started_by": "the fleet, by these rules",
        "deletion_switched_on_by": switches[-1].by,
        "deletion_switched_on": iso(switches[-1].at),
    }


def iso(at: datetime) -> str:
    """Return a time as certificates write it: UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _released(session: Session, row: Recording) -> list[dict[str, Any]]:
    """Return of each release that went out which keys are with its recipient: the deletion reaches none."""
    return [
        {
            "release": each.reference,
            "first_handed_over": iso(each.first),
            "chunks": each.ranges,
            "untouched_ms": each.untouched_ms,
        }
        for each in released_of(session, row.id)
    ]


def _let_out(session: Session, row: Recording) -> dict[str, Any]:
    """Return how often its keys were opened for somebody, and each copy that was taken out, as logged."""
    names = {row.public_id}
    if not row.apart:
        names.add(public_id(None, row.camera_id, row.number))
    of = AuditEntry.subject.in_(names)
    viewings = select(func.count()).select_from(AuditEntry).where(of, AuditEntry.action == VIEWED)
    exports = select(AuditEntry).where(of, AuditEntry.action == EXPORTED).order_by(AuditEntry.number)
    count = select(func.count()).select_from(AuditEntry).where(of, AuditEntry.action == EXPORTED)
    listed = session.scalars(exports.limit(MOST_EXPORTS))
    return {
        "viewings": session.scalar(viewings) or 0,
        "exports": session.scalar(count) or 0,
        "copies": [{"at": iso(each.utc), "by": each.actor, "audit_entry": each.number} for each in listed],
    }
